"""Stories as pictures, for chats and networks that show one below a link."""

from __future__ import annotations

from bot.catalogue import Catalogue
from bot.message import TURNING
from bot.model import Story
from bot.render.alert import main_service
from bot.render.blocks import short
from bot.render.headline import headline
from bot.render.labels import area, day
from bot.render.picture import BLUE, GREY, WIDTH, Sheet
from bot.render.story import about, for_chat
from bot.understand.stories import COVERAGE

#: Networks show pictures about twice as wide as high, and crop others.
HEIGHT = round(WIDTH / 1.91)
#: The most characters of the headline that are drawn.
MOST = 240


def story_picture(story: Story, regions: frozenset[str], known: Catalogue) -> bytes:
    """A PNG in the current language, for readers in some regions; empty if unknown."""
    shown = for_chat(story, (), regions)
    lead = shown.lead
    name = known.names.label(main_service(shown, ()))
    subject = name if lead.record in COVERAGE else f"{name} · {short(about(lead))}"
    said = TURNING.sub("", headline(shown, name, regions))
    sheet = Sheet()
    sheet.words(subject, 38, GREY, strong=True, gap=12)
    sheet.words(short(said, MOST), 52, strong=True)
    facts = [day(lead.effective or lead.recorded)]
    if lead.area is not None:
        facts.append(area(lead.area))
    sheet.words(" · ".join(facts), 34, BLUE)
    sheet.words("Smallprint", 30, GREY, gap=0)
    return sheet.png(HEIGHT)
