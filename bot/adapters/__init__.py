"""Chat platform adapters: they translate and decide nothing. registry.py lists them."""


class PlatformError(Exception):
    """The platform cannot be used at present; the message says why and what to do."""
