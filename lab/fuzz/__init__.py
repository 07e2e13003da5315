"""Inputs that nobody would write, thrown at what reads strangers' bytes: `./run fuzz`."""
