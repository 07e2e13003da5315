"""Smallprint tells people when a service they use changes its terms, whether it concerns them,
and how to opt out.

feeds/ notice, understand/ what it means, catalogue/ what one can do, matcher whom it concerns,
render/ the words, store/ the memory, poll and deliver the two ends of the queue, adapters/ the chats.
"""

__version__ = "0.1.0"
