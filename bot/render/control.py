"""The parts of one control: its name, its steps, its limits, and whether it is in doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.catalogue import Control
from bot.locales import _, content, n_, spoken
from bot.message import KEEP, Action, Block
from bot.model import Change, Story
from bot.render.blocks import Words, bold, fill, labelled, link, listing, text
from bot.render.labels import day, month
from bot.render.local import Local
from bot.understand.opt_out import puts_in_doubt
from bot.verdicts import OptOut

#: The separator of the labels of a menu path.
_ARROW = " › "


def named(control: Control) -> str:
    """The name of a control: the service's own label, else our words for it."""
    if control.title in control.menu:
        return _label(control, control.title)
    return content(control.title)


def menu_labels(control: Control, labels: Sequence[str]) -> list[str]:
    """The labels of a menu path in the reader's language, where somebody has seen them in it."""
    return [_label(control, label) for label in labels]


def set_to(control: Control) -> str:
    """The state that a switch should be in, or "" if unknown."""
    if not control.switch:
        return ""
    return _label(control, control.switch)


def _label(control: Control, label: str) -> str:
    return control.labels.get(spoken(), {}).get(label, label)


def opens(control: Control) -> Action | None:
    """The button that opens the page of a control, or None."""
    if not control.link:
        return None
    return Action(_("Open the page"), url=control.link)


def way_to_opt_out(
    control: Control, stories: Sequence[Story], local: Local | None = None
) -> Iterator[Block]:
    """The steps and limits of one control, within another message.

    `stories` may put it in doubt; `local` knows what is made for other countries.
    """
    yield labelled(_("How to opt out:"), bold(named(control)))
    yield control_steps(control, local)
    yield labelled(_("Limits:"), content(control.does_not_stop), weight=8)
    yield from doubts(control, stories)


def control_steps(control: Control, local: Local | None = None) -> Block:
    """The ways to a switch, one a line, then how to set it; a direct link comes first.

    The ways are alternatives, not steps: one of them is enough. `local` adds a remark to an address
    that was made for another country than the reader's.
    """
    lines: list[tuple[Words, ...]] = []
    remark = local.remark(control.link or control.email or "") if local else ""
    if control.link:
        page = _("the form") if control.kind == "form" else named(control)
        opened = fill(_("Open {link}."), link=link(page + remark, control.link))
        lines.append((*opened, *_needs(control)))
    elif control.email:
        written = _("Write to {address}.", address=control.email + remark)
        lines.append((written, *_needs(control)))
    lines += _menu_paths(control)
    if state := set_to(control):
        lines.append((_("Set it to “{switch}”.", switch=state),))
    elif control.email and control.link:
        lines.append((_("Or write to {address}.", address=control.email),))
    return listing(lines, KEEP)


def _menu_paths(control: Control) -> Iterator[tuple[Words, ...]]:
    """The ways through the menus, which are the second choice if there is a link."""
    if control.web:
        path = _ARROW.join(menu_labels(control, control.web))
        if control.link:
            yield (_("Or on the web: {path}.", path=path),)
        else:
            yield (_("On the web: {path}.", path=path),)
    if control.mobile:
        path = _ARROW.join(menu_labels(control, control.mobile))
        if control.link:
            yield (_("Or in the app: {path}.", path=path),)
        else:
            yield (_("In the app: {path}.", path=path),)


def _needs(control: Control) -> tuple[str, ...]:
    """What one needs before writing; a setting needs nothing."""
    if not control.needs or control.kind == "setting":
        return ()
    return (" " + _("You need: {needs}.", needs=content(control.needs)),)


def in_doubt(control: Control, stories: Sequence[Story]) -> tuple[Story, Change] | None:
    """The story and part that put a control in doubt since it was last verified; or None."""
    seen = control.verified or control.said_by_its_terms
    for story in stories:
        for part in story.parts:
            if control.topic not in part.topics or f"{part.recorded:%Y-%m}" < seen:
                continue
            if puts_in_doubt(part):
                return story, part
    return None


def doubts(control: Control, stories: Sequence[Story], weight: int = KEEP) -> Iterator[Block]:
    """A paragraph with this `weight` if one of the stories puts a control in doubt."""
    found = in_doubt(control, stories)
    if found is None:
        return
    story, part = found
    said = _(
        "In doubt since {day}: what the text says about opting out has changed. "
        "Nobody has looked again yet: {command}",
        day=day(part.recorded),
        command=f"/story {story.id}",
    )
    if part.opt_out is OptOut.REMOVED:
        said = _(
            "In doubt since {day}: a way to opt out is gone from the text. "
            "Nobody has looked again yet: {command}",
            day=day(part.recorded),
            command=f"/story {story.id}",
        )
    yield text(said, weight=weight)


def checked(control: Control, today: date) -> Iterator[str]:
    """Sentences on whether it is in use, how certain that is, and when it was verified."""
    if control.on_by_default:
        yield _("In use unless you act.")
    elif control.on_by_default is not None:
        yield _("Off unless you turn it on.")
    if control.effective and control.effective <= today:
        yield _("Since {day}.", day=day(control.effective))
    if control.said_by_its_terms:
        said = month(control.said_by_its_terms)
        yield _("From its own terms of {month}; nobody has tried it.", month=said)
        return
    if control.confidence != "high":
        yield n_(
            "Reported by {count} source only; look twice.",
            "Reported by {count} sources, not confirmed; look twice.",
            len(control.sources),
        )
    if not control.verified:
        yield _("Not dated by its source.")
        return
    yield _("Last verified in {month}.", month=month(control.verified))
    if control.is_stale(today):
        yield _("That is a while ago: labels may have moved.")
