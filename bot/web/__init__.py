"""The web side: pages to look at, feeds, an interface for programs, and the catalogue."""
