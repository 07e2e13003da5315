"""A small model of Discord's Markdown, with its rules in their order.

Discord's parser is simple-markdown with rules of its own: an escape is a backslash and one
character that is neither a letter, a digit nor a space; an address heeds no escapes.
"""

from __future__ import annotations

import re

_ADDRESS = r"(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s]"
_LINK = (
    r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"  # its words, in which brackets are in pairs
    r"\(\s*<?((?:[^\s\\]|\\.)*?)>?(?:\s+['\"].*?['\"])?\s*\)"  # its address, and a title
)
#: Rules that count at the start of a line only.
_BLOCKS = (
    ("heading", re.compile(r"[ ]*#{1,3}\s+")),
    ("subtext", re.compile(r"[ ]*-#\s+")),
    ("quote", re.compile(r"[ ]*>(?:>>)?\s")),
    ("list", re.compile(r"[ ]*(?:[-*+]|\d+\.)\s+")),
)
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_RULES = (
    ("address", re.compile(_ADDRESS)),
    ("autolink", re.compile(r"<[^: >]+:/[^ >]+>")),
    ("link", re.compile(_LINK, re.S)),
    ("mention", re.compile(r"<(?:@[!&]?|#|/[\w -]+:|a?:\w+:|t:-?|id:)\w+(?::[tTdDfFR])?>")),
    ("emoji", re.compile(r":[\w+-]+:")),
    ("code", re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")),
    ("bold", re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")),
    ("underline", re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")),
    ("strike", re.compile(r"~~((?:\\[\s\S]|[^\\])+?)~~")),
    ("spoiler", re.compile(r"\|\|((?:\\[\s\S]|[^\\])+?)\|\|")),
    ("emphasis", re.compile(r"\*(?=\S)((?:\\[\s\S]|[^\\*])+?)\*(?!\*)")),
    ("emphasis", re.compile(r"_((?:\\[\s\S]|[^\\_])+?)_(?![0-9A-Za-z_])")),
)


def shows(markdown: str) -> tuple[str, list[tuple[str, str]]]:
    """The words that people read, and the markup that acts: (rule, its source)."""
    shown: list[str] = []
    acts: list[tuple[str, str]] = []
    at = 0
    while at < len(markdown):
        if at == 0 or markdown[at - 1] == "\n":
            block = next(((n, m) for n, rule in _BLOCKS if (m := rule.match(markdown, at))), None)
            if block:
                acts.append((block[0], block[1].group()))
                at = block[1].end()
                continue
        if escape := _ESCAPE.match(markdown, at):
            shown.append(escape[1])
            at = escape.end()
            continue
        hit = next(((name, m) for name, rule in _RULES if (m := rule.match(markdown, at))), None)
        if hit:
            acts.append((hit[0], hit[1].group()))
            shown.append(hit[1].group() if hit[0] == "address" else "")
            at = hit[1].end()
            continue
        shown.append(markdown[at])
        at += 1
    return "".join(shown), acts
