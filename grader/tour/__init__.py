"""The tour: draw a program, step through it, train a network on one's own engine."""
