"""`python -m tests.runner`: what `make test` does, with the databases and the browser that it needs."""
