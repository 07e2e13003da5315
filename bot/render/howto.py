"""How-tos: the controls of a service that are offered where the reader is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.catalogue import Catalogue, Control, Guide, Listing, Pointer
from bot.catalogue.offered import controls_for
from bot.locales import _, content
from bot.message import KEEP, Action, Block, Message, Span
from bot.model import Service, Story
from bot.render.blocks import Words, bold, labelled, line, note, short, site, text, title
from bot.render.control import checked, control_steps, doubts, named, opens
from bot.render.labels import join, places
from bot.render.local import Local, laws_of
from bot.render.reader import Reader

#: The mark of a control that is done.
DONE = "☑"


def howto(
    service: Service,
    guide: Guide,
    reader: Reader,
    wanted: str = "",
    stories: Sequence[Story] = (),
    known: Catalogue | None = None,
) -> Message:
    """All controls for the reader's regions, the first in full.

    `wanted` is the id of the control that goes first. `stories` may put a control in doubt. `known`
    holds the differences by country.
    """
    local = Local(known or Catalogue({service.id: guide}), service.id, reader.regions)
    offered = [local.control(control) for control in controls_for(guide, reader.regions)]
    offered.sort(key=lambda control: control.id != wanted)
    done = {control.id for control in offered if f"{service.id}/{control.id}" in reader.done}
    blocks = [_head(service, reader.regions)]
    if not offered:
        blocks.append(text(_("We know of no opt-out at {name} there.", name=service.name)))
    for number, control in enumerate(offered):
        first = number == 0
        blocks += _control(control, reader.today, first, local, control.id in done)
        blocks += doubts(control, stories, weight=58 if first else 18)
    blocks += elsewhere(guide, local)
    actions = [
        Action(short(named(control)), f"howto {service.id} {control.id}")
        for control in offered[1:4]
    ]
    if offered:
        actions += _picture(service, offered[0])
        actions += _done(service, offered[0], offered[0].id in done)
    moved = Action(_("A label has moved"), f"suggest moved {service.id}", personal=True)
    return Message(tuple(blocks), (*actions, *_next(service), moved))


def unknown(
    listing: Listing,
    regions: frozenset[str],
    recorded: str,
    contribute: str,
    known: Catalogue | None = None,
) -> Message:
    """The answer for a service without a how-to: what is known, and how to contribute.

    `recorded` is the address of its recorded terms, `contribute` that for people who know the
    steps; both may be "".
    """
    service = listing.service
    local = Local(known or Catalogue({service.id: listing}), service.id, regions)
    blocks = [
        _head(service, regions),
        text(_("We have no checked steps for {name} yet.", name=service.name)),
        *elsewhere(listing, local, recorded),
        text(
            _(
                "Look for “privacy” or “data” in its settings, or write to it: "
                "in the EU, the EEA, the UK and Switzerland "
                "you may object to the use of your data. "
                "A letter that is ready to send: {command}",
                command=f"/letter objection {service.id}",
            )
        ),
    ]
    if contribute:
        steps = _(
            "You know the steps? Anybody can add them, also without programming: {where}",
            where=contribute,
        )
        blocks.append(note(steps, weight=KEEP))
    return Message(tuple(blocks), _next(service))


def _head(service: Service, regions: frozenset[str]) -> Block:
    words = _("{name}: how to opt out", name=service.name)
    if regions:
        words += f" ({places(regions)})"
    return title(bold(words))


def _control(
    control: Control, today: date, first: bool, local: Local, is_done: bool
) -> Iterator[Block]:
    """One control; the `first` of several is kept whole and has a button to its page."""
    mark = f"{DONE} " if is_done else ""
    name = (line(bold(f"{mark}{named(control)}")),)
    if first:
        yield Block("text", name, KEEP, opens(control))
    else:
        yield Block("text", name, 30)
    if control.kind != "none available":
        yield replace(control_steps(control, local), weight=KEEP if first else 30)
    yield labelled(_("What it does:"), content(control.stops), weight=60 if first else 20)
    yield labelled(_("Limits:"), content(control.does_not_stop), weight=55 if first else 15)
    yield note(" ".join(checked(control, today)), weight=50 if first else 10)


def _picture(service: Service, control: Control) -> Iterator[Action]:
    """The button to a picture of the control, if there is a menu path."""
    if control.web or control.mobile:
        yield Action(_("As a picture"), f"picture {service.id} {control.id}", personal=True)


def _done(service: Service, control: Control, is_done: bool) -> Iterator[Action]:
    """The button that marks a control as done, or removes the mark."""
    if control.kind == "none available":
        return
    if is_done:
        yield Action(_("Not done yet"), f"done {service.id} {control.id} undo")
    else:
        yield Action(_("Done"), f"done {service.id} {control.id}")


def _next(service: Service) -> tuple[Action, ...]:
    return (
        Action(_("Write a letter"), f"letter {service.id}", personal=True),
        Action(_("Follow {name}", name=short(service.name, 40)), f"subscribe {service.id}"),
        Action(_("Share"), f"howto {service.id}", share=True),
    )


def elsewhere(listing: Listing, local: Local, recorded: str = "") -> Iterator[Block]:
    """Other places to turn to. `recorded` is the address of the recorded terms, or ""."""
    lines = []
    for name, pointer in _pointers(listing, local):
        lines.append(line(bold(f"{name} "), *_pointer(pointer, local)))
    lines += _responsible(listing, local)
    policy, remark = local.policy()
    if policy:
        lines.append(line(bold(_("Policy:") + " "), site(policy), remark))
    if national := local.site():
        lines.append(line(bold(_("Its site for your country:") + " "), national))
    if recorded:
        lines.append(line(bold(_("Its terms, version by version:") + " "), site(recorded)))
    if listing.domains and not listing.links:
        lines.append(line(bold(_("Its addresses:") + " "), ", ".join(listing.domains[:3])))
    if lines:
        yield Block("list", tuple(lines), 25)


def _responsible(listing: Listing, local: Local) -> Iterator[tuple[Span, ...]]:
    """The controllers for the reader, with the regions for which each is known."""
    label = bold(_("Responsible for your data:") + " ")
    found = local.controllers()
    everywhere = laws_of(local.regions)
    for name, laws in found.items():
        said = name
        if laws != everywhere:
            said = f"{name} ({places(_regions(laws))})"
        yield line(label, said)
    if found:
        return
    controller = local.controller()
    if controller and controller.names:
        company = join(controller.names)
        yield line(label, _("its own text says only who provides it: {company}", company=company))
    elif controller:
        yield line(label, _("its own text names nobody, only where to write to"))
    elif listing.owner:
        yield line(label, _("not known for certain; the owner is {owner}", owner=listing.owner))


def _regions(laws: Sequence[str]) -> list[str]:
    """The regions of laws; the EU's covers the EEA."""
    return ["EEA" if law == "EU" else law for law in laws]


def _pointers(listing: Listing, local: Local) -> Iterator[tuple[str, Pointer]]:
    """The pages and contacts of a service, each with its purpose."""
    if isinstance(listing, Guide):
        if listing.delete_account:
            yield _("Delete the account:"), listing.delete_account
        if listing.export_data:
            yield _("Get a copy of your data:"), listing.export_data
    if contact := local.contact():
        yield _("Data protection contact:"), contact


def _pointer(pointer: Pointer, local: Local) -> Iterator[Words]:
    """A page or contact, with commas and full stops between its parts."""
    if pointer.link:
        yield site(pointer.link)
        yield local.remark(pointer.link)
    if pointer.email:
        comma = ", " if pointer.link else ""
        yield comma + pointer.email + local.remark(pointer.email)
    if pointer.note:
        stop = ". " if pointer.link or pointer.email else ""
        yield stop + content(pointer.note)
