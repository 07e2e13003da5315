"""/status: what is watched of a service, when it was last checked, and what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.feeds.hosts import host_of
from bot.locales import N_, _, n_
from bot.message import Action, Message
from bot.model import Service, Source
from bot.platform import Entry, Parameter, Request
from bot.render import sources
from bot.render.blocks import Words, bold, labelled, link, listing, note, say, text, title
from bot.render.coverage import unread
from bot.render.labels import day, terms
from bot.render.local import Local
from bot.states import SourceState
from bot.store.documents import ReadDocument
from bot.store.sources import SourceStatus
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import following, told

#: A source that should have been asked so long ago is said to be silent.
SILENT = timedelta(days=1)
#: So many documents of a service are named, and so many sources.
MOST = 20
#: Characters of an address that are shown.
LONGEST = 120


def run(request: Request, context: Context) -> Message:
    """How the sources fare, or what is read of one service."""
    typed = request.text.strip()
    if not typed:
        return _overview(request, context)
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("status", typed, asked.nearest)
    return _of(asked.service, context)


def _overview(request: Request, context: Context) -> Message:
    states = _states(context)
    first = []
    if mine := _arguments.followed(request, context):
        first.append(following(len(mine)))
    first.append(n_("I read {count} source.", "I read {count} sources.", len(states)))
    first.append(_last_answer(states))
    if late := [state.id for state in states if _is_late(state, context.now)]:
        silent = _(
            "Silent at the moment: {sources}. What happens there comes once they answer again.",
            sources=", ".join(late),
        )
        first.append(silent)
    blocks = [text(" ".join(first))]
    if fared := _fared(states):
        blocks.append(listing(fared))
    remarks = [note(sources.remark(state.id, state.remark)) for state in states if state.remark]
    blocks += remarks[:MOST]
    return say(*blocks, _("Of one service: /status linkedin"))


def _last_answer(states: Sequence[SourceStatus]) -> str:
    """When any of the sources answered last."""
    answered = [state.ok_at for state in states if state.ok_at]
    if not answered:
        return _("None of them has answered yet.")
    return _("Last answer: {when}.", when=_clock(max(answered)))


def _states(context: Context) -> list[SourceStatus]:
    """How each source fares that the operator lists today."""
    listed = {source.id for source in context.sources}
    states = context.store.sources.status()
    if not listed:
        return states
    return [state for state in states if state.id in listed]


def _fared(states: Sequence[SourceStatus]) -> list[Sequence[Words]]:
    """How many sources fare well, and which do not; nothing where all do, or none was asked."""
    names: dict[SourceState, list[str]] = {}
    for status in states:
        names.setdefault(_state(status), []).append(_name(status))
    well = names.pop(SourceState.HEALTHY, [])
    if not names or (names.keys() == {SourceState.NEW} and not well):
        return []
    lines = [sources.census(SourceState.HEALTHY, [str(len(well))])]
    for state in SourceState:
        if state in names:
            lines.append(sources.census(state, names[state]))
    return lines


def _name(status: SourceStatus) -> str:
    """A source as a list names it: where it moved, also where to."""
    if not status.moved_to:
        return status.id
    return f"{status.id} ({_short(status.moved_to)})"


def _read(document: ReadDocument, local: Local) -> Sequence[Words]:
    """A document in a line: Privacy Policy · vlopses-ie · 3 November 2025."""
    folder, terms_type = document.key.split("/", 1)[1].rsplit("/", 1)
    url, _remark = local.document(terms_type, _collection(document), folder)
    name: Words = link(terms(terms_type), url) if url else terms(terms_type)
    said = f" · {_collection(document)} · {day(document.recorded)}"
    if document.readers is not None:
        said += f" · {sources.edition(document.readers)}"
    return name, said


def _collection(document: ReadDocument) -> str:
    return document.key.split("/", 1)[0]


def _of(service: Service, context: Context) -> Message:
    documents = _documents(service, context)
    ours = {_collection(document) for document in documents}
    reading = [state for state in _states(context) if _reads(state, service, ours, context)]
    blocks = [title(bold(service.name))]
    if documents:
        local = Local(context.known, service.id, context.chat.regions)
        read = [_read(document, local) for document in documents[:MOST]]
        blocks += [labelled(_("Read, with the day of the last version:")), listing(read)]
    else:
        blocks.append(labelled(_("Not read yet:"), _nothing_read(service, context)))
    blocks += [labelled(f"{state.id}:", _checked(state), weight=60) for state in reading[:MOST]]
    blocks += unread(context.store.coverage.lost([service.id]))
    blocks.append(labelled(_("Last change:"), _last_change(service, context)))
    actions = [
        Action(_("Follow {name}", name=service.name), f"subscribe {service.id}"),
        Action(_("Why was I not told?"), f"why {service.id}"),
    ]
    return say(*blocks, actions=actions)


def _documents(service: Service, context: Context) -> list[ReadDocument]:
    """What the collections that the operator lists have of a service."""
    collections = [source.id for source in context.sources if source.kind.records_versions]
    return context.store.documents.read_of(collections, service.folders)


def _last_change(service: Service, context: Context) -> str:
    last = context.store.stories.recent([service.id], 1)
    if not last:
        return _("none since this bot began to watch.")
    return told(last[0], context)


def _nothing_read(service: Service, context: Context) -> str:
    if not service.folders:
        return _("No tracker reads its terms; only news and memos about it reach you.")
    if not context.store.subscriptions.is_watched(service.id):
        return _("Its terms are read from the moment somebody follows it.")
    return _(
        "Its terms are tracked, but the tracker has recorded no version "
        "since somebody began to follow it."
    )


def _reads(status: SourceStatus, service: Service, ours: set[str], context: Context) -> bool:
    """Whether a source reads this service: it has, or it would if it could be read."""
    if status.id in ours:
        return True
    if _is_fine(status):
        return False
    for source in context.sources:
        if source.id == status.id:
            return _would_read(source, service, ours)
    return False


def _would_read(source: Source, service: Service, ours: set[str]) -> bool:
    """Whether a source that cannot be read is about a service."""
    if not source.kind.records_versions:
        return source.service in ("", service.id)
    if ours or not service.folders:
        return False
    return source.service in ("", *service.folders)


def _checked(status: SourceStatus) -> str:
    """How a source fares and when it last answered, with what was left out of its last page."""
    state = _state(status)
    when = _clock(status.ok_at) if status.ok_at else _("never")
    if state is SourceState.HEALTHY:
        said = _("last checked: {when}.", when=when)
    else:
        fares = sources.fares(state, _detail(status))
        said = _("{fares}; last answer: {when}.", fares=fares, when=when)
    if status.remark:
        said += " " + sources.remark(status.id, status.remark)
    return said


def _detail(status: SourceStatus) -> str:
    """What belongs to a state: an error, an address or a day."""
    match _state(status):
        case SourceState.FAILING:
            return status.error
        case SourceState.MOVED:
            return _short(status.moved_to)
        case SourceState.GONE:
            return _("asked again on {day}", day=day(status.due_at))
        case _:
            return ""


def _state(status: SourceStatus) -> SourceState:
    """Its state; one that an older version noted has only an error, or an answer."""
    if status.state is not SourceState.NEW:
        return status.state
    if status.error:
        return SourceState.FAILING
    if status.ok_at:
        return SourceState.HEALTHY
    return SourceState.NEW


def _is_fine(status: SourceStatus) -> bool:
    """Whether a source can be read, also if at another address."""
    return _state(status) in (SourceState.HEALTHY, SourceState.MOVED)


def _is_late(status: SourceStatus, now: datetime) -> bool:
    """Whether it should have been asked long ago: this bot did not run, or cannot keep up."""
    return _is_fine(status) and now - status.due_at > SILENT


def _short(url: str) -> str:
    """The host of an address: what follows it may be a secret of the operator's."""
    return host_of(url)[:LONGEST]


def _clock(when: datetime) -> str:
    return f"{day(when)}, {when:%H:%M} UTC"


COMMAND = Command(
    Entry(
        "status",
        N_("What is watched, and when it was last checked"),
        (Parameter("service", N_("Only this one"), required=False, kind="service"),),
        section=Section.FOLLOW,
    ),
    run,
)
