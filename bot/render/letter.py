"""Letters to services under data protection law, with a blank for the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from bot.catalogue import Catalogue, Controller, Pointer
from bot.locales import N_, _
from bot.message import KEEP, Action, Block, File, Message
from bot.model import Service
from bot.render.blocks import Words, bold, labelled, line, link, note, site, text, title
from bot.render.labels import day, join, places
from bot.render.local import LAWS, Local, law_of, laws_of


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
#: The list of authorities for an EU reader whose country is not known.
_ALL_AUTHORITIES = "https://www.edpb.europa.eu/about-edpb/about-edpb/members_en"
_LAWS = {
    "EU": N_("Article {article} of the General Data Protection Regulation (GDPR)"),
    "UK": N_("Article {article} of the UK GDPR"),
    "CH": N_("Article {article} of the Swiss Federal Act on Data Protection (FADP)"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is complete but for the name.

    `lines` are its text, with an empty line between paragraphs. `subject` is one of them, and so is
    `email`, unless it is unknown: "". `kind` is a key of KINDS. `where` is the region to ask for
    the same letter again, and `local` what is known about the service there.
    """

    kind: str
    service: Service
    local: Local
    where: str
    day: date
    subject: str
    lines: tuple[str, ...]
    email: str = ""

    @property
    def mailto(self) -> str:
        """The mailto: address with this subject, or ""."""
        if not self.email:
            return ""
        return f"mailto:{self.email}?subject={quote(self.subject, errors='replace')}"

    @property
    def stem(self) -> str:
        """The name of its files, without the extension."""
        return f"letter-{self.service.id}"

    def text(self) -> File:
        """The letter as a text file."""
        return File(f"{self.stem}.txt", "\n".join((*self.lines, "")).encode("utf-8", "replace"))


def compose(
    kind: str, service: Service, regions: frozenset[str], known: Catalogue, today: date
) -> Letter:
    """The letter under the law of the reader's regions, to the controller there."""
    local = Local(known, service.id, regions)
    law = law_of(regions)
    subject = f"{_(KINDS[kind].subject)} ({service.name})"
    contact = local.contact()
    email = (contact.email if contact else None) or ""
    lines = (
        _("[Your name]"),
        _("[The e-mail address or user name of your account]"),
        day(today),
        "",
        *_to(service, local.controller(), email),
        "",
        subject,
        "",
        *_body(KINDS[kind], law, service),
    )
    where = (_country(local) or law) if law == "EU" else law
    return Letter(kind, service, local, where, today, subject, lines, email)


def letter(
    kind: str, service: Service, regions: frozenset[str], known: Catalogue, today: date
) -> Message:
    """The letter as a message to copy, and as a text file.

    Of several regions, the law of `law_of` applies; if none is known, the EU's.
    """
    written = compose(kind, service, regions, known, today)
    blocks = (
        title(bold(written.subject)),
        *_send_to(written),
        Block("copy", tuple(line(each) for each in written.lines), KEEP),
        *_after(written.local),
    )
    paper = Action(_("As a PDF"), f"letter {kind} {service.id} {written.where} pdf")
    return Message(blocks, (paper, *_others(written, law_of(regions))), file=written.text())


def on_paper(
    kind: str, service: Service, regions: frozenset[str], known: Catalogue, today: date
) -> Message:
    """The letter as a PDF, with its recipient."""
    # The library that draws it is loaded only when somebody asks.
    from bot.render.letter_pdf import pdf  # noqa: PLC0415

    written = compose(kind, service, regions, known, today)
    blocks = (title(bold(written.subject)), *_send_to(written), *_after(written.local))
    words = Action(_("In words"), f"letter {kind} {service.id} {written.where}")
    return Message(blocks, (words,), file=File(f"{written.stem}.pdf", pdf(written)))


def _to(service: Service, controller: Controller | None, email: str) -> Iterator[str]:
    """The lines of the recipient's address, of which all but the first can be unknown."""
    name = service.owner or service.name
    address = ""
    if controller:
        name = join(controller.names) or name
        address = controller.address
    yield _("To: {name}, data protection", name=name)
    yield from filter(None, (address, email))


