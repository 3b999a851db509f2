"""The mock interview: its plan, its clock, the dialogue, and the scorecard."""
