"""Words that fit: stories, how-tos and answers as platform-neutral messages."""
