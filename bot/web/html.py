"""HTML rendering: templates, and message blocks as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bot import __version__, locales
from bot.locales import _, n_
from bot.message import LINKABLE, TURNING, Block, Span
from bot.render import labels
from bot.watch.words import counted, lasted
from bot.web.asked import Asked, path_of

#: The elements of lines, and the elements around all lines of a block.
_LINES = {
    "text": Markup("<p>{}</p>"),
    "note": Markup('<p class="note">{}</p>'),
    "copy": Markup("<pre>{}</pre>"),
    "quote": Markup("<p>{}</p>"),
    "list": Markup("<li>{}</li>"),
    "steps": Markup("<li>{}</li>"),
}
_AROUND = {
    "quote": Markup('<blockquote dir="auto">{}</blockquote>'),
    "list": Markup("<ul>{}</ul>"),
    "steps": Markup("<ol>{}</ol>"),
}
_STYLES = {"bold": Markup("<strong>{}</strong>"), "strike": Markup("<del>{}</del>")}
#: A command in our own words that has a page: /story 12, /howto linkedin.
_COMMAND = re.compile(r"/(story|howto|status) ([\w-]+)(?: ([\w-]+))?")
#: The page of a command.
_PAGES = {"story": "story", "howto": "howto", "status": "service"}


@cache
def environment() -> Environment:
    """The template environment; values are escaped unless they are markup."""
    made = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "_": _,
        "n_": n_,
        "path": path_of,
        "languages": _languages,
        "version": __version__,
    }
    made.filters |= {
        "day": labels.day,
        "places": labels.places,
        "region": labels.label,
        "plain": plain,
        "translated": _,
        "lasted": lasted,
        "counted": counted,
    }
    return made


def page(template: str, asked: Asked, **values: Any) -> str:
    """A page from its template, in the current language."""
    return environment().get_template(template).render(asked=asked, **values)


def blocks(said: Iterable[Block], asked: Asked, level: int = 2) -> Markup:
    """Blocks of a message as HTML; a title is a heading of that `level`."""
    return Markup("\n").join(_block(block, asked, level) for block in said)


def plain(text: str) -> str:
    """Others' text without characters that change the direction of the text after it."""
    return TURNING.sub("", text)


def line(spans: Sequence[Span], asked: Asked) -> Markup:
    """Runs of text as HTML."""
    return Markup("").join(_span(span, asked) for span in spans)


def _languages() -> list[tuple[str, str]]:
    """(code, own name) of every language."""
    return [(code, locales.name_of(code)) for code in locales.languages()]


def _block(block: Block, asked: Asked, level: int) -> Markup:
    if block.kind == "title":
        spans = [span for said in block.lines for span in said]
        return Markup("<h{0}>{1}</h{0}>").format(level, _title(spans))
    made = [_LINES[block.kind].format(line(each, asked)) for each in block.lines]
    return _AROUND.get(block.kind, Markup("{}")).format(Markup("\n").join(made))


def _title(spans: Sequence[Span]) -> str:
    """A title without markup, because headings are bold."""
    return plain("".join(span.text for span in spans))


def _span(span: Span, asked: Asked) -> Markup:
    text = escape(plain(span.text))
    if not span.foreign and not span.url:
        text = _with_links(plain(span.text), asked)
    if span.when is not None:
        text = Markup('<time datetime="{}">{}</time>').format(span.when.isoformat(), text)
    if span.style in _STYLES:
        text = _STYLES[span.style].format(text)
    if span.url and LINKABLE.fullmatch(span.url):
        text = Markup('<a href="{}" rel="noopener nofollow">{}</a>').format(span.url, text)
    return text


def _with_links(text: str, asked: Asked) -> Markup:
    """Our own text, with commands linked to their pages."""
    made, end = Markup(), 0
    for found in _COMMAND.finditer(text):
        command, what, part = found.groups()
        address = asked.to(path_of(_PAGES[command], what))
        if part:
            address += f"#{part}"
        made += text[end : found.start()]
        made += Markup('<a href="{}">{}</a>').format(address, found[0])
        end = found.end()
    return made + text[end:]
