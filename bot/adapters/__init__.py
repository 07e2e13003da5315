"""Chat platforms: translate, decide nothing. registry.py lists them; each has a folder."""


class PlatformError(Exception):
    """The platform cannot be served now; the message says why and what to do."""
