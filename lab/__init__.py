"""The workshop: tools that measure the product, which itself never needs them.

Only `bot/cli` imports this, for the verbs in `lab/cli.py`, and only if it is installed.
"""
