"""What a form on somebody's own page says, as the lines that one would type in the chat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from bot import regions
from bot.catalogue.names import BUNDLE, Names
from bot.preferences import ROLES, ChatSettings
from bot.understand.topics import TOPICS

#: Services that a line names.
BUNDLED = 50
#: Commands that a button on the page may say; the others belong into a chat.
COMMANDS = frozenset(
    "audience checklist dismiss documents done forget howto language letter mute picture recent "
    "region reminders story subscribe subscriptions threshold topics unsubscribe when why".split()
)
#: Days of the week as commands name them; Monday is 0.
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Form(Protocol):
    """The fields of a form: one value of a name, and all of it."""

    def get(self, name: str, default: str = "") -> str:
        """One value."""
        ...

    def getall(self, name: str, default: Sequence[str] = ()) -> Sequence[str]:
        """All values."""
        ...


def lines_of(
    form: Form, chat: ChatSettings, followed: Mapping[str, object], names: Names
) -> list[str]:
    """The lines that a form stands for; none where nothing is to change.

    `followed` are the services that the chat follows, by id.
    """
    line = form.get("line")
    if line:
        return [line] if line.partition(" ")[0] in COMMANDS else []
    about = form.get("about")
    if about == "services":
        return list(_services(form, followed, names))
    read = _ABOUT.get(about)
    return list(read(form, chat)) if read else []


def _services(form: Form, followed: Mapping[str, object], names: Names) -> Iterator[str]:
    """What was ticked is followed, what was ticked before and is no more is not."""
    listed, ticked = form.getall("listed"), set(form.getall("follow"))
    known = [each for each in dict.fromkeys(listed) if names.get(each) or each in followed]
    new = [each for each in known if each in ticked and each not in followed]
    gone = [each for each in known if each not in ticked and each in followed]
    for verb, services in (("subscribe", new), ("unsubscribe", gone)):
        bundled = [each for each in services if names.get(each)]
        for start in range(0, len(bundled), BUNDLED):
            yield f"{verb} {BUNDLE}{names.bundled(bundled[start : start + BUNDLED])}"
        # What the catalogue no longer has is known by its id alone.
        yield from (f"{verb} {each}" for each in services if not names.get(each))


def _regions(form: Form, _chat: ChatSettings) -> Iterator[str]:
    chosen = [code for code in form.getall("region") if regions.parse(code)]
    if other := form.get("other").replace(";", ",").strip(" ,"):
        chosen.append(other[:200])
    if chosen:
        yield f"region {', '.join(chosen).casefold()}"


def _audience(form: Form, _chat: ChatSettings) -> Iterator[str]:
    roles = [role for role in ROLES if role in form.getall("role")]
    yield f"audience only {' '.join(roles or [ROLES[0]])}"


def _topics(form: Form, chat: ChatSettings) -> Iterator[str]:
    chosen = {topic for topic in form.getall("topic") if topic in TOPICS}
    if not chosen or len(chosen) == len(TOPICS):
        yield "topics all"
        return
    mine = chat.interests.topics
    signs = [f"+{topic}" for topic in sorted(chosen - mine)]
    signs += [f"-{topic}" for topic in sorted(mine - chosen)]
    if signs:
        yield f"topics {' '.join(signs)}"


def _threshold(form: Form, _chat: ChatSettings) -> Iterator[str]:
    yield from (f"threshold {level}" for level in form.getall("level")[:1])


def _reminders(form: Form, _chat: ChatSettings) -> Iterator[str]:
    days = [day for day in form.getall("days") if day.isdecimal()]
    yield f"reminders {' '.join(days) or 'off'}"


def _language(form: Form, _chat: ChatSettings) -> Iterator[str]:
    yield from (f"language {code}" for code in form.getall("language")[:1])


def _when(form: Form, chat: ChatSettings) -> Iterator[str]:
    schedule = chat.schedule
    at, day = form.get("at"), form.get("day")
    match form.get("mode"):
        case "now":
            yield "when now all" if form.get("small") else "when now"
        case "daily":
            yield f"when daily {at}".strip()
        case "weekly":
            named = f"{day} " if day in DAYS else ""
            yield f"when weekly {named}{at}".strip()
    yield from _quiet(form)
    for name, is_on in (("urgent", schedule.urgent), ("silent", schedule.silent)):
        if bool(form.get(name)) != is_on:
            yield f"when {name} {'off' if is_on else 'on'}"
    if bool(form.get("full")) != schedule.full:
        yield "when short" if schedule.full else "when long"
    zone = form.get("zone").strip()
    if zone and zone != schedule.zone:
        yield f"when zone {zone[:60]}"


def _quiet(form: Form) -> Iterator[str]:
    """Quiet hours where both ends are given; none where one is missing."""
    start, end = form.get("from"), form.get("until")
    if start and end:
        yield f"when quiet {start}-{end}"
    else:
        yield "when quiet off"


#: What reads each form, by what it is about.
_ABOUT: dict[str, Callable[[Form, ChatSettings], Iterator[str]]] = {
    "regions": _regions,
    "audience": _audience,
    "when": _when,
    "topics": _topics,
    "threshold": _threshold,
    "reminders": _reminders,
    "language": _language,
}
