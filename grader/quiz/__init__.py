"""Questions asked: the quiz on lines, and what an answer is worth."""
