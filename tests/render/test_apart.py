"""The buttons of a message: each names its target."""

from __future__ import annotations

from dataclasses import replace

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Alert
from bot.model import Story
from bot.render.digest import digest
from bot.render.reader import Reader
from bot.store import Store
from handlers._pieces import story_button
from tests.support import world

DOCUMENTS = ("Privacy Policy", "Terms of Service", "Community Guidelines")
#: Three texts of one service that changed on one day.
CHANGES = [
    replace(world.CHANGE, uid=f"commit:{number}", terms_type=document)
    for number, document in enumerate(DOCUMENTS, 1)
]


def test_buttons_of_a_digest_name_their_documents(known: Catalogue, names: Names) -> None:
    stories = [Story(number, change) for number, change in enumerate(CHANGES, 1)]
    alerts = [Alert(story.id, story, ("linkedin",)) for story in stories]
    reader = Reader(frozenset({"EU"}), world.NOW.date())
    labels = {
        button.command: button.label for button in digest(alerts, reader, known, names).actions
    }
    for story, document in zip(stories, DOCUMENTS, strict=True):
        assert f"LinkedIn {document}" in labels[f"story {story.id}"]


def test_buttons_of_a_list_name_their_documents(
    store: Store, known: Catalogue, names: Names
) -> None:
    context = world.context(store, known, names)
    labels = [story_button("story 1", change, context).label for change in CHANGES]
    assert [label.partition(",")[0] for label in labels] == [
        f"LinkedIn · {document}" for document in DOCUMENTS
    ]
