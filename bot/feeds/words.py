"""Extracting plain text from HTML; what only looks like markup is kept as text."""

from __future__ import annotations

import re
from html import unescape

import nh3

#: A character for private use.
_AMPERSAND = "\ue000"
_END_OF_LINE = re.compile(r"(?i)<(?:br|/p|/div|/li|/h[1-6]|/tr|/blockquote|/pre|/dt|/dd)\s*/?>")
_TAG = re.compile(r"<(?=[/!?A-Za-z])(/?)([A-Za-z][\w:.-]*+)?")
#: The elements of HTML, and some that feeds use for paragraphs. Any other `<name` is taken as text.
ELEMENTS = frozenset(
    """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink
    blockquote body br button canvas caption center cite code col colgroup data datalist dd del
    details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame
    frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins kbd label
    legend li link main map mark marquee math menu meta meter nav nobr noframes noscript object ol
    optgroup option output p param path picture plaintext pre progress q rp rt ruby s samp script
    search section select slot small source span strike strong style sub summary sup svg table
    tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp
    """.split()
)
#: Elements used inside titles; if a title is not declared as HTML, other tags in it are text.
_INLINE = frozenset(
    "a abbr b bdi big br cite code em font i img mark nobr p q s small span strong sub sup u"
    " wbr".split()
)
#: Values that programs write for a missing name or address.
NOTHING = re.compile(
    r"(?:n\W?a|none|null|nil|nan|undefined|unknown|unset|empty|guid|id|uuid|tbd|todo|true|false"
    r"|0x[0f]+|0+|-1|\W+|[0-]+|\{\w*\}|\[?object object\]?|tag:|urn:uuid:[0-]*|https?:/*)?",
    re.I,
)


def text_of(html: str) -> str:
    """The plain text of HTML, one line for each paragraph."""
    return _words(html, ELEMENTS)


def title_of(value: str, is_html: bool) -> str:
    """The plain text of a title; one that is not declared as HTML may still have inline tags."""
    elements = ELEMENTS if is_html else _INLINE
    return " ".join(_words(value, elements).split())


def _words(html: str, elements: frozenset[str]) -> str:
    def in_place(tag: re.Match[str]) -> str:
        """Keep a tag of a known element; turn any other into text."""
        name = (tag[2] or "").lower()
        if tag[0] == "<" or name.rpartition(":")[2] in elements:
            return tag[0]
        return f"{_AMPERSAND}lt;{tag[0][1:]}"

    html = html.replace("<![CDATA[", "").replace("]]>", "")  # escaped once more than it should be
    # The cleaner takes quadratic time for ampersands, so they are hidden from it.
    hidden = _END_OF_LINE.sub("\n", html.replace("&", _AMPERSAND))
    marked = _TAG.sub(in_place, hidden)
    cleaned = nh3.clean(marked, tags=set(), clean_content_tags={"script", "style"})
    # The cleaner writes < and > as entities; with the ampersands restored, all are decoded at once.
    lines = unescape(cleaned.replace(_AMPERSAND, "&")).splitlines()
    stripped = (line.strip() for line in lines)
    return "\n".join(line for line in stripped if line)
