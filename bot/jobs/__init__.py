"""Background jobs: what the bot does without being asked."""
