"""/status: what is read of a service, when it was last checked, and what cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.locales import N_, _, n_
from bot.message import Action, Block, Message
from bot.model import Service, Source
from bot.platform import Entry, Parameter, Request
from bot.render import sources
from bot.render.blocks import (
    Words,
    bold,
    fill,
    foreign,
    headed,
    labelled,
    link,
    listing,
    note,
    say,
    text,
    title,
)
from bot.render.coverage import unread
from bot.render.labels import day, terms, terms_place
from bot.render.local import Local
from bot.states import SourceState
from bot.store.documents import ReadDocument
from bot.store.sources import SourceStatus
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import following, on_page, page_behind, page_of, told, turn
from handlers._sources import (
    clock,
    host,
    is_fine,
    is_late,
    is_well,
    name_of,
    once,
    state_of,
    with_address,
)

#: The most documents of a service on a page, and the most sources named.
MOST = 20


def run(request: Request, context: Context) -> Message:
    """The state of the sources, or what is read of one service."""
    typed, page = page_behind(request.text.strip(), context)
    if not typed:
        return _overview(request, context)
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("status", typed, asked.nearest)
    return _of(asked.service, page, context)


def _overview(request: Request, context: Context) -> Message:
    states = _states(context)
    first = []
    if mine := _arguments.followed(request, context):
        first.append(following(len(mine)))
    if states:
        first.append(n_("I read {count} source.", "I read {count} sources.", len(states)))
        first.append(_last_answer(states, context))
    else:
        first.append(_("I read no source yet."))
    if late := [state for state in states if is_late(state, context.now)]:
        silent = _(
            "Silent at the moment: {sources}. What happens there comes once they answer again.",
            sources=", ".join(once(name_of(state.id, context) for state in late)),
        )
        first.append(silent)
    blocks = [text(" ".join(first))]
    if fared := _fared(states, context):
        blocks.append(listing(fared))
    for state in [state for state in states if state.remark][:MOST]:
        blocks.append(note(sources.remark(name_of(state.id, context), state.remark)))
    return say(*blocks, _("Of one service: /status linkedin"))


def _last_answer(states: Sequence[SourceStatus], context: Context) -> str:
    """When any of the sources last answered."""
    answered = [state.ok_at for state in states if state.ok_at]
    if not answered:
        return _("None of them has answered yet.")
    return _("Last answer: {when}.", when=clock(max(answered), context))


def _states(context: Context) -> list[SourceStatus]:
    """The state of each source in the operator's list."""
    listed = {source.id for source in context.sources}
    states = context.store.sources.status()
    if not listed:
        return states
    return [state for state in states if state.id in listed]


def _fared(states: Sequence[SourceStatus], context: Context) -> list[Sequence[Words]]:
    """The number of healthy sources and the others by state; empty if all are healthy or new."""
    names: dict[SourceState, list[str]] = {}
    for status in states:
        names.setdefault(state_of(status), []).append(with_address(status, context))
    well = names.pop(SourceState.HEALTHY, [])
    if not names or (names.keys() == {SourceState.NEW} and not well):
        return []
    lines = [sources.census(SourceState.HEALTHY, [str(len(well))])]
    for state in SourceState:
        if state in names:
            lines.append(sources.census(state, once(names[state])))
    return lines


def _read(document: ReadDocument, local: Local, context: Context) -> Sequence[Words]:
    """A document in a line: Privacy Policy · recorded in Ireland · 3 November 2025."""
    url, _remark = local.document(document.terms_type, document.collection, document.folder)
    label = terms(document.terms_type)
    name: Words = link(label, url) if url else label
    said = [sources.recorded_in(document.collection, context.sources), day(document.recorded)]
    if document.readers is not None:
        said.append(sources.edition(document.readers))
    return name, "".join(f" · {each}" for each in said if each)


