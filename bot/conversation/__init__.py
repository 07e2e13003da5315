"""Reading of a person's sentence: its intent, and the names, places and times in it.

Pure: a sentence and today's date in, a reading out. Handlers act on it.
"""
