"""/status: what is watched of a service, when it was last checked, and what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.feeds.hosts import host_of
from bot.locales import N_, _, n_
from bot.message import Action, Message
from bot.model import Service, SourceKind
from bot.platform import Entry, Parameter, Request
from bot.render import sources
from bot.render.blocks import Words, bold, labelled, listing, note, say, text, title
from bot.render.coverage import unread
from bot.render.labels import day, terms
from bot.states import SourceState
from bot.store.documents import ReadDocument
from bot.store.sources import SourceStatus
from handlers import _arguments
from handlers._base import Command, Context
from handlers.recent import told

#: A source that should have been asked so long ago is said to be silent.
SILENT = timedelta(days=1)
#: So many documents of a service are named, and so many sources.
MOST = 20
#: Of an address, so many characters are shown.
LONGEST = 120


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return _overview(request, context)
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("status", typed, asked.nearest)
    return _of(asked.service, context)


def _overview(request: Request, context: Context) -> Message:
    states = _states(context)
    asked = max((state.ok_at for state in states if state.ok_at), default=None)
    mine = len(_arguments.followed(request, context))
    first = [
        *(
            [n_("You follow {count} service.", "You follow {count} services.", mine)]
            if mine
            else []
        ),
        n_("I read {count} source.", "I read {count} sources.", len(states)),
        _("Last answer: {when}.", when=_clock(asked))
        if asked
        else _("None of them has answered yet."),
    ]
    late = [state.id for state in states if _is_late(state, context.now)]
    if late:
        silent = _(
            "Silent at the moment: {sources}. What happens there comes once they answer again.",
            sources=", ".join(late),
        )
        first.append(silent)
    blocks = [text(" ".join(first))]
    if fared := _fared(states):
        blocks.append(listing(fared))
    blocks += [note(sources.remark(state.id, state.remark)) for state in states if state.remark][
        :MOST
    ]
    return say(*blocks, _("Of one service: /status linkedin"))


def _states(context: Context) -> list[SourceStatus]:
    """How each source fares that the operator lists today."""
    listed = {source.id for source in context.sources}
    states = context.store.sources.status()
    return [state for state in states if state.id in listed] if listed else states


def _fared(states: Sequence[SourceStatus]) -> list[Sequence[Words]]:
    """How many sources fare well, and which do not; nothing where all do, or none was asked."""
    groups: dict[SourceState, list[SourceStatus]] = {}
    for state in states:
        groups.setdefault(_state(state), []).append(state)
    well = len(groups.pop(SourceState.HEALTHY, []))
    if not groups or (set(groups) == {SourceState.NEW} and not well):
        return []
    healthy = sources.census(SourceState.HEALTHY, [str(well)])
    named = {state: [_name(each) for each in group] for state, group in groups.items()}
    order = [state for state in SourceState if state in named]
    return [healthy, *(sources.census(state, named[state]) for state in order)]


def _name(status: SourceStatus) -> str:
    """A source as a list names it: where it moved, also where to."""
    return f"{status.id} ({_short(status.moved_to)})" if status.moved_to else status.id


def _read(document: ReadDocument) -> str:
    """Privacy Policy · vlopses-ie · 3 November 2025"""
    terms_type = document.key.rsplit("/", 1)[1]
    collection = document.key.split("/", 1)[0]
    return f"{terms(terms_type)} · {collection} · {day(document.recorded)}"


def _of(service: Service, context: Context) -> Message:
    collections = [
        source
        for source in context.sources
        if source.kind in (SourceKind.COLLECTION, SourceKind.GITHUB)
    ]
    documents = context.store.documents.read_of(
        [source.id for source in collections], service.folders
    )
    ours = {document.key.split("/", 1)[0] for document in documents}
    states = [state for state in _states(context) if _reads(state, service, ours, context)]
    blocks = [title(bold(service.name))]
    if documents:
        read = [(_read(document),) for document in documents[:MOST]]
        blocks += [labelled(_("Read, with the day of the last version:")), listing(read)]
    else:
        blocks.append(labelled(_("Not read yet:"), _nothing_read(service, context)))
    blocks += [labelled(f"{state.id}:", _checked(state), weight=60) for state in states[:MOST]]
    blocks += unread(context.store.coverage.lost([service.id]))
    last = context.store.stories.recent([service.id], 1)
    blocks.append(
        labelled(
            _("Last change:"),
            told(last[0], context) if last else _("none since this bot began to watch."),
        )
    )
    return say(*blocks, actions=[Action(_("Follow {name}", name=service.name), f"subscribe {service.id}"),
                                 Action(_("Why was I not told?"), f"why {service.id}")])  # fmt: skip


def _nothing_read(service: Service, context: Context) -> str:
    if not service.folders:
        return _("No tracker reads its terms; only news and memos about it reach you.")
    if not context.store.subscriptions.is_watched(service.id):
        return _("Its terms are read from the moment somebody follows it.")
    return _(
        "Its terms are tracked, but the tracker has recorded no version since somebody began to follow it."
    )


def _reads(status: SourceStatus, service: Service, ours: set[str], context: Context) -> bool:
    """Whether a source reads this service: it has, or it would if it could be read."""
    if status.id in ours:
        return True
    source = next((each for each in context.sources if each.id == status.id), None)
    if source is None or _state(status) in (SourceState.HEALTHY, SourceState.MOVED):
        return False
    if source.kind in (SourceKind.NEWS, SourceKind.MEMOS):
        return not source.service or source.service == service.id
    return bool(service.folders) and not ours and source.service in ("", *service.folders)


def _checked(status: SourceStatus) -> str:
    """How a source fares and when it last answered, with what was left out of its last page."""
    state, when = _state(status), _clock(status.ok_at) if status.ok_at else _("never")
    detail = {
        SourceState.FAILING: status.error,
        SourceState.MOVED: _short(status.moved_to),
        SourceState.GONE: _("asked again on {day}", day=day(status.due_at)),
    }
    said = [_("last checked: {when}.", when=when)]
    if state is not SourceState.HEALTHY:
        fares = sources.fares(state, detail.get(state, ""))
        said = [_("{fares}; last answer: {when}.", fares=fares, when=when)]
    if status.remark:
        said.append(sources.remark(status.id, status.remark))
    return " ".join(said)


def _state(status: SourceStatus) -> SourceState:
    """Its state; one that an older version noted has only an error, or an answer."""
    if status.state is not SourceState.NEW:
        return status.state
    if status.error:
        return SourceState.FAILING
    return SourceState.HEALTHY if status.ok_at else SourceState.NEW


def _is_late(status: SourceStatus, now: datetime) -> bool:
    """Whether it should have been asked long ago: this bot did not run, or cannot keep up."""
    fine = _state(status) in (SourceState.HEALTHY, SourceState.MOVED)
    return fine and now - status.due_at > SILENT


def _short(url: str) -> str:
    """The host of an address: the rest may be a secret of the operator's."""
    return host_of(url)[:LONGEST]


def _clock(when: datetime) -> str:
    return f"{day(when)}, {when:%H:%M} UTC"


COMMAND = Command(
    Entry("status", N_("What is watched, and when it was last checked"),
          (Parameter("service", N_("Only this one"), required=False, kind="service"),)),
    run,
)  # fmt: skip