def _of(service: Service, typed: str, context: Context) -> Message:
    """The documents read of a service, a page of many, and the state of its sources."""
    documents = sorted(
        _documents(service, context), key=lambda each: (*terms_place(each.terms_type), each.key)
    )
    page = page_of(typed, len(documents), MOST)
    blocks = [title(bold(service.name + on_page(page, len(documents), MOST)))]
    if documents:
        local = Local(context.known, service.id, context.chat.regions)
        shown = documents[(page - 1) * MOST : page * MOST]
        read = [_read(document, local, context) for document in shown]
        blocks += [labelled(_("Read, with the day of the last version:")), listing(read)]
    else:
        blocks.append(labelled(_("Not read yet:"), _nothing_read(service, context)))
    blocks += _sources_of(service, documents, context)
    blocks += unread(
        context.store.coverage.lost([service.id]),
        lambda collection: (
            sources.recorded_in(collection, context.sources) or _("recorded elsewhere")
        ),
    )
    blocks.append(labelled(_("Last change:"), foreign(_last_change(service, context))))
    actions = [
        *turn(f"status {service.id}", page, len(documents), MOST),
        Action(_("Follow {name}", name=service.name), f"subscribe {service.id}"),
        Action(_("Why was I not told?"), f"why {service.id}"),
    ]
    return Message(tuple(blocks), tuple(actions), in_place=bool(typed))


def _sources_of(
    service: Service, documents: Sequence[ReadDocument], context: Context
) -> Iterator[Block]:
    """When the sources of a service were last checked, and which cannot be read."""
    ours = {document.collection for document in documents}
    reading = [state for state in _states(context) if _reads(state, service, ours, context)]
    well = [state.ok_at for state in reading if is_well(state) and state.ok_at]
    if well:
        yield labelled(_("Last checked:"), f"{clock(min(well), context)}.", weight=60)
    for state in [state for state in reading if not is_well(state)][:MOST]:
        name = name_of(state.id, context)
        checked = _checked(state, context)
        yield text(
            *fill(headed("{name}", "{checked}"), name=bold(name), checked=checked), weight=60
        )


def _documents(service: Service, context: Context) -> list[ReadDocument]:
    """The documents of a service in the operator's collections."""
    collections = [source.id for source in context.sources if source.kind.records_versions]
    found = context.store.documents.read_of(collections, service.folders)
    # A folder renamed by a capital letter is found under both names.
    return list({document.key: document for document in found}.values())


def _last_change(service: Service, context: Context) -> str:
    last = context.store.stories.recent([service.id], 1)
    if not last:
        return _("none since this bot began to watch.")
    return told(last[0], context)


def _nothing_read(service: Service, context: Context) -> str:
    if not service.folders:
        return _("no tracker reads its terms; only news and memos about it reach you.")
    if not context.store.subscriptions.is_watched(service.id, context.now):
        return _("its terms are read from the moment somebody follows it.")
    return _(
        "its terms are tracked, but the tracker has recorded no version "
        "since somebody began to follow it."
    )


def _reads(status: SourceStatus, service: Service, ours: set[str], context: Context) -> bool:
    """Whether a source reads this service, or would if it could be read."""
    if status.id in ours:
        return True
    if is_fine(status):
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


def _checked(status: SourceStatus, context: Context) -> str:
    """The state of a source, when it last answered, and what was left out of its last page."""
    state = state_of(status)
    when = clock(status.ok_at, context) if status.ok_at else _("never")
    if state is SourceState.HEALTHY:
        said = _("last checked: {when}.", when=when)
    else:
        fares = sources.fares(state, _detail(status))
        said = _("{fares}; last answer: {when}.", fares=fares, when=when)
    if status.remark:
        said += " " + sources.remark(name_of(status.id, context), status.remark)
    return said


def _detail(status: SourceStatus) -> str:
    """The detail of a state: an error, an address or a day."""
    match state_of(status):
        case SourceState.FAILING:
            return status.error
        case SourceState.MOVED:
            return host(status.moved_to)
        case SourceState.GONE:
            return _("asked again on {day}", day=day(status.due_at))
        case _:
            return ""


COMMAND = Command(
    Entry(
        "status",
        N_("What is watched, and when it was last checked"),
        (Parameter("service", N_("Only this one"), required=False, kind="followed first"),),
        section=Section.FOLLOW,
    ),
    run,
)
