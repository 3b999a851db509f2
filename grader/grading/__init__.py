"""One verdict: the hidden checks are run, and a mistake is named."""
