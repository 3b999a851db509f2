"""What every screen and page is made of: lines, verdicts, HTML."""
