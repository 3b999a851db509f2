"""The grader: it runs a learner's file against hidden checks and says what is wrong."""

__version__ = "0.1.0"
