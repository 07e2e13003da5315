"""The workshop: tools that measure the product. The product itself never needs them.

Only `bot/__main__.py` reaches in here, and only when somebody runs one of the verbs.
"""
