"""The practice loop: task, hints, history, what is due, and watch mode."""
