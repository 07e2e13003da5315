"""Fuzzing of the code that reads strangers' bytes: `./run fuzz`."""
