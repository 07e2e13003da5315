"""A chat as its personal feeds and dates see it: what it follows and wants to hear of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.matcher import hindrance
from bot.model import Address, Story, Subscription
from bot.preferences import ChatSettings
from bot.render.alert import about_some, lead_for
from bot.web.site import Site


@dataclass(frozen=True)
class Follower:
    """A chat, and the services whose followers hear everything about them."""

    settings: ChatSettings
    subscriptions: Sequence[Subscription]
    for_others: Collection[str]

    @property
    def services(self) -> frozenset[str]:
        """The services it follows."""
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
