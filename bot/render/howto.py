"""How to opt out: the controls of a service that are offered where the reader is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.catalogue import Control, Guide, Listing, Pointer
from bot.locales import _, content, n_, spoken
from bot.message import KEEP, Action, Block, Message
from bot.model import Change, OptOut, Service, Story
from bot.regions import countries
from bot.render.blocks import (
    Words,
    bold,
    fill,
    labelled,
    line,
    link,
    note,
    short,
    steps,
    text,
    title,
)
from bot.render.labels import day, month, places  # fmt: skip
from bot.understand.opt_out import puts_in_doubt

#: What matters most.
FIRST = ("ai_training", "advertising_tracking", "data_sharing")
_ARROW = " › "


def controls_for(guide: Guide, regions: frozenset[str]) -> list[Control]:
    """The controls offered in any of the regions, what matters most first; all of them where the regions are not known."""
    where = {country for code in regions for country in countries(code)}
    offered = [
        c for c in guide.controls if not where or any(countries(code) & where for code in c.regions)
    ]
    switched = {control.topic for control in offered if control.kind == "setting"}

    def rank(control: Control) -> tuple[bool, int]:
        # Beside a switch for the same thing a form to object is the longer way, for what the switch does not reach; and so
        # is a form for everything else.
        longer = control.kind in ("form", "e-mail") and (
            control.topic in switched or control.topic not in FIRST
        )
        return longer, FIRST.index(control.topic) if control.topic in FIRST else len(FIRST)

    return sorted(offered, key=rank)


def usable(guide: Guide | None, regions: frozenset[str]) -> list[Control]:
    """Those of them with which something can be done; none where there is no how-to."""
    return (
        [control for control in controls_for(guide, regions) if control.kind != "none available"]
        if guide
        else []
    )


def open_controls(guide: Guide | None, regions: frozenset[str]) -> list[Control]:
    """What a person there can switch off and has not to look for: it is in use unless one acts."""
    return [control for control in usable(guide, regions) if control.on_by_default]


def howto(
    service: Service,
    guide: Guide,
    regions: frozenset[str],
    today: date,
    wanted: str = "",
    stories: Sequence[Story] = (),
) -> Message:
    """All controls for the reader's regions, the first in full; `wanted` (a control's id) goes first. `stories` are those
    that touched a way to opt out: one of them can put a control in doubt."""
    offered = sorted(controls_for(guide, regions), key=lambda control: control.id != wanted)
    blocks = [_head(service, regions)]
    if not offered:
        blocks.append(text(_("We know of no opt-out at {name} there.", name=service.name)))
    for number, control in enumerate(offered):
        blocks.extend(_control(control, today, first=number == 0))
        blocks.extend(doubts(control, stories, weight=58 if number == 0 else 18))
    blocks.extend(_pointers(guide))
    others = [Action(short(named(c)), f"howto {service.id} {c.id}") for c in offered[1:4]]
    return Message(tuple(blocks), (*others, *_picture(service, offered), *_next(service)))


def _picture(service: Service, offered: Sequence[Control]) -> Iterator[Action]:
    """Where there is a way through menus, some would rather look at it."""
    if offered and (offered[0].web or offered[0].mobile):
        yield Action(_("As a picture"), f"picture {service.id} {offered[0].id}", personal=True)


def in_doubt(control: Control, stories: Sequence[Story]) -> tuple[Story, Change] | None:
    """What touched the text that offers a control since somebody saw it: it may no longer work so."""
    seen = control.verified or ""
    return next(((story, part) for story in stories for part in story.parts
                 if puts_in_doubt(part) and control.topic in part.topics and f"{part.recorded:%Y-%m}" >= seen), None)  # fmt: skip


def doubts(control: Control, stories: Sequence[Story], weight: int = KEEP) -> Iterator[Block]:
    """A paragraph where a control is in doubt."""
    if found := in_doubt(control, stories):
        story, part = found
        gone = _("In doubt since {day}: a way to opt out is gone from the text. Nobody has looked again yet: {command}",
                 day=day(part.recorded), command=f"/story {story.id}")  # fmt: skip
        reworded = _("In doubt since {day}: what the text says about opting out has changed. Nobody has looked again "
                     "yet: {command}", day=day(part.recorded), command=f"/story {story.id}")  # fmt: skip
        yield text(gone if part.opt_out is OptOut.REMOVED else reworded, weight=weight)


def way_to_opt_out(control: Control, stories: Sequence[Story]) -> Iterator[Block]:
    """The steps and limits of one control, as they stand within another message."""
    yield labelled(_("How to opt out:"), bold(named(control)))
    yield control_steps(control)
    yield labelled(_("Limits:"), content(control.does_not_stop), weight=35)
    yield from doubts(control, stories)


def unknown(listing: Listing, regions: frozenset[str], recorded: str, source_code: str) -> Message:
    """For a service without a how-to: what is known, and how to add what is not. `recorded` is the address of its terms
    as they were recorded, `source_code` where the steps would be added; both may be ""."""
    service = listing.service
    where = f"{source_code} (CONTRIBUTING-howto.md)" if source_code else "CONTRIBUTING-howto.md"
    return Message((
        _head(service, regions),
        text(_("We have no checked steps for {name} yet.", name=service.name)),
        *_pointers(listing, recorded),
        text(_("Look for “privacy” or “data” in its settings, or write to it: in the EU, the EEA, the UK and Switzerland you "
               "may object to the use of your data. A letter that is ready to send: {command}",
               command=f"/letter objection {service.id}")),
        note(_("You know the steps? Anybody can add them, also without programming: {where}", where=where), weight=KEEP),
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


def named(control: Control) -> str:
    """What a control is called: the service's own label, else our words for it."""
    return (
        _label(control, control.title) if control.title in control.menu else content(control.title)
    )


