"""A platform of lists: as little as the port asks for (docs/architecture/platforms.md)."""
