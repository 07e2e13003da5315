"""/documents: hear only of some documents of a service, such as its privacy policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.document_kinds import Kind
from bot.locales import N_, _
from bot.message import Action, Menu, Message
from bot.model import Service, Subscription
from bot.platform import Entry, Parameter, Request
from bot.render import labels
from bot.render.blocks import bold, listing, say
from handlers import _arguments, _choices
from handlers._base import Command, Context, Section
from handlers._pieces import not_followed, page_of, ticked, turn

#: The number of services on a page.
PAGE = 20
#: What people type for each kind.
WORDS = {
    # Translators: what people type for it, with commas between; all languages count.
    Kind.PRIVACY: N_("privacy, privacy policy, privacy policies, cookies, cookie policy, trackers"),
    # Translators: what people type for it, with commas between; all languages count.
    Kind.TERMS: N_("terms, terms of service, terms of use, terms and conditions, tos"),
    # Translators: what people type for it, with commas between; all languages count.
    Kind.COMMUNITY: N_(
        "community, community rules, community guidelines, guidelines, rules, content"
    ),
    # Translators: what people type for it, with commas between; all languages count.
    Kind.PRICES: N_("prices, price, sales, sale, conditions of sale, payments, refunds, fees"),
    # Translators: what people type for it, with commas between; all languages count.
    Kind.BUSINESS: N_(
        "business, businesses, terms for businesses, developers, developer terms, "
        "commercial terms, API"
    ),
    # Translators: what people type for it, with commas between; all languages count.
    Kind.OTHER: N_("other, others, other documents, rest"),
}


def run(request: Request, context: Context) -> Message:
    """Choose kinds of documents of a service, show them, or list them for all services."""
    mine = context.store.subscriptions.of(request.address)
    typed = request.text.strip()
    if not mine:
        return _arguments.nothing_followed()
    if not typed or typed.isdecimal():
        return _overview(mine, page_of(typed, len(mine), PAGE), context)
    service, choice = _read(typed, context)
    if service is None:
        return _arguments.not_found("documents", typed, context.names.find(typed).nearest)
    for subscription in mine:
        if subscription.service == service.id:
            return _chosen(service, choice, subscription, context)
    return not_followed(service)


def _chosen(
    service: Service,
    choice: _choices.Choice,
    subscription: Subscription,
    context: Context,
) -> Message:
    """Apply a choice to a followed service, or show the present one."""
    if choice.unknown:
        return _unknown(choice.unknown, service)
    if choice == _choices.Choice():
        return _shown(service, subscription.kinds)
    kinds = _kinds(choice, subscription.kinds)
    if not kinds:
        return _nothing_left(service)
    if len(kinds) == len(Kind):
        kinds = frozenset()
    context.store.subscriptions.choose(subscription.address, service.id, kinds, context.now)
    return _shown(service, kinds)


def _read(typed: str, context: Context) -> tuple[Service | None, _choices.Choice]:
    """The service that a line begins with, and the choice after it; exact names take precedence."""
    words = typed.split()
    cuts = range(1, len(words) + 1)
    read = {cut: _choices.read(" ".join(words[cut:]), WORDS) for cut in cuts}
    for cut in reversed(cuts):
        service = context.names.exactly(" ".join(words[:cut]))
        if service and not read[cut].unknown:
            return service, read[cut]
    for cut in cuts:
        service = context.names.find(" ".join(words[:cut])).service
        if service and not read[cut].unknown:
            return service, read[cut]
    return _exact(words, read, context) or (context.names.find(words[0]).service, read[1])


def _exact(
    words: Sequence[str], read: Mapping[int, _choices.Choice], context: Context
) -> tuple[Service, _choices.Choice] | None:
    """The longest exact name at the beginning, even if the rest is not understood; or None."""
    for cut in reversed(range(1, len(words) + 1)):
        service = context.names.exactly(" ".join(words[:cut]))
        if service:
            return service, read[cut]
    return None


def _kinds(choice: _choices.Choice, mine: frozenset[Kind]) -> frozenset[Kind]:
    """The chosen kinds; empty if nothing would be left.

    Named kinds replace the present ones, except with `also`; unwanted kinds are removed from the
    present ones.
    """
    before = mine or frozenset(Kind)
    if choice.all:
        before = frozenset(Kind)
    elif choice.wanted and not choice.also:
        before = frozenset()
    return frozenset(map(Kind, (before | choice.wanted) - choice.unwanted))


def _shown(service: Service, kinds: frozenset[Kind]) -> Message:
    """The chosen kinds of one service, and buttons to change them."""
    options: list[Action] = []
    for kind in Kind:
        is_heard = not kinds or kind in kinds
        change = "not" if is_heard else "also"
        label = ticked(_(labels.KINDS[kind]), is_heard)
        options.append(Action(label, f"documents {service.id} {change} {kind}"))
    said = _("You hear of every document of {name}.", name=service.name)
    if kinds:
        said = _(
            "Of {name} you hear only of: {kinds}.", name=service.name, kinds=labels.kinds(kinds)
        )
    how = _("Tap a kind of document to take it back, or to hear of it again.")
    return Message(
        say(said, how).blocks,
        (
            Action(_("All documents"), f"documents {service.id} all"),
            Action(_("Back"), f"subscriptions {service.id}"),
        ),
        menu=Menu(_("Choose documents"), tuple(options)),
        in_place=True,
    )


def _nothing_left(service: Service) -> Message:
    return say(
        _("Nothing has changed yet."),
        _(
            "Then you would hear of no document of {name}. To hear nothing of it: {command}",
            name=service.name,
            command=f"/unsubscribe {service.id}",
        ),
    )


def _unknown(typed: str, service: Service) -> Message:
    """The answer to an unknown kind of document, with the possible ones."""
    return say(
        _("I do not know the kind of document “{typed}”.", typed=typed[:60]),
        _("There are: {kinds}.", kinds=labels.kinds(list(Kind))),
        _("For example: {command}", command=f"/documents {service.id} privacy terms"),
    )


def _overview(mine: Sequence[Subscription], page: int, context: Context) -> Message:
    """The services with a choice of documents, and a menu of all."""
    chosen = [each for each in mine if each.kinds]
    lines = [
        (bold(context.names.label(each.service)), f" · {labels.kinds(each.kinds)}")
        for each in chosen
    ]
    said = _("You hear of every document of what you follow.")
    if chosen:
        said = _("Of these services you hear only of some documents; of the others, of all:")
    shown = mine[(page - 1) * PAGE : page * PAGE]
    options = tuple(
        Action(context.names.label(each.service), f"documents {each.service}") for each in shown
    )
    how = _("For example: {command}", command=f"/documents {mine[0].service} privacy terms")
    blocks = say(said, *([listing(lines)] if lines else []), how).blocks
    turning = turn("documents", page, len(mine), PAGE)
    return Message(blocks, turning, menu=Menu(_("Choose a service"), options), in_place=True)


COMMAND = Command(
    Entry(
        "documents",
        N_("Hear only of some documents of a service, such as its privacy policy"),
        (
            Parameter(
                "what",
                N_("For example: linkedin privacy terms; linkedin not community; linkedin all"),
                required=False,
                kind="service",
            ),
        ),
        manages=True,
        section=Section.FOLLOW,
    ),
    run,
    words=_choices.single_words(*WORDS.values()),
)
