"""Translation of every text that people read into the reader's language.

The language is ambient, as the locale of a process is, because every sentence needs it and no
decision does (docs/decisions/0013). English is the language of the code; each other language is a
file `<code>.po` beside this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

#: The program's texts and the catalogue's: two sets, translated separately.
FOLDER = Path(__file__).parent
CATALOGUE = FOLDER / "catalogue"
#: The language of the code, and the last fallback.
ENGLISH = "en"

_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def gettext(message: str, **values: Any) -> str:
    """The text in the current language, with its {placeholders} filled."""
    if not message:
        return ""
    found = _texts(_spoken.get()).gettext(message)
    return found.format(**values) if values else found


#: The name used in the code; short, because it surrounds every text.
_ = gettext


def n_(one: str, many: str, count: int, **values: Any) -> str:
    """The plural form for a number, which fills {count}."""
    return _texts(_spoken.get()).ngettext(one, many, count).format(count=count, **values)


def content(message: str) -> str:
    """A text of the catalogue in the current language, or in English if it is not translated."""
    if not message:
        return ""
    return _texts(_spoken.get(), CATALOGUE).gettext(message)


def N_(message: str) -> str:
    """Mark a text for translation later, where it is shown."""
    return message


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Set the current language within the context."""
    token = _spoken.set(best(code))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The code of the current language."""
    return _spoken.get()


def locale() -> Locale:
    """The locale of the current language, for dates, lists and country names."""
    return _locale(_spoken.get())


def both() -> tuple[Locale, Locale]:
    """The current locale and the English one: people name things in either."""
    return locale(), _locale(ENGLISH)


@cache
def languages() -> tuple[str, ...]:
    """The codes of all available languages, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


def best(wanted: str) -> str:
    """The available language nearest to a code such as "de-AT", "pt_BR" or ""."""
    parts = wanted.replace("_", "-").casefold().split("-")
    known = {code.casefold(): code for code in languages()}
    for end in range(len(parts), 0, -1):
        code = known.get("-".join(parts[:end]))
        if code is not None:
            return code
    return ENGLISH


def name_of(code: str) -> str:
    """A language's own name for a button: Deutsch, Français."""
    found = name_inside(code)
    return found[:1].upper() + found[1:]


def name_inside(code: str) -> str:
    """A language's own name within a sentence: Deutsch, français."""
    language = code.split("-", maxsplit=1)[0]
    return str(_locale(code).get_language_name(language) or code)


@cache
def _locale(code: str) -> Locale:
    if code == ENGLISH:
        return Locale("en", "GB")
    return Locale.parse(code, sep="-")


@cache
def _texts(code: str, folder: Path = FOLDER) -> NullTranslations:
    """The compiled translations of a language; empty if there is no file, so English remains."""
    path = folder / f"{code}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code.replace("-", "_")))
    compiled.seek(0)
    return GNUTranslations(compiled)
