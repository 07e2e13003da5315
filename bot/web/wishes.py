"""What a form on somebody's own page says, as the lines that one would type in the chat."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

from bot import regions
from bot.catalogue.names import BUNDLE, Names
from bot.preferences import ROLES, ChatSettings, Schedule
from bot.understand.topics import TOPICS
from bot.web.asked import MOST_TYPED

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


def lines_of(form: Form, chat: ChatSettings, followed: Collection[str], names: Names) -> list[str]:
    """The lines that a form stands for; none where nothing is to change.

    `followed` are the services that the chat follows.
    """
    line = form.get("line")
    if line:
        return [line] if line.partition(" ")[0] in COMMANDS else []
    about = form.get("about")
    if about == "services":
        return list(_services(form, followed, names))
    read = _ABOUT.get(about)
    return list(read(form, chat)) if read else []


def _services(form: Form, followed: Collection[str], names: Names) -> Iterator[str]:
    """What is ticked is followed; what was ticked when the form was made and is not, no more."""
    ticked = dict.fromkeys(form.getall("follow"))
    new = [each for each in ticked if names.get(each) and each not in followed]
    gone = [each for each in _was(form) if each not in ticked and each in followed]
    for verb, services in (("subscribe", new), ("unsubscribe", gone)):
        bundled = [each for each in services if names.get(each)]
        for start in range(0, len(bundled), BUNDLED):
            yield f"{verb} {BUNDLE}{names.bundled(bundled[start : start + BUNDLED])}"
        # What the catalogue no longer has is known by its id alone.
        yield from (f"{verb} {each}" for each in services if not names.get(each))


def _was(form: Form) -> list[str]:
    """What was ticked when the form was made: what nobody touched since is left alone."""
    return list(filter(None, form.get("was").split(",")))


def _is_touched(form: Form, name: str) -> bool:
    return set(form.getall(name)) != set(_was(form))


def _regions(form: Form, _chat: ChatSettings) -> Iterator[str]:
    other = form.get("other").replace(";", ",").strip(" ,")
    if not other and not _is_touched(form, "region"):
        return
    chosen = [code for code in form.getall("region") if regions.parse(code)]
    if other:
        chosen.append(other[:MOST_TYPED])
    if chosen:
        yield f"region {', '.join(chosen).casefold()}"


def _audience(form: Form, _chat: ChatSettings) -> Iterator[str]:
    if not _is_touched(form, "role"):
        return
    roles = [role for role in ROLES if role in form.getall("role")]
    yield f"audience only {' '.join(roles or [ROLES[0]])}"


def _topics(form: Form, chat: ChatSettings) -> Iterator[str]:
    if not _is_touched(form, "topic"):
        return
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
    if _is_touched(form, "level"):
        yield from (f"threshold {level}" for level in form.getall("level")[:1])


def _reminders(form: Form, _chat: ChatSettings) -> Iterator[str]:
    if not _is_touched(form, "days"):
        return
    days = [day for day in form.getall("days") if day.isdecimal()]
    yield f"reminders {' '.join(days) or 'off'}"


def _language(form: Form, _chat: ChatSettings) -> Iterator[str]:
    if _is_touched(form, "language"):
        yield from (f"language {code}" for code in form.getall("language")[:1])


def _when(form: Form, chat: ChatSettings) -> Iterator[str]:
    schedule = chat.schedule
    yield from _how_often(form, schedule)
    yield from _quiet(form, schedule)
    for name, is_on in (("urgent", schedule.urgent), ("silent", schedule.silent)):
        if bool(form.get(name)) != is_on:
            yield f"when {name} {'off' if is_on else 'on'}"
    if bool(form.get("full")) != schedule.full:
        yield "when short" if schedule.full else "when long"
    zone = form.get("zone").strip()
    if zone and zone != schedule.zone:
        yield f"when zone {zone[:60]}"


def _how_often(form: Form, schedule: Schedule) -> Iterator[str]:
    """How often and at what time; where smaller changes come once a week, their time, too."""
    mode, at, day, small = form.get("mode"), form.get("at"), form.get("day"), form.get("small")
    before = (schedule.mode, clock(schedule.at), DAYS[schedule.weekday])
    is_new = (mode, at, day) != before
    if mode == "daily" and is_new:
        yield f"when daily {at}".strip()
    if mode in ("weekly", "now") and is_new:
        named = f"{day} " if day in DAYS else ""
        yield f"when weekly {named}{at}".strip()
    if mode == "now" and (is_new or bool(small) != schedule.small_at_once):
        yield "when now all" if small else "when now"


def _quiet(form: Form, schedule: Schedule) -> Iterator[str]:
    """Quiet hours; who leaves out one of their ends is told that they are not understood."""
    start, end = form.get("from"), form.get("until")
    before = tuple(map(clock, schedule.quiet)) if schedule.quiet else ("", "")
    if (start, end) == before:
        return
    if start or end:
        yield f"when quiet {start or end}-{end or start}"
    else:
        yield "when quiet off"


def clock(minutes: int) -> str:
    """A time of day as a browser's field has it: 08:05."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


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
