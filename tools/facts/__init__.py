"""Make the tables of facts from the sheets about Open Terms Archive.

    python -m tools.facts SHEETS [FOLDER]

SHEETS holds `ota/` and `registry/`; the tables are written to bot/catalogue/facts, or to FOLDER.
The same sheets give the same tables. What is left out is counted, and said.
"""
