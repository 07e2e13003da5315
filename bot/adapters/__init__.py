"""Chat platforms: translate, decide nothing."""
