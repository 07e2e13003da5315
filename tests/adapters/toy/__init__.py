"""A minimal platform, with lists. docs/architecture/platforms.md refers to it."""
