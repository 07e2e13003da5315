"""/letter: an objection, access or erasure request that is ready to send."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.render import letter
from bot.render.blocks import say
from handlers import _arguments
from handlers._base import Command, Context

_SERVICE = (
    Parameter("service", N_("Which service, for example linkedin"), kind="service"),
    Parameter("region", N_("EU, EEA, UK, Switzerland or a country"), required=False, kind="region"),
)
FORMS = (
    Entry("objection", N_("Object to the use of your data"), _SERVICE),
    Entry("access", N_("Ask for a copy of your data"), _SERVICE),
    Entry("erasure", N_("Ask for your data to be erased"), _SERVICE),
)


def run(request: Request, context: Context) -> Message:
    kind, _sep, rest = request.text.strip().partition(" ")
    if kind.casefold() not in letter.KINDS:
        return _which(request.text.strip(), context)
    if not rest.strip():
        return _arguments.missing(f"letter {kind.casefold()}")
    asked = _arguments.read(rest, context)
    if asked.service is None:
        return _arguments.not_found(f"letter {kind.casefold()}", rest.strip(), asked.nearest)
    where = asked.regions or _arguments.regions_here(request, context, asked.service.id)
    return letter.letter(
        letter.KINDS[kind.casefold()], asked.service, where, context.known, context.today
    )


def _which(typed: str, context: Context) -> Message:
    """The kinds of letters; with the name of a service, for that one."""
    asked = _arguments.read(typed, context) if typed else _arguments.Asked(None)
    if typed and asked.service is None:
        return _arguments.not_found("letter", typed, asked.nearest)
    service = asked.service.id if asked.service else "linkedin"
    said = (
        _("What shall the letter to {name} ask for?", name=asked.service.name)
        if asked.service
        else _("I write a letter that is ready to send. For example: /letter objection linkedin")
    )
    return say(
        said, actions=[Action(_(form.help), f"letter {form.name} {service}") for form in FORMS]
    )


COMMAND = Command(
    Entry("letter", N_("A ready letter: object, ask for a copy, have data erased"),
          (Parameter("kind", N_("objection, access or erasure")), *_SERVICE), forms=FORMS),
    run,
)  # fmt: skip
