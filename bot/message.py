"""What is said: platform-neutral words, buttons, menus and files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A run of plain text; platforms escape it.

    `url` makes it a link, `style` is bold, strike or nothing. `when` is the day that the text
    names, for platforms that show it on the reader's own calendar. Words that are `foreign` are of
    a feed: no platform makes a link or a command of what stands in them.
    """

    text: str
    style: str = ""
    url: str = ""
    when: datetime | None = None
    foreign: bool = False


#: Addresses that a message may link: those of the web, without anything that a platform could
#: stumble over.
LINKABLE = re.compile(r"https?://[^\s\x00-\x20\x7f-\xa0<>\"'`\\^{}|]{1,2000}")


#: Marks that turn the direction of what follows; a feed could hide words behind them.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a command line, so that pressing is typing, or a link to open.

    In a group the answer to a `personal` one is for the person who pressed it, in private. One to
    `share` hands the command on to others as a link, where the platform has such links; elsewhere
    it is left out.
    """

    label: str
    command: str = ""
    url: str = ""
    personal: bool = False
    share: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A choice out of many; each option is a command line.

    Where `several` can be chosen at once, their lines differ in the last word only.
    """

    label: str
    options: tuple[Action, ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep, or, with `alt`, a picture; `alt` is its words for who cannot see it."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a message.

    `kind` is title, text, quote, steps, list, note or copy: words to be copied as they are. `lines`
    are paragraphs, or the steps of a numbered list. What has a high `weight` is shortened last;
    what has `KEEP` is never shortened: the opt-out step, the link and the way out. `action` is the
    button that belongs to this piece.
    """

    kind: str
    lines: tuple[tuple[Span, ...], ...]
    weight: int = 1
    action: Action | None = None

    def __len__(self) -> int:
        return sum(len(span.text) for line in self.lines for span in line)


#: The weight of what is never shortened.
KEEP = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, in platform-neutral words.

    `private` answers are for the asker's eyes only, where that exists; `quiet` messages make no
    sound. One that is `in_place` takes the place of the message whose button was pressed; elsewhere
    the pressed button `becomes` another one, where the press changed what it does. `mention` is the
    one role that may be called; nobody else ever is.
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
        """The words by themselves, a line of the message in a line."""
        lines: list[str] = []
        for block in self.blocks:
            for line in block.lines:
                lines.append("".join(span.text for span in line))
        return "\n".join(lines)

    @property
    def buttons(self) -> tuple[Action, ...]:
        """All buttons, in the order of the words they belong to."""
        found = [block.action for block in self.blocks if block.action]
        return (*found, *self.actions)


def about_chat(message: Message, name: str) -> Message:
    """A message whose buttons act on another chat, by a name of it that begins their lines."""

    def there(action: Action) -> Action:
        """The button, about the other chat."""
        if action.share or not action.command:
            return action
        return replace(action, command=f"{name} {action.command}")

    def block_there(block: Block) -> Block:
        """The piece, with its button about the other chat."""
        return replace(block, action=there(block.action)) if block.action else block

    menu = message.menu
    if menu:
        menu = replace(menu, options=tuple(map(there, menu.options)))
    blocks = tuple(map(block_there, message.blocks))
    actions = tuple(map(there, message.actions))
    becomes = there(message.becomes) if message.becomes else None
    return replace(message, blocks=blocks, actions=actions, menu=menu, becomes=becomes)
