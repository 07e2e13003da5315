"""/language: the language in which I speak here."""

from __future__ import annotations

from dataclasses import replace

from rapidfuzz import process

from bot import locales
from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip().casefold()[:40]
    if typed and (code := _meant(typed)):
        context.store.preferences.set_language(request.address, code, context.now)
        with locales.speaking(code):
            return _shown()
    return _shown(typed)


def _meant(typed: str) -> str | None:
    """A language by its code, or by its name in that language, in English, or in the one that is spoken."""
    names = {
        name.casefold(): code
        for code in locales.languages()
        for name in (
            code,
            locales.name_of(code),
            *(where.languages.get(code, code) for where in locales.both()),
        )
    }
    hit = process.extractOne(typed, list(names), score_cutoff=80) if len(typed) > 3 else None
    return names.get(typed) or (names[hit[0]] if hit else None)


def _shown(unknown: str = "") -> Message:
    offers = [
        Action(
            f"{'✓ ' if code == locales.spoken() else ''}{locales.name_of(code)}", f"language {code}"
        )
        for code in locales.languages()
    ]
    wrong = [_("I do not speak “{typed}”.", typed=unknown)] if unknown else []
    return replace(
        say(
            *wrong,
            _("I speak {language} here.", language=locales.name_of(locales.spoken())),
            actions=offers,
        ),
        in_place=True,
    )


COMMAND = Command(
    Entry("language", N_("The language in which I speak here"),
          (Parameter("language", N_("For example: deutsch, fr, italiano"), required=False),), manages=True),
    run,
)  # fmt: skip
