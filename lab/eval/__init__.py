"""Judges of the product: answers to typed sentences, and cases made from reports.

`utterances` and `cases` are the two commands. They use the product only through `world`, so that a
renaming has to be followed in one place.
"""
