"""The web side: public pages, feeds, the API, and the catalogue."""
