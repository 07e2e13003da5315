"""The operator's pages, in English like the log: the state of an instance, and its controls."""
