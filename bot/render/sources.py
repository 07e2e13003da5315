"""The states of sources in words; `smallprint check` prints the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.locales import N_, _
from bot.model import Source
from bot.render.blocks import Words, bold, fill, headed
from bot.render.labels import places
from bot.states import SourceState
from bot.verdicts import Readers

#: The most sources that are named; the rest are counted.
MOST = 10

_FARES = {
    SourceState.NEW: N_("not read yet"),
    SourceState.HEALTHY: N_("read as it should be"),
    SourceState.FAILING: N_("cannot be read at the moment"),
    SourceState.MOVED: N_("moved; read at its new address"),
    SourceState.GONE: N_("gone for good, as it says itself"),
    SourceState.WEB_PAGE: N_("a web page stands where its feed should be"),
}
_MEANS = {
    SourceState.NEW: N_(
        "What is there already is learnt first; what is new after that reaches you."
    ),
    SourceState.HEALTHY: "",
    SourceState.FAILING: N_("What happens there reaches you once it can be read again."),
    SourceState.MOVED: N_("You miss nothing."),
    SourceState.GONE: N_("It is asked again once a month, in case it comes back."),
    SourceState.WEB_PAGE: N_("Nothing new reaches you from there until that is mended."),
}

_EDITIONS = {
    Readers.EUROPE: N_("for people in Europe"),
    Readers.ELSEWHERE: N_("for people outside Europe"),
    Readers.ALL: N_("for people in Europe too"),
    Readers.UNKNOWN: N_("it does not say for whom"),
}


def recorded_in(collection: str, sources: Iterable[Source]) -> str:
    """Where a collection records its texts, which is the page that people there see; else ""."""
    for source in sources:
        if source.id == collection and source.jurisdiction:
            return _("recorded in {places}", places=places(source.jurisdiction))
    return ""


def edition(readers: Readers) -> str:
    """The readers for whom a text is written."""
    return _(_EDITIONS[readers])


def fares(state: SourceState, detail: str = "") -> str:
    """The state of a source in a few words; `detail` is an error, an address or a day."""
    said = _(_FARES[state])
    if detail:
        said += f" ({detail})"
    return said


def census(state: SourceState, sources: Sequence[str]) -> Sequence[Words]:
    """A line for all sources in a state: the state, the sources, and what it means."""
    how, what = _(_FARES[state]), f"{_named(sources)}. {_(_MEANS[state])}".strip()
    return fill(headed("{how}", "{what}"), how=bold(how), what=what)


def remark(source: str, left_out: str) -> str:
    """The part of a source's last page that could not be read."""
    return _(
        "Not everything of {source} could be read: {what}.",
        source=source,
        what=left_out.rstrip("."),
    )


def _named(sources: Sequence[str]) -> str:
    if len(sources) <= MOST:
        return ", ".join(sources)
    more = _("and {count} more", count=len(sources) - MOST)
    return ", ".join([*sources[:MOST], more])
