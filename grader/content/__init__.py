"""The bank as objects: katas, their checks, mutants and hints, and the questions."""
