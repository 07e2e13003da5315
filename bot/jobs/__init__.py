"""What is done of itself, one job a file."""
