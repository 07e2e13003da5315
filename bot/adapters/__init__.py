"""Chat platforms: translate, decide nothing."""


class PlatformError(Exception):
    """The platform cannot be served now; the message says why and what to do."""
