"""/status: what is watched of a service, when it was last checked, and what cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.locales import N_, _, n_
from bot.model import Service, SourceKind
from bot.render.coverage import unread
from bot.render.words import bold, day, labelled, listing, say, terms, title
from bot.store.documents import ReadDocument
from handlers import asking
from handlers.base import Command, Context
from handlers.recent import told

#: A source that has not answered for so long is said to be silent.
SILENT = timedelta(days=1)
#: So many documents of a service are named.
MOST = 20


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return _overview(request, context)
    asked = asking.read(typed, context)
    if asked.service is None:
        return asking.not_found("status", typed, asked.nearest)
    return _of(asked.service, context)


def _overview(request: Request, context: Context) -> Message:
    states = context.store.sources.status()
    silent = [state.id for state in states if _is_silent(state.ok_at, state.error, context.now)]
    asked = max((state.ok_at for state in states if state.ok_at), default=None)
    mine = len(asking.followed(request, context))
    blocks = [
        *([n_("You follow {count} service.", "You follow {count} services.", mine)] if mine else []),
        n_("I read {count} source.", "I read {count} sources.", len(states)),
        _("Last answer: {when}.", when=_clock(asked)) if asked else _("None of them has answered yet."),
    ]
    if silent:
        blocks.append(
            _("Silent at the moment: {sources}. What happens there comes once they answer again.", sources=", ".join(silent))
        )
    return say(" ".join(blocks), _("Of one service: /status linkedin"))


def _read(document: ReadDocument) -> str:
    """Privacy Policy · vlopses-ie · 3 November 2025"""
    terms_type = document.key.rsplit("/", 1)[1]
    collection = document.key.split("/", 1)[0]
    return f"{terms(terms_type)} · {collection} · {day(document.recorded)}"


def _of(service: Service, context: Context) -> Message:
    collections = [source for source in context.sources if source.kind in (SourceKind.COLLECTION, SourceKind.GITHUB)]
    documents = context.store.documents.read_of([source.id for source in collections], service.folders)
    ours = {document.key.split("/", 1)[0] for document in documents}
    states = {state.id: (state.ok_at, state.error) for state in context.store.sources.status()}
    blocks = [title(bold(service.name))]
    if documents:
        read = [(_read(document),) for document in documents[:MOST]]
        blocks += [labelled(_("Read, with the day of the last version:")), listing(read)]
    else:
        blocks.append(labelled(_("Not read yet:"), _nothing_read(service, context)))
    for source in sorted(ours):
        ok_at, error = states.get(source, (None, ""))
        blocks.append(labelled(f"{source}:", _checked(ok_at, error, context.now), weight=60))
    blocks += unread(context.store.coverage.lost([service.id]))
    last = context.store.stories.recent([service.id], 1)
    blocks.append(labelled(_("Last change:"), told(last[0], context) if last else _("none since this bot began to watch.")))
    return say(*blocks, actions=[Action(_("Follow {name}", name=service.name), f"subscribe {service.id}"),
                                 Action(_("Why was I not told?"), f"why {service.id}")])  # fmt: skip


def _nothing_read(service: Service, context: Context) -> str:
    if not service.folders:
        return _("No tracker reads its terms; only news and memos about it reach you.")
    if not context.store.subscriptions.is_watched(service.id):
        return _("Its terms are read from the moment somebody follows it.")
    return _("Its terms are tracked, but the tracker has recorded no version since somebody began to follow it.")


def _checked(ok_at: datetime | None, error: str, now: datetime) -> str:
    if _is_silent(ok_at, error, now):
        since = _clock(ok_at) if ok_at else _("never")
        return _("cannot be read at the moment ({error}); last answer: {when}.", error=error or "–", when=since)
    return _("last checked: {when}.", when=_clock(ok_at)) if ok_at else _("not asked yet.")


def _is_silent(ok_at: datetime | None, error: str, now: datetime) -> bool:
    return bool(error) or (ok_at is not None and now - ok_at > SILENT)


def _clock(when: datetime) -> str:
    return f"{day(when)}, {when:%H:%M} UTC"


COMMAND = Command(
    Entry("status", N_("What is watched, and when it was last checked"),
          (Parameter("service", N_("Only this one"), required=False, kind="service"),)),
    run,
)  # fmt: skip
