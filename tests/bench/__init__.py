"""`python -m tests.bench`: what `make bench` does. How fast the pages are, beside two references of the same run."""
