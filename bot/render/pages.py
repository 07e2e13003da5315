"""Links to the web pages of this instance, if it has any."""

from __future__ import annotations

from collections.abc import Iterator

from bot.locales import _, spoken
from bot.message import Action
from bot.render.reader import Reader


def story_url(pages: str, story_id: int, regions: frozenset[str]) -> str:
    """The address of a story's page in the reader's language; `pages` is the base address."""
    where = f"&for={next(iter(regions))}" if len(regions) == 1 else ""
    return f"{pages}/story/{story_id}?lang={spoken()}{where}"


def what_changed(story_id: int, reader: Reader) -> Action:
    """The button to all passages of a change: its page, or the same in the chat.

    The sample of /test is no story and has the number 0.
    """
    label = _("What changed")
    if reader.pages and story_id:
        return Action(label, url=story_url(reader.pages, story_id, reader.regions))
    return Action(label, f"story {story_id}")


def as_a_page(story_id: int, reader: Reader) -> Iterator[Action]:
    """The button to the page of a story that is shown in the chat."""
    if reader.pages:
        yield Action(_("As a page"), url=story_url(reader.pages, story_id, reader.regions))
