"""What people say in their own words, read: times as they type them.

Pure: words and the day it is in, values out. What is done about them is for handlers.
"""