def menu_labels(control: Control, labels: Sequence[str]) -> list[str]:
    """Labels stay in the language in which they were seen, unless somebody saw them in the reader's."""
    return [_label(control, label) for label in labels]


def set_to(control: Control) -> str:
    """The state in which a switch should stand, where that is known."""
    return _label(control, control.switch) if control.switch else ""


def _label(control: Control, label: str) -> str:
    return control.labels.get(spoken(), {}).get(label, label)


def control_steps(control: Control) -> Block:
    """Numbered steps that end at the switch, with the direct link first: it is the quickest way."""
    lines: list[tuple[Words, ...]] = []
    if control.link:
        opened = fill(
            _("Open {link}."),
            link=link(_("the form") if control.kind == "form" else _("this page"), control.link),
        )
        lines.append((*opened, *_needs(control)))
    if control.email and not control.link:
        lines.append((_("Write to {address}.", address=control.email), *_needs(control)))
    for path, go, instead in (
        (control.web, _("On the web: {path}."), _("Or on the web: {path}.")),
        (control.mobile, _("In the app: {path}."), _("Or in the app: {path}.")),
    ):
        if path:
            lines.append(
                (
                    (instead if control.link else go).format(
                        path=_ARROW.join(menu_labels(control, path))
                    ),
                )
            )
    if state := set_to(control):
        lines.append((_("Set it to “{switch}”.", switch=state),))
    elif control.email and control.link:
        lines.append((_("Or write to {address}.", address=control.email),))
    return steps(lines)


def _needs(control: Control) -> tuple[str, ...]:
    if not control.needs or control.kind == "setting":
        return ()
    return (" " + _("You need: {needs}.", needs=content(control.needs)),)


def _control(control: Control, today: date, first: bool) -> Iterator[Block]:
    weight = KEEP if first else 30
    yield Block("text", (line(bold(named(control))),), weight, opens(control) if first else None)
    if control.kind != "none available":
        yield replace(control_steps(control), weight=weight)
    yield labelled(_("What it does:"), content(control.stops), weight=60 if first else 20)
    yield labelled(_("Limits:"), content(control.does_not_stop), weight=55 if first else 15)
    yield note(" ".join(_checked(control, today)), weight=50 if first else 10)


def opens(control: Control) -> Action | None:
    """The button that leads to its page."""
    return Action(_("Open the page"), url=control.link) if control.link else None


def _checked(control: Control, today: date) -> Iterator[str]:
    if control.on_by_default is not None:
        yield (
            _("In use unless you act.")
            if control.on_by_default
            else _("Off unless you turn it on.")
        )
    if control.effective and control.effective <= today:
        yield _("Since {day}.", day=day(control.effective))
    if control.confidence != "high":
        count = len(control.sources)
        yield n_(
            "Reported by {count} source only; look twice.",
            "Reported by {count} sources, not confirmed; look twice.",
            count,
        )
    if not control.verified:
        yield _("Not dated by its source.")
        return
    yield _("Last verified in {month}.", month=month(control.verified))
    if control.is_stale(today):
        yield _("That is a while ago: labels may have moved.")


def _pointers(listing: Listing, recorded: str = "") -> Iterator[Block]:
    """Where to turn otherwise."""
    ways = (
        (listing.delete_account, listing.export_data)
        if isinstance(listing, Guide)
        else (None, None)
    )
    names = (_("Delete the account:"), _("Get a copy of your data:"), _("Data protection contact:"))
    lines = [
        line(bold(f"{name} "), *_pointer(pointer))
        for name, pointer in zip(names, (*ways, listing.contact), strict=True) if pointer
    ]  # fmt: skip
    if policy := listing.privacy_policy:
        lines.append(line(bold(_("Policy:") + " "), link(policy.split("/")[2], policy)))
    if recorded:
        lines.append(
            line(
                bold(_("Its terms, version by version:") + " "),
                link(recorded.split("/")[2], recorded),
            )
        )
    if listing.domains and not listing.links:
        lines.append(line(bold(_("Its addresses:") + " "), ", ".join(listing.domains[:3])))
    if lines:
        yield Block("list", tuple(lines), 25)


def _pointer(pointer: Pointer) -> Iterator[Words]:
    if pointer.link:
        yield link(pointer.link.split("/")[2], pointer.link)
    if pointer.email:
        yield (", " if pointer.link else "") + pointer.email
    if pointer.note:
        yield (". " if pointer.link or pointer.email else "") + content(pointer.note)
