"""The learner's process: what runs in it, the wall around it, and how the judge drives it."""
