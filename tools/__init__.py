"""Development tools: texts for translators, and the check of the wheel."""
