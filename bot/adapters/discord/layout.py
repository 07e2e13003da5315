"""Messages as Discord components: a container of texts, sections, menus and rows of buttons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from discord import ui

from bot.adapters.discord.markup import escape, markup_of, mentioning, size
from bot.message import LINKABLE, Action, Block, File, Menu, Message
from bot.platform import Body
from bot.render.fit import fit
from bot.render.plain import text_of

COLOUR = 0x2F6FDE
#: The prefix of our buttons' ids, followed by a command line.
BUTTON = "sp:"
#: The prefix of our menus' ids; the chosen value is a command line.
MENU = "sp-menu:"
#: The most UTF-16 units of all texts of a message together, and of an embed.
TEXT_UNITS = 4000
EMBED_UNITS = 4096
#: The width of a message without markup; Discord wraps lines itself.
PLAIN_WIDTH = 400
#: The most letters of a button's label, of a menu option, and of a menu's placeholder.
LABEL_LETTERS = 80
OPTION_LETTERS = 100
PLACEHOLDER_LETTERS = 150
#: The most letters of an id or a value, which carry a command line.
ID_LETTERS = 100
#: The most letters of a button's link.
URL_LETTERS = 512
#: The most letters of a picture's alternative text.
ALT_LETTERS = 256
#: The most buttons in a row, and in a message.
ROW = 5
BUTTONS = 15
#: The most options of a menu.
OPTIONS = 25
#: The most sections of a message; each counts as three of Discord's forty components.
SECTIONS = 5

View = ui.LayoutView
Item = ui.Item[View]


def body_of(message: Message, plain: bool) -> Body:
    """The parameters of a message, within Discord's limits; `plain` is an embed without markup."""
    mentions: Body = {"parse": [], "replied_user": False}
    if message.mention and not plain:
        mentions["roles"] = [message.mention]
    body: Body = {"embeds": [embed(message)]} if plain else {"components": components(message)}
    body["allowed_mentions"] = mentions
    flags = discord.MessageFlags(suppress_notifications=message.quiet, components_v2=not plain)
    if flags.value:
        body["flags"] = flags.value
    return body


def layout(message: Message, commands: Mapping[str, int] | None = None) -> View:
    """The layout view; `commands` are the ids, by full name, of commands that texts can mention.

    Presses are handled by the client's `on_interaction`, so the view itself waits for nothing.
    """
    message = fit(message, size, TEXT_UNITS)
    view = View(timeout=None)
    if message.mention:
        view.add_item(ui.TextDisplay(f"<@&{message.mention}>"))
    container: ui.Container[View] = ui.Container(accent_colour=COLOUR)
    for item in _items(message):
        container.add_item(item)
    view.add_item(container)
    _mention(view, commands or {})
    view.stop()  # a running view would stay in memory for ever
    return view


