"""What keeps a process running and within its bounds."""
