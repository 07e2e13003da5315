"""Free text without a command: a name, a list, a request, small talk; only in private chats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.conversation import reading as sentences
from bot.conversation.intents import Intent
from bot.conversation.reading import Reading
from bot.locales import _
from bot.message import KEEP, Action, Message
from bot.model import Service
from bot.platform import Request
from bot.render.blocks import link, say, short, text
from bot.render.labels import join
from handlers import _arguments
from handlers._base import Context
from handlers._wishes import Wish, bundled, named, parts, wishes

#: The characters of a sentence that are read.
_LONGEST = 500
#: A longer line, in words, that names no service is not a misspelt name.
_NAME = 3
#: Intents that change something, acted on at once only if the request is plain.
CHANGING = frozenset({Intent.SUBSCRIBE, Intent.REGION, Intent.LANGUAGE, Intent.WHEN, Intent.UNMUTE})
#: The most buttons of a question back.
_OFFERED = 6
#: Answers a command line as if it had been typed.
Run = Callable[[str], Message]


def run(request: Request, context: Context, run_line: Run) -> Message:
    """The most helpful answer to a line that is no command.

    Clear requests that take nothing away are done; all others become buttons.
    """
    said = request.text.strip()[:_LONGEST]
    if not said:
        return _lost()
    listed = _arguments.several(said, context)
    if listed.services and not listed.unknown:
        return _named(listed.services, listed.regions, request, context)
    if not any(sign.isalnum() for sign in said) and "?" in said:
        return run_line("help")
    readings = sentences.parts(said, context.names, context.today)
    answer = _answer(readings, request, context, run_line)
    unknown = [name for each in readings for name in each.unknown if each.services]
    return _arguments.with_unknown(answer, unknown)


def _answer(
    readings: Sequence[Reading], request: Request, context: Context, run_line: Run
) -> Message:
    """The answer to a sentence with one request or several."""
    if len(readings) > 1:
        return _ask([wish for each in _everywhere(readings) for wish in wishes(each, context)])
    reading = readings[0]
    if not reading.sure:
        return _perhaps(reading, request, context)
    if kind := _small_talk(reading):
        return kind
    if _names_unknown(reading):
        return _arguments.not_found("howto", short(" ".join(reading.unknown), 80), ())
    if reading.intent is Intent.UNSUBSCRIBE and reading.services:
        mine = _arguments.followed(request, context)
        if not any(service.id in mine for service in reading.services):
            return run_line(f"unsubscribe {reading.services[0].id}")
    return _do(reading, context, run_line)


def _do(reading: Reading, context: Context, run_line: Run) -> Message:
    """Do what is clearly wanted, or ask for a press if that takes something away."""
    found = wishes(reading, context)
    near = [replace(reading, intent=intent) for intent in reading.near]
    besides = [wish for each in near for wish in wishes(each, context)[:_OFFERED]]
    if found[0].asks or (reading.intent in CHANGING and not reading.is_plain):
        return _before_a_press(reading, [*found, *besides], context)
    answer = run_line(found[0].line)
    if reading.intent is Intent.WHEN and found[0].line == "when" and reading.slots.times:
        impossible = say(_("I have no schedule like that; it stays as it is:"))
        answer = replace(answer, blocks=(*impossible.blocks, *answer.blocks))
    offered = [*found[1:], *besides][: _OFFERED - 1]
    others = tuple(Action(wish.label, wish.line, personal=True) for wish in offered)
    return replace(answer, actions=(*others, *answer.actions))


def _everywhere(readings: Sequence[Reading]) -> Iterator[Reading]:
    """The readings of one sentence, each with the places that any of them names."""
    where = frozenset[str]().union(*(each.slots.regions for each in readings))
    for each in readings:
        yield replace(each, slots=replace(each.slots, regions=where))


def _names_unknown(reading: Reading) -> bool:
    """Whether a sentence is about a service with an unknown name."""
    if not reading.unknown or reading.services:
        return False
    last = reading.unknown[-1]
    stands_for_a_name = "." in last or reading.said.rstrip(" ?!.").endswith(last)
    about_any = sentences.ABOUT_CHANGES | {Intent.SERVICES}
    return reading.intent in sentences.OF_SERVICES or (
        reading.intent in about_any and stands_for_a_name
    )


def _perhaps(reading: Reading, request: Request, context: Context) -> Message:
    """The answer to an unclear request: the possible commands as buttons."""
    found: list[Wish] = []
    for intent in (reading.intent, *reading.near):
        if intent is Intent.NONE and not reading.services and not found:
            return _unknown(reading, context)
        found += wishes(replace(reading, intent=intent), context)[:_OFFERED]
    if not found and reading.services:
        return _named(list(reading.services), reading.slots.regions, request, context)
    if not found:
        return _unknown(reading, context)
    return _ask(found)


def _unknown(reading: Reading, context: Context) -> Message:
    """The answer to an unclear line: a short one may be a misspelt name."""
    if len(reading.said.split()) <= _NAME:
        asked = _arguments.read(reading.said, context)
        if asked.nearest:
            return _arguments.not_found("howto", short(reading.said, 80), asked.nearest)
    return _lost()


def _beyond() -> Message:
    """The answer to a request outside the bot's scope."""
    return say(
        _(
            "I cannot help with that: I only read the terms and privacy policies of services. "
            "Send me the name of one, and I tell you what you can do."
        ),
        actions=[Action(_("Choose services"), "setup"), Action(_("Help"), "help")],
    )


