"""What is right: programs and scripts, and what three authorities say of them."""
