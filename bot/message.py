"""Platform-neutral messages: words, buttons, menus and files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A run of plain text, which platforms escape.

    `url` makes it a link; `style` is "bold", "strike" or "". `when` is the day that the text names,
    for platforms that show it in the reader's own calendar. `foreign` text comes from a feed: no
    platform makes a link or a command of anything in it.
    """

    text: str
    style: str = ""
    url: str = ""
    when: datetime | None = None
    foreign: bool = False


#: URLs that a message may link: http or https, without characters that a platform could stumble
#: over.
LINKABLE = re.compile(r"https?://[^\s\x00-\x20\x7f-\xa0<>\"'`\\^{}|]{1,2000}")


#: Control characters that change the direction of text; a feed could hide words with them.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a command line, sent as if it were typed, or a link to open.

    In a group, the answer to a `personal` button is shown to the person who pressed it, in private.
    A `share` button passes the command on to others as a link; platforms without such links leave
    it out.
    """

    label: str
    command: str = ""
    url: str = ""
    personal: bool = False
    share: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of options, each of which is a command line.

    If `several` can be chosen at once, their command lines differ in the last word only.
    """

    label: str
    options: tuple[Action, ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file to download or, with `alt`, a picture; `alt` is its description in words."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a message.

    `kind` is title, text, quote, steps, list, note or copy (words to be copied as they are).
    `lines` are paragraphs, or the steps of a numbered list. Blocks of high `weight` are shortened
    last, those of weight `KEEP` never: the opt-out step, the link and the way to unsubscribe.
    `action` is the button that belongs to this block.
    """

    kind: str
    lines: tuple[tuple[Span, ...], ...]
    weight: int = 1
    action: Action | None = None

    def __len__(self) -> int:
        return sum(len(span.text) for line in self.lines for span in line)


#: The weight of a block that is never shortened.
KEEP = 100


@dataclass(frozen=True, slots=True)
class Message:
    """A platform-neutral message.

    A `private` answer is shown only to the person who asked, where the platform can do that; a
    `quiet` message makes no sound. An `in_place` message replaces the one whose button was pressed;
    otherwise the pressed button turns into `becomes`, if that is set. `mention` is the only role
    that the message may notify.
    """

    blocks: tuple[Block, ...]
    actions: tuple[Action, ...] = ()
    private: bool = True
    quiet: bool = False
    menu: Menu | None = None
    in_place: bool = False
    file: File | None = None
    mention: str = ""
    becomes: Action | None = None

    @property
    def text(self) -> str:
        """The plain text, one line for each line of the blocks."""
        lines: list[str] = []
        for block in self.blocks:
            for line in block.lines:
                lines.append("".join(span.text for span in line))
        return "\n".join(lines)

    @property
    def buttons(self) -> tuple[Action, ...]:
        """All buttons: those of the blocks, in order, then those of the message."""
        found = [block.action for block in self.blocks if block.action]
        return (*found, *self.actions)


def about_chat(message: Message, name: str) -> Message:
    """A copy of a message whose buttons act on another chat: their commands begin with its name."""

    def there(action: Action) -> Action:
        """The button, for the other chat."""
        if action.share or not action.command:
            return action
        return replace(action, command=f"{name} {action.command}")

    def block_there(block: Block) -> Block:
        """The block, with its button for the other chat."""
        return replace(block, action=there(block.action)) if block.action else block

    menu = message.menu
    if menu:
        menu = replace(menu, options=tuple(map(there, menu.options)))
    blocks = tuple(map(block_there, message.blocks))
    actions = tuple(map(there, message.actions))
    becomes = there(message.becomes) if message.becomes else None
    return replace(message, blocks=blocks, actions=actions, menu=menu, becomes=becomes)
