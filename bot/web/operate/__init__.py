"""The operator's pages, in English like the log: what an instance does, and a hand for it."""
