"""What a sentence of a person wants: an intent, and the names, places and times that it holds.

Pure: words and the day it is in, a reading out. What is done about it is for handlers.
"""
