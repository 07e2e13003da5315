"""A letter to a service: what the law gives, to the right recipient, with the writer's name left blank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from bot.catalogue import Catalogue, Listing
from bot.locales import N_, _
from bot.message import KEEP, Action, Block, Message
from bot.model import Service
from bot.regions import countries
from bot.render.blocks import Words, bold, labelled, line, link, note, title
from bot.render.labels import day


@dataclass(frozen=True, slots=True)
class Kind:
    """What a letter asks for; the articles are those of the GDPR (the UK's has the same numbers) and of the Swiss FADP."""

    subject: str
    gdpr: str
    swiss: str
    asks: str


KINDS = {
    "objection": Kind(
        N_("Objection to the use of my data"), "21", "30 (2) (b)",
        N_("I object to the processing of my personal data that you base on legitimate interests, in particular to train "
           "artificial intelligence, for profiling and for advertising. Please stop it, and confirm that you have."),
    ),
    "access": Kind(
        N_("Request for access to my data"), "15", "25",
        N_("Please tell me whether you process data about me, and send me a copy of it, with the purposes, the recipients, "
           "where you got it from, how long you keep it, and whether it was used to train artificial intelligence."),
    ),
    "erasure": Kind(
        N_("Request for erasure of my data"), "17", "32 (2) (c)",
        N_("Please erase the personal data that you hold about me, tell those to whom you passed it on, and confirm that "
           "you have. Where you must keep some of it by law, please say what and why."),
    ),
}  # fmt: skip
_LAWS = {
    "EU": N_("Article {article} of the General Data Protection Regulation (GDPR)"),
    "UK": N_("Article {article} of the UK GDPR"),
    "CH": N_("Article {article} of the Swiss Federal Act on Data Protection (FADP)"),
}


def letter(
    kind: Kind, service: Service, regions: frozenset[str], known: Catalogue, today: date
) -> Message:
    """The letter under the law of the reader's region: of the first of several, and of the EU where none is known."""
    law = _law(regions)
    subject = f"{_(kind.subject)} ({service.name})"
    body = _body(kind, law, service, today)
    return Message(
        (title(bold(subject)), _recipient(service, known.listings.get(service.id), subject), Block("copy", tuple(line(each) for each in body), KEEP),
         labelled(_("If no good answer comes within a month, complain to:"), *_authority(law, regions, known), weight=50),
         note(_("Fill in what stands in brackets. This is not legal advice."), weight=KEEP)),
        _others(kind, service, law),
    )  # fmt: skip


def _law(regions: frozenset[str]) -> str:
    covered = {country for code in regions for country in countries(code)}
    if "GB" in covered and len(covered) == 1:
        return "UK"
    return "CH" if covered == {"CH"} else "EU"


def _body(kind: Kind, law: str, service: Service, today: date) -> list[str]:
    article = kind.swiss if law == "CH" else kind.gdpr
    return [
        _("[Your name]"), _("[The e-mail address or user name of your account]"), day(today), "",
        _("To: {name}, data protection", name=service.owner or service.name), "",
        _("Dear Sir or Madam,"), "",
        _("Under {law} I write to you about {service}.", law=_(_LAWS[law], article=article), service=service.name),
        _(kind.asks), "",
        _("Please answer within one month."), "",
        _("Kind regards,"), _("[Your name]"),
    ]  # fmt: skip


def _recipient(service: Service, listing: Listing | None, subject: str) -> Block:
    contact = listing.contact if listing else None
    found: list[Words] = []
    if contact and contact.email:
        found = [contact.email, f" · mailto:{contact.email}?subject={quote(subject)}"]
    elif contact and contact.link:
        found = [link(contact.link.split("/")[2], contact.link)]
    elif contact and contact.note:
        found = [contact.note]
    elif listing and (policy := listing.privacy_policy):
        found = [_("the address in its privacy policy:") + " ", link(policy.split("/")[2], policy)]
    elif service.domains:
        found = [
            _(
                "the data protection address in the privacy policy of {site}",
                site=service.domains[0],
            )
        ]
    else:
        found = [_("the data protection address in its privacy policy")]
    return labelled(_("Send it to:"), *found)


def _authority(law: str, regions: frozenset[str], known: Catalogue) -> list[Words]:
    """The reader's own where the country is known; for all of the EU the list of them."""
    country = {"UK": "GB", "CH": "CH"}.get(law) or next(
        (c for c in sorted(regions) if c in known.authorities), ""
    )
    if country in known.authorities:
        return [link(known.authorities[country].name, known.authorities[country].url)]
    return [
        link(
            _("the authority of your country"),
            "https://www.edpb.europa.eu/about-edpb/about-edpb/members_en",
        )
    ]


def _others(kind: Kind, service: Service, law: str) -> tuple[Action, ...]:
    """The same letter under the other laws."""
    name = next(name for name, each in KINDS.items() if each is kind)
    elsewhere = {"EU": _("For the EU"), "UK": _("For the UK"), "CH": _("For Switzerland")}
    return tuple(
        Action(label, f"letter {name} {service.id} {code.casefold()}")
        for code, label in elsewhere.items()
        if code != law
    )
