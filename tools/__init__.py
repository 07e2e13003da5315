"""Tools of whoever works on the code: texts for translators, and the wheel as the build makes it."""
