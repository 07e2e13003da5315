"""/language: the language in which the bot speaks here."""

from __future__ import annotations

from dataclasses import replace

from rapidfuzz import process

from bot import locales
from bot.conversation import vocabulary
from bot.conversation.named_places import languages_by_name
from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from handlers._base import Command, Context, Section
from handlers._pieces import ticked

#: The least likeness, of 100, of a misspelt name; shorter words are not misspelt names.
_ALIKE = 80
_SHORTEST_NAME = 4


def run(request: Request, context: Context) -> Message:
    """Set the language by its name or code, or show the possible ones."""
    typed = request.text.strip().casefold()[:40]
    if not typed:
        return _shown()
    code = _meant(typed)
    if code is None:
        return _shown(unknown=typed)
    context.store.preferences.set_language(request.address, code, context.now)
    with locales.speaking(code):
        return _shown()


def _meant(typed: str) -> str | None:
    """The code of a language, by code or by its name in itself, English or the current language."""
    names: dict[str, str] = {}
    for code in locales.languages():
        names[code.casefold()] = code
        names[locales.name_of(code).casefold()] = code
        for where in locales.both():
            names[where.languages.get(code, code).casefold()] = code
    if typed in names:
        return names[typed]
    for word in vocabulary.folded(typed).split():
        if word in languages_by_name():
            return languages_by_name()[word]
    if len(typed) < _SHORTEST_NAME:
        return None
    hit = process.extractOne(typed, list(names), score_cutoff=_ALIKE)
    if hit is None:
        return None
    return names[hit[0]]


def _shown(unknown: str = "") -> Message:
    """The current language, and buttons for the others. `unknown` is what was not understood."""
    said: list[str] = []
    if unknown:
        said.append(_("I do not speak “{typed}”.", typed=unknown))
    said.append(_("I speak {language} here.", language=locales.name_inside(locales.spoken())))
    offers: list[Action] = []
    for code in locales.languages():
        label = ticked(locales.name_of(code), code == locales.spoken())
        offers.append(Action(label, f"language {code}"))
    return replace(say(*said, actions=offers), in_place=True)


COMMAND = Command(
    Entry(
        "language",
        N_("The language in which I speak here"),
        (
            Parameter(
                "language",
                N_("For example: deutsch, fr, italiano"),
                required=False,
                kind="language",
            ),
        ),
        manages=True,
        section=Section.WHEN_AND_HOW,
    ),
    run,
)
