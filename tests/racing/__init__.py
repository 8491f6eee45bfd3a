"""Orders and protections taken out, by what they race about; tests/racer.py takes them in."""
