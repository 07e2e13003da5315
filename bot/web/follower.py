"""A chat as its own feeds and dates know it: what it follows, and what it wants to hear of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.matcher import hindrance
from bot.model import Address, Story, Subscription
from bot.preferences import ChatSettings
from bot.render.alert import lead_for
from bot.web.listing import about_some
from bot.web.site import Site


@dataclass(frozen=True)
class Follower:
    """A chat, and the services that whoever follows them hears all of."""

    settings: ChatSettings
    subscriptions: Sequence[Subscription]
    for_others: Collection[str]

    @property
    def services(self) -> frozenset[str]:
        """What it follows."""
        return frozenset(each.service for each in self.subscriptions)

    def is_told(self, story: Story) -> bool:
        """Whether it wants to hear of a story, by the part that it would be shown."""
        mine = about_some(story, self.services)
        lead = lead_for(story, mine, self.settings.regions)
        interests = self.settings.interests
        return hindrance(lead, self.subscriptions, interests, self.for_others) is None


def follower_of(address: Address, site: Site) -> Follower:
    """The chat at an address. Raises StoreError."""
    settings = site.store.preferences.get(address) or ChatSettings()
    subscriptions = site.store.subscriptions.of(address)
    return Follower(settings, subscriptions, site.known.names.for_others)
