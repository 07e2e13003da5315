"""/letter: an objection, access or erasure request that is ready to send."""

from __future__ import annotations

from bot.conversation import slots, vocabulary
from bot.conversation.classifier import packaged
from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.render import letter
from bot.render.blocks import say
from handlers import _arguments
from handlers._base import REGION, SERVICE, Command, Context, Section

#: The word at the end of the line that asks for a printable file.
_PAPER = "pdf"
FORMS = (
    Entry("objection", N_("Object to the use of your data"), (SERVICE, REGION)),
    Entry("access", N_("Ask for a copy of your data"), (SERVICE, REGION)),
    Entry("erasure", N_("Ask for your data to be erased"), (SERVICE, REGION)),
)


def run(request: Request, context: Context) -> Message:
    """Write a letter of a kind to a service, or ask for what is missing."""
    typed = request.text.strip()
    kind, _sep, rest = typed.partition(" ")
    kind, rest = kind.casefold(), rest.strip()
    if kind not in letter.KINDS:
        [kind, *_others] = [*vocabulary.chosen(kind, "letters"), ""]
    if not kind:
        return _which(typed, context)
    if not rest:
        return _arguments.missing(f"letter {kind}")
    rest, is_paper = _without_paper(rest)
    asked = _arguments.read(rest, context)
    named = slots.find(rest, context.names, context.today, packaged().words)
    if asked.service is None and len(named.services) == 1:
        # "delete my data linkedin", "an objection to x"
        asked = _arguments.Asked(named.services[0], named.regions)
    if asked.service is None:
        return _arguments.not_found(f"letter {kind}", rest, asked.nearest)
    if asked.wrong:
        return _arguments.wrong_region(asked.wrong)
    where = asked.regions or _arguments.regions_of_reader(request, context, asked.service.id)
    word = letter.on_paper if is_paper else letter.letter
    return word(kind, asked.service, where, context.known, context.today)


def _without_paper(typed: str) -> tuple[str, bool]:
    """The text before the word "pdf", and whether that word is there."""
    before, _sep, last = typed.rpartition(" ")
    if before and last.casefold() == _PAPER:
        return before.rstrip(" ,"), True
    return typed, False


def _which(typed: str, context: Context) -> Message:
    """The kinds of letters, for the named service if there is one."""
    behind = "linkedin"
    said = _("I write a letter that is ready to send. For example: /letter objection linkedin")
    if typed:
        asked = _arguments.read(_without_paper(typed)[0], context)
        if asked.service is None:
            return _arguments.not_found("letter", typed, asked.nearest)
        if asked.wrong:
            return _arguments.wrong_region(asked.wrong)
        behind = " ".join((asked.service.id, *sorted(asked.regions)[: _arguments.FEW]))
        said = _("What shall the letter to {name} ask for?", name=asked.service.name)
    offers = [Action(_(form.help), f"letter {form.name} {behind}") for form in FORMS]
    return say(said, actions=offers)


COMMAND = Command(
    Entry(
        "letter",
        N_("A ready letter: object, ask for a copy, have data erased"),
        (Parameter("kind", N_("objection, access or erasure")), SERVICE, REGION),
        forms=FORMS,
        section=Section.ACT,
    ),
    run,
    words=frozenset({*letter.KINDS, _PAPER}),
)
