"""How to opt out: the controls of a service that are offered where the reader is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.catalogue import Control, Guide, Pointer
from bot.chat import KEEP, Action, Block, Message
from bot.locales import _, n_
from bot.model import OptOut, Service, Story
from bot.render.words import (
    Words,
    bold,
    day,
    fill,
    labelled,
    line,
    link,
    month,
    note,
    places,
    short,
    steps,
    text,
    title,
)  # fmt: skip
from bot.understand.regions import countries

#: A how-to last verified longer ago than this says so.
STALE_DAYS = 180

_AGAIN = " › "


def controls_for(guide: Guide, regions: frozenset[str]) -> list[Control]:
    """The controls offered in any of the regions; all of them where the regions are not known."""
    where = {country for code in regions for country in countries(code)}
    return [c for c in guide.controls if not where or any(countries(code) & where for code in c.regions)]


def open_controls(guide: Guide | None, regions: frozenset[str]) -> list[Control]:
    """What a person there can switch off and has not to look for: it is in use unless one acts."""
    offered = controls_for(guide, regions) if guide else []
    return [control for control in offered if control.on_by_default and control.kind != "none available"]


def howto(
    service: Service, guide: Guide, regions: frozenset[str], today: date, wanted: str = "", stories: Sequence[Story] = ()
) -> Message:
    """All controls for the reader's regions, the first in full; `wanted` (a control's id) goes first. `stories` are the
    service's latest: one of them can put a control in doubt."""
    offered = sorted(controls_for(guide, regions), key=lambda control: control.id != wanted)
    blocks = [_head(service, regions)]
    if not offered:
        blocks.append(text(_("We know of no opt-out at {name} there.", name=service.name)))
    for number, control in enumerate(offered):
        blocks.extend(_control(control, today, first=number == 0))
        if story := in_doubt(control, stories):
            blocks.append(text(_doubted(story), weight=58 if number == 0 else 18))
    blocks.extend(_pointers(guide))
    others = [Action(short(c.title), f"howto {service.id} {c.id}") for c in offered[1:4]]
    return Message(tuple(blocks), (*others, *_next(service)))


def in_doubt(control: Control, stories: Sequence[Story]) -> Story | None:
    """The story since which nobody knows whether a control is still there: after it was last seen, the text says that
    a way to opt out of the same thing is gone."""
    return next(
        (story for story in stories for part in story.parts
         if part.opt_out is OptOut.REMOVED and control.topic in part.topics
         and f"{part.recorded:%Y-%m}" >= (control.verified or "")),
        None,
    )  # fmt: skip


def _doubted(story: Story) -> str:
    when, command = day(story.lead.recorded), f"/story {story.id}"
    return _("In doubt since {day}: a way to opt out is gone from the text. Nobody has looked again yet: {command}",
             day=when, command=command)  # fmt: skip


def unknown(service: Service, regions: frozenset[str]) -> Message:
    """For a service without a how-to: what is known, and how to add what is not."""
    sites = ", ".join(service.domains[:3])
    known = [_("We have no checked steps for {name} yet.", name=service.name)]
    known += [_("Its addresses: {sites}.", sites=sites)] if sites else []
    return Message((
        _head(service, regions),
        text(" ".join(known)),
        text(_("Look for “privacy” or “data” in its settings, or write to it: in the EU, the EEA, the UK and Switzerland you "
               "may object to the use of your data. A letter that is ready to send: {command}",
               command=f"/letter objection {service.id}")),
        note(_("You know the steps? CONTRIBUTING.md says how to add them."), weight=KEEP),
    ), _next(service))  # fmt: skip


def _head(service: Service, regions: frozenset[str]) -> Block:
    where = f" ({places(regions)})" if regions else ""
    return title(bold(_("{name}: how to opt out", name=service.name) + where))


def _next(service: Service) -> tuple[Action, ...]:
    return (
        Action(_("Write a letter"), f"letter {service.id}", personal=True),
        Action(_("Follow {name}", name=short(service.name, 40)), f"subscribe {service.id}"),
        Action(_("Share"), f"howto {service.id}", share=True),
    )


def control_steps(control: Control) -> Block:
    """Numbered steps that end at the switch, with the direct link first: it is the quickest way."""
    lines: list[tuple[Words, ...]] = []
    if control.link:
        opened = fill(_("Open {link}."), link=link(_("the form") if control.kind == "form" else _("this page"), control.link))
        lines.append((*opened, *_needs(control)))
    if control.email and not control.link:
        lines.append((_("Write to {address}.", address=control.email), *_needs(control)))
    for path, go, instead in (
        (control.web, _("On the web: {path}."), _("Or on the web: {path}.")),
        (control.mobile, _("In the app: {path}."), _("Or in the app: {path}.")),
    ):
        if path:
            lines.append(((instead if control.link else go).format(path=_AGAIN.join(path)),))
    if control.switch:
        lines.append((_("Set it to “{switch}”.", switch=control.switch),))
    elif control.email and control.link:
        lines.append((_("Or write to {address}.", address=control.email),))
    return steps(lines)


def _needs(control: Control) -> tuple[str, ...]:
    if not control.needs or control.kind == "setting":
        return ()
    return (" " + _("You need: {needs}.", needs=control.needs),)


def _control(control: Control, today: date, first: bool) -> Iterator[Block]:
    weight = KEEP if first else 30
    yield Block("text", (line(bold(control.title)),), weight, _opens(control) if first else None)
    if control.kind != "none available":
        yield replace(control_steps(control), weight=weight)
    yield labelled(_("What it does:"), control.stops, weight=60 if first else 20)
    yield labelled(_("Limits:"), control.does_not_stop, weight=55 if first else 15)
    yield note(" ".join(_checked(control, today)), weight=50 if first else 10)


def _opens(control: Control) -> Action | None:
    return Action(_("Open the page"), url=control.link) if control.link else None


def _checked(control: Control, today: date) -> Iterator[str]:
    if control.on_by_default is not None:
        yield _("In use unless you act.") if control.on_by_default else _("Off unless you turn it on.")
    if control.effective and control.effective <= today:
        yield _("Since {day}.", day=day(control.effective))
    if control.confidence != "high":
        count = len(control.sources)
        yield n_(
            "Reported by {count} source only; look twice.", "Reported by {count} sources, not confirmed; look twice.", count
        )
    if not control.verified:
        yield _("Not dated by its source.")
        return
    yield _("Last verified in {month}.", month=month(control.verified))
    if is_stale(control, today):
        yield _("That is a while ago: labels may have moved.")


def is_stale(control: Control, today: date) -> bool:
    """Whether nobody is known to have looked at a control for long."""
    return not control.verified or (today - date.fromisoformat(f"{control.verified}-01")).days > STALE_DAYS


def _pointers(guide: Guide) -> Iterator[Block]:
    named = ((_("Delete the account:"), guide.delete_account), (_("Get a copy of your data:"), guide.export_data),
             (_("Data protection contact:"), guide.contact))  # fmt: skip
    lines = [line(bold(f"{name} "), *_pointer(pointer)) for name, pointer in named if pointer]
    if policy := guide.privacy_policy:
        lines.append(line(bold(_("Policy:") + " "), link(policy.split("/")[2], policy)))
    if lines:
        yield Block("list", tuple(lines), 25)


def _pointer(pointer: Pointer) -> Iterator[Words]:
    if pointer.link:
        yield link(pointer.link.split("/")[2], pointer.link)
    if pointer.email:
        yield (", " if pointer.link else "") + pointer.email
    if pointer.note:
        yield (". " if pointer.link or pointer.email else "") + pointer.note
