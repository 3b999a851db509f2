"""What a `checks.py` is written with: run programs and scripts, compare, and fail with numbers."""
