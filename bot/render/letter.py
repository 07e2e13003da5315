"""A letter to a service: what the law gives, to the right recipient, with a blank for the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from bot.catalogue import Catalogue, Listing, Pointer
from bot.locales import N_, _
from bot.message import KEEP, Action, Block, Message
from bot.model import Service
from bot.regions import countries
from bot.render.blocks import Words, bold, labelled, line, link, note, title
from bot.render.labels import day


@dataclass(frozen=True, slots=True)
class Kind:
    """What a letter asks for.

    The articles are those of the GDPR (the UK's has the same numbers) and of the Swiss FADP.
    """

    subject: str
    gdpr: str
    swiss: str
    asks: str


KINDS = {
    "objection": Kind(
        N_("Objection to the use of my data"),
        gdpr="21",
        swiss="30 (2) (b)",
        asks=N_(
            "I object to the processing of my personal data that you base on legitimate interests, "
            "in particular to train artificial intelligence, for profiling and for advertising. "
            "Please stop it, and confirm that you have."
        ),
    ),
    "access": Kind(
        N_("Request for access to my data"),
        gdpr="15",
        swiss="25",
        asks=N_(
            "Please tell me whether you process data about me, and send me a copy of it, with the "
            "purposes, the recipients, where you got it from, how long you keep it, and whether "
            "it was used to train artificial intelligence."
        ),
    ),
    "erasure": Kind(
        N_("Request for erasure of my data"),
        gdpr="17",
        swiss="32 (2) (c)",
        asks=N_(
            "Please erase the personal data that you hold about me, tell those to whom you passed "
            "it on, and confirm that you have. Where you must keep some of it by law, please say "
            "what and why."
        ),
    ),
}
#: Where an EU reader whose country is not known finds the authority to complain to.
_ALL_AUTHORITIES = "https://www.edpb.europa.eu/about-edpb/about-edpb/members_en"
_LAWS = {
    "EU": N_("Article {article} of the General Data Protection Regulation (GDPR)"),
    "UK": N_("Article {article} of the UK GDPR"),
    "CH": N_("Article {article} of the Swiss Federal Act on Data Protection (FADP)"),
}


def letter(
    kind: Kind, service: Service, regions: frozenset[str], known: Catalogue, today: date
) -> Message:
    """The letter under the law of the reader's regions.

    Of several regions the first counts, and where none is known the EU's.
    """
    law = _law(regions)
    subject = f"{_(kind.subject)} ({service.name})"
    body = tuple(line(each) for each in _body(kind, law, service, today))
    complain = _("If no good answer comes within a month, complain to:")
    blocks = (
        title(bold(subject)),
        labelled(_("Send it to:"), *_recipient(service, known.listings.get(service.id), subject)),
        Block("copy", body, KEEP),
        labelled(complain, *_authority(law, regions, known), weight=50),
        note(_("Fill in what stands in brackets. This is not legal advice."), weight=KEEP),
    )
    return Message(blocks, tuple(_others(kind, service, law)))


def _law(regions: frozenset[str]) -> str:
    covered = {country for code in regions for country in countries(code)}
    if covered == {"GB"}:
        return "UK"
    if covered == {"CH"}:
        return "CH"
    return "EU"


def _body(kind: Kind, law: str, service: Service, today: date) -> Sequence[str]:
    """The lines of the letter; an empty one parts two paragraphs."""
    article = kind.swiss if law == "CH" else kind.gdpr
    under = _(_LAWS[law], article=article)
    return (
        _("[Your name]"),
        _("[The e-mail address or user name of your account]"),
        day(today),
        "",
        _("To: {name}, data protection", name=service.owner or service.name),
        "",
        _("Dear Sir or Madam,"),
        "",
        _("Under {law} I write to you about {service}.", law=under, service=service.name),
        _(kind.asks),
        "",
        _("Please answer within one month."),
        "",
        _("Kind regards,"),
        _("[Your name]"),
    )


def _recipient(service: Service, listing: Listing | None, subject: str) -> Sequence[Words]:
    """The address to send it to, or where that can be found."""
    if listing and listing.contact:
        return _contact(listing.contact, subject)
    if listing and listing.privacy_policy:
        policy = listing.privacy_policy
        return _("the address in its privacy policy:") + " ", link(policy.split("/")[2], policy)
    if service.domains:
        site = service.domains[0]
        return (_("the data protection address in the privacy policy of {site}", site=site),)
    return (_("the data protection address in its privacy policy"),)


def _contact(contact: Pointer, subject: str) -> Sequence[Words]:
    """An e-mail address with a link that begins the e-mail, else a page, else words."""
    if contact.email:
        return contact.email, f" · mailto:{contact.email}?subject={quote(subject)}"
    if contact.link:
        return (link(contact.link.split("/")[2], contact.link),)
    return (contact.note or "",)


def _authority(law: str, regions: frozenset[str], known: Catalogue) -> Sequence[Words]:
    """The reader's own where the country is known; for all of the EU the list of them."""
    country = _country(law, regions, known)
    if country not in known.authorities:
        return (link(_("the authority of your country"), _ALL_AUTHORITIES),)
    authority = known.authorities[country]
    return (link(authority.name, authority.url),)


def _country(law: str, regions: frozenset[str], known: Catalogue) -> str:
    """The country whose authority a reader complains to, or ""."""
    if law == "UK":
        return "GB"
    if law == "CH":
        return "CH"
    return next((code for code in sorted(regions) if code in known.authorities), "")


def _others(kind: Kind, service: Service, law: str) -> Iterator[Action]:
    """The same letter under the other laws."""
    name = next(name for name, each in KINDS.items() if each is kind)
    elsewhere = {"EU": _("For the EU"), "UK": _("For the UK"), "CH": _("For Switzerland")}
    for code, label in elsewhere.items():
        if code != law:
            yield Action(label, f"letter {name} {service.id} {code.casefold()}")
