"""The workshop: tools that measure the product. The product itself never needs them.

Only `bot/cli` reaches in here, for the verbs in `lab/cli.py`, and only where it is installed.
"""