def _mention(view: View, commands: Mapping[str, int]) -> None:
    """Make the commands in the texts clickable if the limit allows it."""
    texts = [item for item in view.walk_children() if isinstance(item, ui.TextDisplay)]
    mentioned = [mentioning(text.content, commands) for text in texts]
    if sum(len(each.encode("utf-16-le", "replace")) // 2 for each in mentioned) <= TEXT_UNITS:
        for text, content in zip(texts, mentioned, strict=True):
            text.content = content


def components(message: Message) -> list[dict[str, Any]]:
    """The components as JSON for a request."""
    return layout(message).to_components()  # type: ignore[no-untyped-call,no-any-return]


def embed(message: Message) -> dict[str, Any]:
    """The same text as an embed without markup, for when Discord refuses the components."""
    fitted = fit(message, _plain_size, EMBED_UNITS)
    return {**discord.Embed(description=_plain(fitted), colour=COLOUR).to_dict()}


def words(message: Mapping[str, Any]) -> list[str]:
    """The texts of a message, as it was sent or as Discord returns it."""
    found = [str(message.get("content") or "")]
    for each in message.get("embeds") or []:
        found.append(str(each.get("description") or ""))
    found += _contents(message.get("components") or [])
    return [text for text in found if text]


def _contents(parts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for component in parts:
        if component.get("content"):
            yield str(component["content"])
        yield from _contents(component.get("components") or [])


def _items(message: Message) -> Iterator[Item]:
    yield from _texts(message.blocks)
    if message.menu:
        yield from _menus(message.menu)
    yield from _rows(_loose(message))
    if message.file:
        yield _attached(message.file)


def _attached(file: File) -> Item:
    where = f"attachment://{file.name}"
    if file.alt:
        return ui.MediaGallery(discord.MediaGalleryItem(where, description=file.alt[:ALT_LETTERS]))
    return ui.File(where)


def _texts(blocks: Sequence[Block]) -> Iterator[Item]:
    """The text components; a block with a button is a section, and notes follow a separator."""
    run: list[str] = []
    sections = 0
    kind_before = "note"
    for block in blocks:
        button = _section_button(block, sections)
        below_a_line = block.kind == "note" and kind_before != "note"
        kind_before = block.kind
        if button:
            yield from _text(run)
            run = []
            sections += 1
            yield ui.Section(ui.TextDisplay(markup_of(block)), accessory=button)
            continue
        if run and below_a_line:
            yield from _text(run)
            run = []
            yield ui.Separator()
        if block.lines:
            run.append(markup_of(block))
    yield from _text(run)


def _text(run: Sequence[str]) -> Iterator[Item]:
    if run:
        yield ui.TextDisplay("\n\n".join(run))


def _section_button(block: Block, sections: int) -> ui.Button[View] | None:
    """The button beside a block; None if it has none, or there are too many sections."""
    if block.action is None or sections >= SECTIONS:
        return None
    return _button(block.action)


def _menus(menu: Menu) -> Iterator[Item]:
    usable = [option for option in menu.options if 0 < len(option.command) <= ID_LETTERS]
    for number, start in enumerate(range(0, len(usable), OPTIONS)):
        options = []
        for option in usable[start : start + OPTIONS]:
            label = option.label[:OPTION_LETTERS]
            options.append(discord.SelectOption(label=label, value=option.command))
        part = f" ({number + 1})" if len(usable) > OPTIONS else ""
        select: ui.Select[View] = ui.Select(
            custom_id=f"{MENU}{number}",
            placeholder=f"{menu.label}{part}"[:PLACEHOLDER_LETTERS],
            options=options,
            max_values=len(options) if menu.several else 1,
        )
        yield ui.ActionRow(select)


def _loose(message: Message) -> list[Action]:
    """The buttons below the text, including those of sections beyond the limit."""
    own = [block.action for block in message.blocks if block.action][SECTIONS:]
    return [*own, *message.actions]


def _rows(actions: Sequence[Action]) -> Iterator[Item]:
    unique = {action.url or action.command: action for action in actions}
    made = map(_button, unique.values())
    buttons = [button for button in made if button][:BUTTONS]
    for start in range(0, len(buttons), ROW):
        yield ui.ActionRow(*buttons[start : start + ROW])


def _button(action: Action) -> ui.Button[View] | None:
    """The component of a button; None if Discord would refuse it or has no such button."""
    if action.share:
        return None
    label = action.label[:LABEL_LETTERS] or "…"
    if action.url:
        if not LINKABLE.fullmatch(action.url) or len(action.url) > URL_LETTERS:
            return None
        return ui.Button(label=label, url=action.url)
    custom_id = BUTTON + action.command
    if not action.command or len(custom_id) > ID_LETTERS:
        return None
    return ui.Button(label=label, custom_id=custom_id)


def _plain(message: Message) -> str:
    lines = text_of(message, width=PLAIN_WIDTH).split("\n")
    return "\n".join(map(escape, lines))


def _plain_size(message: Message) -> int:
    return len(_plain(message).encode("utf-16-le", "replace")) // 2
