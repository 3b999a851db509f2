"""Speed, as ratios within one run: the machines are noisy, their ratios are less so."""
