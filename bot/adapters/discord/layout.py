"""A message as Discord's components: a container of texts, sections with their button, menus and rows of buttons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from discord import ui

from bot.adapters.discord.markup import escape, markdown
from bot.message import LINKABLE, Action, Block, File, Message
from bot.render.fit import fit
from bot.render.plain import text_of

COLOUR = 0x2F6FDE
#: Marks the buttons and menus that are ours; what follows, or the chosen value, is a command line.
BUTTON, MENU = "sp:", "sp-menu:"
#: Letters of all texts of a message together, of an embed, of a label; buttons of a row and of all; options of a menu.
TEXT, EMBED, LABEL, ROW, BUTTONS, OPTIONS = 4000, 4096, 80, 5, 15, 25
#: Sections that a message has; each counts for three of the forty components that Discord takes.
SECTIONS = 5
#: Letters that are read out for a picture.
ALT = 256


def layout(message: Message) -> ui.LayoutView:
    """The components. Presses come to the client's `on_interaction`, so the view itself waits for nothing."""
    message = fit(message, size, TEXT)
    view = ui.LayoutView(timeout=None)
    if message.mention:
        view.add_item(ui.TextDisplay(f"<@&{message.mention}>"))
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOUR)
    for item in (*_texts(message.blocks), *_menus(message), *_rows(_loose(message))):
        container.add_item(item)
    if message.file:
        container.add_item(_attached(message.file))
    view.add_item(container)
    view.stop()  # one that still ran would be kept in memory for ever
    return view


def _attached(file: File) -> ui.Item[ui.LayoutView]:
    where = f"attachment://{file.name}"
    if file.alt:
        return ui.MediaGallery(discord.MediaGalleryItem(where, description=file.alt[:ALT]))
    return ui.File(where)


def components(message: Message) -> list[dict[str, Any]]:
    """The same, as a request carries it."""
    return layout(message).to_components()  # type: ignore[no-untyped-call,no-any-return]


def embed(message: Message) -> dict[str, Any]:
    """The same words as an embed without any markup, for when Discord refuses the components."""
    fitted = fit(message, lambda m: len(_plain(m).encode("utf-16-le", "replace")) // 2, EMBED)
    return discord.Embed(description=_plain(fitted), colour=COLOUR).to_dict()  # type: ignore[return-value]


def size(message: Message) -> int:
    """UTF-16 units of all texts."""
    called = len(message.mention) + 4 if message.mention else 0
    return called + sum(
        len(markdown(block).encode("utf-16-le", "replace")) // 2 + 2 for block in message.blocks
    )


def words(message: Mapping[str, Any]) -> list[str]:
    """What people read of a message, as it was sent or as Discord gives it back."""
    found = [
        str(message.get("content") or ""),
        *(str(embed.get("description") or "") for embed in message.get("embeds") or []),
    ]
    return [text for text in (*found, *_contents(message.get("components") or [])) if text]


def _contents(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if component.get("content"):
            yield str(component["content"])
        yield from _contents(component.get("components") or [])


def _texts(blocks: Sequence[Block]) -> Iterator[ui.Item[ui.LayoutView]]:
    """Runs of text; one that has a button of its own is a section; notes stand below a line."""
    run: list[str] = []
    sections = 0
    for number, block in enumerate(blocks):
        button = _button(block.action) if block.action and sections < SECTIONS else None
        if (
            button or (block.kind == "note" and number and blocks[number - 1].kind != "note")
        ) and run:
            yield ui.TextDisplay("\n\n".join(run))
            run = []
            if not button:
                yield ui.Separator()
        if button:
            sections += 1
            yield ui.Section(ui.TextDisplay(markdown(block)), accessory=button)
        elif block.lines:
            run.append(markdown(block))
    if run:
        yield ui.TextDisplay("\n\n".join(run))


def _menus(message: Message) -> Iterator[ui.Item[ui.LayoutView]]:
    if not message.menu:
        return
    usable = [option for option in message.menu.options if 0 < len(option.command) <= 100]
    for number, start in enumerate(range(0, len(usable), OPTIONS)):
        options = [
            discord.SelectOption(label=option.label[:100], value=option.command)
            for option in usable[start : start + OPTIONS]
        ]
        part = f" ({number + 1})" if len(usable) > OPTIONS else ""
        menu: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=f"{MENU}{number}",
            placeholder=f"{message.menu.label}{part}"[:150],
            options=options,
        )
        yield ui.ActionRow(menu)


def _loose(message: Message) -> list[Action]:
    """Buttons that stand below the text, and those of sections for which there was no room."""
    own = [block.action for block in message.blocks if block.action][SECTIONS:]
    return [*own, *message.actions]


def _rows(actions: Sequence[Action]) -> Iterator[ui.Item[ui.LayoutView]]:
    unique = {action.url or action.command: action for action in actions}
    buttons = [button for action in unique.values() if (button := _button(action))][:BUTTONS]
    for start in range(0, len(buttons), ROW):
        yield ui.ActionRow(*buttons[start : start + ROW])


def _button(action: Action) -> ui.Button[ui.LayoutView] | None:
    if action.share:
        return None
    label = action.label[:LABEL] or "…"
    if action.url:
        return (
            ui.Button(label=label, url=action.url)
            if LINKABLE.fullmatch(action.url) and len(action.url) <= 512
            else None
        )
    custom_id = BUTTON + action.command
    return (
        ui.Button(label=label, custom_id=custom_id)
        if action.command and len(custom_id) <= 100
        else None
    )


def _plain(message: Message) -> str:
    return "\n".join(escape(line) for line in text_of(message, width=400).split("\n"))
