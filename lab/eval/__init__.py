"""Judges of the product: what typed sentences lead to, and cases made from reports.

`utterances` and `cases` are the two commands. Whatever they need of the product they ask `world`
for, so that a change of its names is followed in one place.
"""
