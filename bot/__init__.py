"""Smallprint tells people when a service they use changes its terms, whether it concerns them,
and how to opt out.

feeds/ notice, understand/ what it means, catalogue/ what one can do, matcher whom it concerns,
render/ the words, locales/ the languages, store/ the memory, adapters/ the chats. poll brings items in, interpret makes changes
of them, remember reads the past of what somebody begins to follow, remind knows the deadlines, upkeep what the operator
should look at; pace says when a chat is told, deliver sends through the gate of its token, duties share the work of
several processes. web/ is what anybody may fetch; replay/, standin/ and bench/ play the world on this machine and measure.
"""

__version__ = "0.1.0"
