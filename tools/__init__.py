"""Tools for work on the code: texts for translators, and the check of the wheel."""
