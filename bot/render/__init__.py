"""Rendering of stories, how-tos and answers as platform-neutral messages that fit their limits."""
