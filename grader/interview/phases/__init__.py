"""The kinds of phases, each a class; `kinds` is their table."""
