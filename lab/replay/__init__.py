"""A versions repository served as a collection API, with a clock that can be moved."""