def _small_talk(reading: Reading) -> Message | None:
    """The answer to a greeting or the like, or to an impossible request; else None."""
    match reading.intent:
        case Intent.NONE if reading.denied:
            return say(_("All right, nothing changes."))
        case Intent.NONE:
            return _beyond()
        case Intent.GREETING:
            return say(
                _(
                    "Hello! I tell you when services that you use change their terms, "
                    "and how to opt out. Which do you use?"
                ),
                actions=[Action(_("Choose services"), "setup"), Action(_("Help"), "help")],
            )
        case Intent.THANKS:
            return say(_("You are welcome."))
        case _:
            return None


def _before_a_press(reading: Reading, found: Sequence[Wish], context: Context) -> Message:
    """Buttons for a request that takes something away, with the necessary explanation."""
    if reading.intent is Intent.DELETE_ACCOUNT and reading.services:
        return _of_accounts(reading.services, found, context)
    return _ask(found)


def _of_accounts(services: Sequence[Service], found: Sequence[Wish], context: Context) -> Message:
    """Where to close an account; the bot cannot do it for anybody."""
    blocks = [text(_("I cannot close an account for you, but this is where it is done:"))]
    for service in services:
        guide = context.known.guide(service.id)
        if guide and guide.delete_account and guide.delete_account.link:
            page = guide.delete_account.link
            blocks.append(text(link(service.name, page), weight=KEEP))
    if len(blocks) == 1:
        blocks = [text(_("I know no page for that; this letter asks for it:"))]
    actions = {wish.line: Action(wish.label, wish.line) for wish in found}
    for each in services[:1]:
        line = f"unsubscribe {each.id}"
        actions.setdefault(line, Action(_("Unsubscribe: {name}", name=each.name), line))
    return say(*blocks, actions=list(actions.values()))


def _ask(found: Sequence[Wish]) -> Message:
    """The possible commands as buttons; nothing is done."""
    unique = list({wish.line: wish for wish in found}.values())
    question = _("Is this what you want?")
    if len(unique) > 1:
        question = _("What shall I do?")
    return say(
        question,
        _("Nothing has changed yet."),
        actions=[Action(wish.label, wish.line) for wish in unique[: 2 * _OFFERED]],
    )


def _named(
    services: list[Service], where: frozenset[str], request: Request, context: Context
) -> Message:
    """The answer to a message that only names services."""
    if len(services) == 1:
        return _about(services[0], where, request, context)
    return offer(services, where, context)


def stop(meant: list[Service]) -> Message:
    """A button to unsubscribe from each service that may be meant."""
    names = join([service.name for service in meant], "or")
    offers = [Action(service.name, f"unsubscribe {service.id}") for service in meant]
    if len(meant) == 1:
        offers = [Action(_("Unsubscribe"), f"unsubscribe {meant[0].id}")]
    return say(_("To hear no more of {name}:", name=names), actions=offers)


def _about(service: Service, where: frozenset[str], request: Request, context: Context) -> Message:
    """The options for a service; following it only if it is not followed."""
    behind = _arguments.regions_typed(where)
    follow = Action(
        _("Follow {name}", name=short(service.name, 40)), f"subscribe {service.id}{behind}"
    )
    is_followed = service.id in _arguments.followed(request, context)
    if is_followed:
        follow = Action(_("Unsubscribe"), f"unsubscribe {service.id}")
    actions = [
        Action(_("How to opt out"), f"howto {service.id}{behind}"),
        Action(_("Recent changes"), f"recent {service.id}"),
        Action(_("Write a letter"), f"letter {service.id}{behind}"),
    ]
    actions.insert(len(actions) if is_followed else 0, follow)
    return say(_("{name}: what would you like?", name=service.name), actions=actions)


def offer(listed: list[Service], where: frozenset[str], context: Context) -> Message:
    """Buttons to follow a whole pasted list.

    A button carries ten services and a few regions, so a long list has several.
    """
    behind = _arguments.regions_typed(where)
    buttons = [
        Action(
            _("Follow {names}", names=named(part)), f"subscribe {bundled(part, context)}{behind}"
        )
        for part in parts(listed)
    ]
    all_names = join([service.name for service in listed[: _arguments.MANY]])
    return say(_("Shall I watch these for you: {names}?", names=all_names), actions=buttons)


def _lost() -> Message:
    return say(
        _(
            "I did not understand that. "
            "Send me the name of a service, or several, and I tell you what you can do."
        ),
        actions=[
            Action(_("Choose services"), "setup"),
            Action(_("How to opt out"), "howto linkedin"),
            Action(_("Help"), "help"),
        ],
    )
