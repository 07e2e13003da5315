"""How to opt out: the controls of a service that are offered where the reader is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.catalogue import Control, Guide, Pointer
from bot.chat import KEEP, Action, Block, Message
from bot.model import Service
from bot.render.words import Words, bold, day, line, link, month, note, places, short, steps, text, title
from bot.understand.regions import countries

#: A how-to last verified longer ago than this says so.
STALE_DAYS = 180

_AGAIN = " › "


def controls_for(guide: Guide, regions: frozenset[str]) -> list[Control]:
    """The controls offered in any of the regions; all of them where the regions are not known."""
    where = {country for code in regions for country in countries(code)}
    return [c for c in guide.controls if not where or any(countries(code) & where for code in c.regions)]


def howto(service: Service, guide: Guide, regions: frozenset[str], today: date, wanted: str = "") -> Message:
    """All controls for the reader's regions, the first in full; `wanted` (a control's id) goes first."""
    offered = sorted(controls_for(guide, regions), key=lambda control: control.id != wanted)
    where = f" in {places(regions)}" if regions else ""
    blocks = [title(bold(f"{service.name}: how to opt out{where}"))]
    if not offered:
        blocks.append(text(f"We know of no opt-out at {service.name}{where}."))
    for number, control in enumerate(offered):
        blocks.extend(_control(control, today, first=number == 0))
    blocks.extend(_pointers(guide))
    links = [Action(short(f"Open: {c.title}"), url=c.link) for c in offered[:1] if c.link]
    others = [Action(short(c.title), f"howto {service.id} {c.id}") for c in offered[1:4]]
    return Message(tuple(blocks), (*links, *others))


def unknown(service: Service) -> Message:
    """For a service without a how-to: what is known, and how to add what is not."""
    sites = ", ".join(service.domains[:3])
    known = f"We have no checked steps for {service.name} yet." + (f" Its addresses: {sites}." if sites else "")
    return Message((
        title(bold(f"{service.name}: how to opt out")),
        text(known),
        text("Look for “privacy” or “data” in its settings, or write to its data protection contact: in the EU, "
             "the EEA, the UK and Switzerland you may object to the use of your data."),
        note("You know the steps? CONTRIBUTING.md says how to add them.", weight=KEEP),
    ))  # fmt: skip


def control_steps(control: Control) -> Block:
    """Numbered steps that end at the switch, with the direct link first: it is the quickest way."""
    lines: list[tuple[Words, ...]] = []
    if control.link:
        form = control.kind == "form"
        lines.append(("Open ", link("the form" if form else "this page", control.link), *_needs(control)))
    if control.email and not control.link:
        lines.append((f"Write to {control.email}", *_needs(control)))
    for device, path in (("on the web", control.web), ("in the app", control.mobile)):
        if path:
            or_else = "Or " if control.link else "Go "
            lines.append((f"{or_else}{device}: {_AGAIN.join(path)}.",))
    if control.switch:
        lines.append((f"Set it to “{control.switch}”.",))
    elif control.email and control.link:
        lines.append((f"Or write to {control.email}.",))
    return steps(lines)


def _needs(control: Control) -> tuple[str, ...]:
    return (f" (you need: {control.needs}).",) if control.needs and control.kind != "setting" else (".",)


def _control(control: Control, today: date, first: bool) -> Iterator[Block]:
    weight = KEEP if first else 30
    yield Block("text", (line(bold(control.title)),), weight)
    if control.kind != "none available":
        yield control_steps(control) if first else Block("steps", control_steps(control).lines, weight)
    yield text("What it does: ", control.stops, weight=60 if first else 20)
    yield text("Limits: ", control.does_not_stop, weight=55 if first else 15)
    yield note(*_checked(control, today), weight=50 if first else 10)


def _checked(control: Control, today: date) -> Iterator[Words]:
    state = {True: "In use unless you act. ", False: "Off unless you turn it on. ", None: ""}[control.on_by_default]
    since = f"Since {day(control.effective)}. " if control.effective and control.effective <= today else ""
    yield state + since
    if control.confidence != "high":
        yield "Reported by few sources; look twice. "
    if not control.verified:
        yield "Not dated by its source."
        return
    yield f"Last verified {month(control.verified)}."
    if (today - date.fromisoformat(f"{control.verified}-01")).days > STALE_DAYS:
        yield " That is a while ago: labels may have moved."


def _pointers(guide: Guide) -> Iterator[Block]:
    named = (("Delete the account", guide.delete_account), ("Get a copy of your data", guide.export_data),
             ("Data protection contact", guide.contact))  # fmt: skip
    lines = [line(bold(f"{name}: "), *_pointer(pointer)) for name, pointer in named if pointer]
    if guide.policy:
        lines.append(line(bold("Policy: "), link(guide.policy.split("/")[2], guide.policy)))
    if lines:
        yield Block("list", tuple(lines), 25)


def _pointer(pointer: Pointer) -> Iterator[Words]:
    if pointer.link:
        yield link(pointer.link.split("/")[2], pointer.link)
    if pointer.email:
        yield (", " if pointer.link else "") + pointer.email
    if pointer.note:
        yield (". " if pointer.link or pointer.email else "") + pointer.note