def _body(kind: Kind, law: str, service: Service) -> Sequence[str]:
    """The text of the letter; an empty line separates paragraphs."""
    article = kind.swiss if law == "CH" else kind.gdpr
    under = _(_LAWS[law], article=article)
    return (
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


def _send_to(written: Letter) -> Iterator[Block]:
    """The law, if it is not the reader's; the recipient; and how certain that is."""
    if not laws_of(written.local.regions):
        there = places(written.local.regions)
        yield text(_("For {places} I know no such law: this is the EU’s letter.", places=there))
    yield labelled(_("Send it to:"), *_recipient(written))
    controller = written.local.controller()
    if controller is None or not controller.names:
        yield text(_doubt(written.service, controller))
        return
    recorded = day(controller.date)
    said = _("Responsible for your data, by the service's own text of {day}:", day=recorded)
    if controller.basis == "operator":
        said = _("Provider, by the service's own text of {day}:", day=recorded)
    yield labelled(said, join(controller.names), weight=60)
    if controller.basis == "operator":
        yield text(_("The text does not say who is responsible for your data."), weight=60)


def _doubt(service: Service, controller: Controller | None) -> str:
    """The sentence if no controller is known."""
    name = service.owner or service.name
    if controller:
        return _(
            "The service's own text of {day} says where to write to, but not who is responsible "
            "for your data. So the letter is addressed to {name}.",
            day=day(controller.date),
            name=name.removesuffix("."),
        )
    return _(
        "We do not know for certain who is responsible for your data where you live. "
        "The letter is addressed to {name}: check in the privacy policy before you send it.",
        name=name,
    )


def _recipient(written: Letter) -> Iterator[Words]:
    """The address of the recipient, or where to find it, with a remark if it is not local."""
    local = written.local
    contact = local.contact()
    policy, remark = local.policy()
    if contact:
        yield from _contact(written, contact, local.remark(contact.email or contact.link or ""))
    elif policy:
        yield _("the address in its privacy policy:") + " "
        yield from (site(policy), remark)
    elif written.service.domains:
        domain = written.service.domains[0]
        yield _("the data protection address in the privacy policy of {site}", site=domain)
    else:
        yield _("the data protection address in its privacy policy")


def _contact(written: Letter, contact: Pointer, remark: str) -> Sequence[Words]:
    """An e-mail address with a mailto: link, else a page, else words."""
    if contact.email:
        return (f"{contact.email}{remark} · {written.mailto}",)
    if contact.link:
        return site(contact.link), remark
    return (contact.note or "",)


def _after(local: Local) -> Iterator[Block]:
    """The representative who also takes letters, and the authority to complain to."""
    controller = local.controller()
    if controller and controller.representative:
        yield labelled(
            _("Its representative where you live:"), controller.representative, weight=55
        )
    if national := local.site():
        yield labelled(_("Its site for your country:"), national, weight=45)
    complain = _("If no good answer comes within a month, complain to:")
    yield labelled(complain, *_authorities(local), weight=50)
    yield note(_("Fill in what stands in brackets. This is not legal advice."), weight=KEEP)


def _authorities(local: Local) -> Iterator[Words]:
    """The reader's authority, or the list of the EU's, and the one where the company sits."""
    known, controller = local.known, local.controller()
    own = known.authorities.get(_country(local))
    if own:
        yield link(own.name, own.url)
    else:
        yield link(_("the authority of your country"), _ALL_AUTHORITIES)
    lead = known.authority_of(controller) if controller else None
    if lead and lead != own:
        yield ", " + _("or to the one where the company sits:") + " "
        yield link(lead.name, lead.url)


def _country(local: Local) -> str:
    """The country whose authority a reader complains to, or ""."""
    law = law_of(local.regions)
    if law == "UK":
        return "GB"
    if law == "CH":
        return "CH"
    known = LAWS[law] & set(local.known.authorities)
    return next((code for code in sorted(local.regions) if code in known), "")


def _others(written: Letter, law: str) -> Iterator[Action]:
    """Buttons for the same letter under the other laws."""
    elsewhere = {"EU": _("For the EU"), "UK": _("For the UK"), "CH": _("For Switzerland")}
    for code, label in elsewhere.items():
        if code != law:
            yield Action(label, f"letter {written.kind} {written.service.id} {code.casefold()}")
