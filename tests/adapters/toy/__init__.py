"""A platform of lists: as little as the port asks for. docs/platforms.md points here."""
