"""/audience: the roles in which you use services, so that you hear what is for you."""

from __future__ import annotations

from dataclasses import replace

from bot.locales import N_, _
from bot.message import Action, Menu, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import PRIVATE, ROLES, Interests
from bot.render import labels
from bot.render.blocks import say
from bot.verdicts import Role
from handlers import _choices
from handlers._base import Command, Context, Section
from handlers._pieces import ticked

#: What people type for each role.
WORDS = {
    # Translators: what people type for it, with commas between; all languages count.
    Role.USERS: N_("users, user, private, private people, people, consumer, consumers, personal"),
    # Translators: what people type for it, with commas between; all languages count.
    Role.SELLERS: N_("sellers, seller, merchant, merchants, vendor, dealer, trader, shop"),
    # Translators: what people type for it, with commas between; all languages count.
    Role.ADVERTISERS: N_("advertisers, advertiser, advertising, ads, marketing"),
    # Translators: what people type for it, with commas between; all languages count.
    Role.DEVELOPERS: N_("developers, developer, dev, devs, programmer, API"),
    # Translators: what people type for it, with commas between; all languages count.
    Role.CREATORS: N_(
        "creators, creator, influencer, streamer, publisher, artist, author, moderator, moderators"
    ),
    # Translators: what people type for it, with commas between; all languages count.
    Role.BUSINESS: N_("businesses, business, company, companies, enterprise, professional"),
}


def run(request: Request, context: Context) -> Message:
    """Choose roles, or remove some; show the possible ones."""
    interests = context.chat.interests
    typed = request.text.strip()
    if not typed:
        return _shown(interests)
    choice = _choices.read(typed, WORDS)
    if choice.unknown:
        return say(
            _("I do not understand “{typed}”.", typed=choice.unknown[:60]),
            _("For example: /audience developer, /audience all, or /audience not sellers"),
        )
    interests = replace(interests, roles=_roles(choice, interests.roles))
    context.store.preferences.set_interests(request.address, interests, context.now)
    return _shown(interests)


def _roles(choice: _choices.Choice, mine: frozenset[Role]) -> frozenset[Role]:
    """The new roles; a line adds to them, because a seller is still a private person."""
    before = mine
    if choice.all:
        before = frozenset(ROLES)
    if choice.only:
        before = frozenset()
    chosen = (before | choice.wanted) - choice.unwanted
    return frozenset(map(Role, chosen)) or PRIVATE


def _shown(interests: Interests) -> Message:
    options: list[Action] = []
    for role in ROLES:
        is_chosen = role in interests.roles
        change = "not" if is_chosen else "also"
        label = ticked(_(labels.ROLES[role]), is_chosen)
        options.append(Action(label, f"audience {change} {role}"))
    said = say(
        _("You hear what is for: {whom}.", whom=labels.roles(interests.roles)),
        _(
            "Tap what else you are; tap again to take it back. If you moderate a community, choose "
            "creators. A text that does not say whom it is for is told to private people."
        ),
        _(
            "A service that is only for others, such as an ad network, is told to everyone who "
            "follows it."
        ),
    )
    return Message(
        said.blocks,
        (Action(_("All of these"), "audience all"),),
        menu=Menu(_("Choose what you are"), tuple(options)),
        in_place=True,
    )


COMMAND = Command(
    Entry(
        "audience",
        N_("How you use services: privately, as a seller, as a developer and so on"),
        (
            Parameter(
                "what",
                N_("For example: developer; all; not sellers"),
                required=False,
            ),
        ),
        manages=True,
        section=Section.WHEN_AND_HOW,
    ),
    run,
    words=_choices.single_words(*WORDS.values()),
)
