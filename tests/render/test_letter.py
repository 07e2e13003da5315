"""Letters, how-tos and alerts with the reader's local company, page and document."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import languages, speaking
from bot.model import Address, Change, Document, Service, Source, SourceKind, Story
from bot.platform import Request
from bot.regions import EEA
from bot.render import letter_pdf
from bot.render.alert import alert
from bot.render.howto import howto
from bot.render.letter import KINDS, compose, letter, on_paper
from bot.render.plain import text_of
from bot.render.reader import Reader
from bot.store import Store
from bot.understand.memory import Held
from handlers import answer
from tests.support import world
from tests.support.world import CHANGE, NOW

TODAY = date(2026, 11, 27)
LINKEDIN_IRELAND = "LinkedIn Ireland Unlimited Company"
TIKTOK = "TikTok Technology Limited and TikTok Information Technologies UK Limited"
DPC = "https://www.dataprotection.ie"
DUTCH = "https://autoriteitpersoonsgegevens.nl"
GERMAN = "https://www.bfdi.bund.de"
SWISS = "https://www.edoeb.admin.ch"
ICO = "https://ico.org.uk"

#: Service, region, company, where to write to, and the authorities, as the sheet has them.
BY_THE_SHEET = [
    ("linkedin", "DE", LINKEDIN_IRELAND, "/help/linkedin/ask/TSO-DPO", (GERMAN, DPC)),
    ("linkedin", "CH", LINKEDIN_IRELAND, "/help/linkedin/ask/TSO-DPO", (SWISS, DPC)),
    ("linkedin", "UK", "LinkedIn Corporation", "/help/linkedin/ask/TSO-DPO", (ICO,)),
    ("tiktok", "DE", TIKTOK, "https://www.tiktok.com/legal/report/DPO", (GERMAN, DPC)),
    ("tiktok", "CH", TIKTOK, "https://www.tiktok.com/legal/report/DPO", (SWISS, DPC)),
    ("tiktok", "UK", TIKTOK, "https://www.tiktok.com/legal/report/DPO", (ICO,)),
    ("zalando", "DE", "Zalando SE", "datenschutz@zalando.de", (GERMAN,)),
    ("zalando", "UK", "Zalando SE", "privacy@zalando.co.uk", (ICO, GERMAN)),
    ("google", "DE", "Google Ireland Limited", "/troubleshooter/7575787", (GERMAN, DPC)),
    ("google", "CH", "Google Ireland Limited", "/troubleshooter/7575787", (SWISS, DPC)),
    ("google", "UK", "Google LLC", "/troubleshooter/7575787", (ICO,)),
    ("discord", "DE", "Discord Netherlands BV", "dpo@discord.com", (GERMAN, DUTCH)),
    ("discord", "CH", "Discord Inc.", "dpo@discord.com", (SWISS,)),
    ("discord", "UK", "Discord Inc.", "dpo@discord.com", (ICO,)),
    ("reddit", "DE", "Reddit Netherlands B.V.", "dpo@reddit.com", (GERMAN, DUTCH)),
    ("reddit", "CH", "Reddit Netherlands B.V.", "dpo@reddit.com", (SWISS, DUTCH)),
    ("reddit", "UK", "Reddit, Inc.", "ukrepresentative@reddit.com", (ICO,)),
]
AUTHORITIES = (DPC, DUTCH, GERMAN, SWISS, ICO)


def written(known: Catalogue, service: str, *regions: str, kind: str = "objection") -> str:
    message = letter(kind, known.by_id[service], frozenset(regions), known, TODAY)
    return text_of(message, 10_000)


def guided(known: Catalogue, service: str, *regions: str) -> str:
    guide = known.guides[service]
    reader = Reader(frozenset(regions), TODAY)
    return text_of(howto(guide.service, guide, reader, known=known), 10_000)


def told(known: Catalogue, names: Names, region: str, change: Change) -> str:
    story = Story(7, change)
    reader = Reader(frozenset({region}), TODAY)
    return text_of(alert(story, change.services, reader, known, names), 10_000)


@pytest.mark.parametrize(("service", "region", "company", "contact", "authorities"), BY_THE_SHEET)
def test_a_letter_goes_to_who_is_responsible_there(
    known: Catalogue,
    service: str,
    region: str,
    company: str,
    contact: str,
    authorities: tuple[str, ...],
) -> None:
    said = written(known, service, region)
    assert f"To: {company}, data protection\n" in said
    assert contact in said.split("\n")[1]
    assert tuple(each for each in AUTHORITIES if f"<{each}>" in said) == tuple(
        each for each in AUTHORITIES if each in authorities
    )
    assert f"Responsible for your data: {company}\n" in guided(known, service, region)


def test_where_nobody_is_known_the_owner_is_written_to_with_doubt(known: Catalogue) -> None:
    """The sheet says nothing of Zalando in Switzerland, but that it has a site there."""
    said = written(known, "zalando", "CH")
    assert "We do not know for certain who is responsible for your data where you live." in said
    assert "To: Zalando SE, data protection\n" in said
    assert "privacy@zalando.co.uk (made for: United Kingdom)" in said
    assert "Its site for your country: www.zalando.ch <https://www.zalando.ch>" in said
    shown = guided(known, "zalando", "CH")
    assert "Its site for your country: www.zalando.ch <https://www.zalando.ch>" in shown
    assert "not known for certain; the owner is Zalando SE" in shown
    assert "Write to privacy@zalando.co.uk (made for: United Kingdom)." in shown


def test_a_control_writes_to_the_reader_s_contact(known: Catalogue) -> None:
    assert "Write to datenschutz@zalando.de." in guided(known, "zalando", "DE")
    assert "Write to privacy@zalando.co.uk." in guided(known, "zalando", "UK")
    assert (
        "Policy: zalando.de/zalando-privacy-policy <https://www.zalando.de/zalando-privacy-policy/>"
        in guided(known, "zalando", "DE")
    )


def test_where_only_a_contact_is_named_that_is_said(known: Catalogue) -> None:
    said = written(known, "netflix", "DE")
    assert "says where to write to, but not who is responsible for your data" in said
    assert "Send it to: privacy@netflix.com" in said
    assert "its own text names nobody, only where to write to" in guided(known, "netflix", "DE")


def test_who_only_provides_a_service_is_not_called_responsible(known: Catalogue) -> None:
    said = written(known, "vinted", "DE")
    assert "Provider, by the service's own text" in said
    assert "The text does not say who is responsible for your data." in said
    assert "its own text says only who provides it: Vinted, UAB" in guided(known, "vinted", "DE")


def test_the_company_of_one_country_is_not_given_to_others(known: Catalogue) -> None:
    """IKEA's recorded text is the Irish edition."""
    for where, is_theirs in (("IE", True), ("DE", False), ("EU", False)):
        sheet = compose("objection", known.by_id["ikea"], frozenset({where}), known, TODAY)
        assert ("IKEA Ireland Limited" in "\n".join(sheet.lines)) is is_theirs, where


def test_a_letter_from_outside_the_eu_is_under_a_law_of_the_reader(known: Catalogue) -> None:
    assert "UK GDPR" in written(known, "linkedin", "UK", "CH")
    assert "(GDPR)" in written(known, "linkedin", "UK", "CH", "DE")


def test_a_reader_of_several_regions_reads_who_is_responsible_in_each(known: Catalogue) -> None:
    said = guided(known, "linkedin", "EEA", "UK", "CH")
    assert f"Responsible for your data: {LINKEDIN_IRELAND} (EEA, Switzerland)" in said
    assert "Responsible for your data: LinkedIn Corporation (UK)" in said
    complaint = written(known, "linkedin", "EEA", "UK", "CH")
    assert "the authority of your country" in complaint
    assert SWISS not in complaint, "the letter is under the law of the EU"


@pytest.mark.parametrize("region", ["DE", "CH", "UK"])
@pytest.mark.parametrize(
    ("service", "collection", "terms_type", "url"),
    [
        ("linkedin", "pga", "Terms of Service", "https://www.linkedin.com/legal/user-agreement"),
        (
            "linkedin",
            "pga",
            "Community Guidelines",
            "https://www.linkedin.com/legal/professional-community-policies",
        ),
        ("tiktok", "pga", "Terms of Service", "https://www.tiktok.com/legal/terms-of-use?lang=en"),
        ("zalando", "german", "Terms of Service", "https://www.zalando.de/zalando-terms/"),
        (
            "google",
            "contrib",
            "Terms of Service",
            "https://policies.google.com/terms?hl=en-GB&gl=IE",
        ),
        ("discord", "contrib", "Community Guidelines", "https://discord.com/guidelines"),
        ("reddit", "pga", "Terms of Service", "https://www.redditinc.com/policies/user-agreement"),
    ],
)
def test_an_alert_links_the_document_that_changed(
    known: Catalogue,
    names: Names,
    region: str,
    service: str,
    collection: str,
    terms_type: str,
    url: str,
) -> None:
    change = replace(CHANGE, services=(service,), collection=collection, terms_type=terms_type)
    [sources] = [
        line for line in told(known, names, region, change).split("\n") if "Sources:" in line
    ]
    assert f"<{url}>" in sources
    assert sources.count("https://") == 2, "the change and the document, nothing else"


def test_an_alert_links_no_other_document_in_its_place(known: Catalogue, names: Names) -> None:
    change = replace(CHANGE, terms_type="Seller Warranty")
    said = told(known, names, "DE", change)
    assert known.listings["linkedin"].privacy_policy
    assert "/legal/privacy" not in said
    assert "the document itself" not in said


def test_status_links_what_is_read(store: Store, known: Catalogue, names: Names) -> None:
    document = Document("vlopses-ie", "LinkedIn", "Terms of Service")
    unknown = Document("vlopses-ie", "LinkedIn", "Seller Warranty")
    for each in (document, unknown):
        store.documents.add_past(Held(each, "t", NOW, frozenset(), frozenset(), 1), "en")
    there = frozenset({"IE"})
    source = Source("vlopses-ie", SourceKind.COLLECTION, "https://example.org/", jurisdiction=there)
    context = replace(world.context(store, known, names), sources=(source,))
    shown = text_of(answer(Request("status", "linkedin", Address("telegram", "1")), context), 9999)
    assert (
        "- Terms of Service <https://www.linkedin.com/legal/user-agreement> · recorded in I"
        in shown
    )
    assert "- Seller Warranty · recorded in Ireland" in shown


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_comes_as_a_text_file_and_on_paper(
    known: Catalogue, language: str, kind: str
) -> None:
    service = known.by_id["zalando"]
    with speaking(language):
        message = letter(kind, service, frozenset({"PL"}), known, TODAY)
        paper = on_paper(kind, service, frozenset({"PL"}), known, TODAY)
    [copied] = [block for block in message.blocks if block.kind == "copy"]
    lines = ["".join(span.text for span in line) for line in copied.lines]
    assert message.file
    assert message.file.name == "letter-zalando.txt"
    assert message.file.content.decode() == "\n".join(lines) + "\n"
    assert paper.file
    assert paper.file.name == "letter-zalando.pdf"
    assert paper.file.content.startswith(b"%PDF-")
    assert len(paper.file.content) < 60_000
    assert b"mailto:datenschutz@zalando.de" in paper.file.content
    assert message.actions[0].command == f"letter {kind} zalando PL pdf"


def test_the_same_letter_is_the_same_file(known: Catalogue) -> None:
    """There is no time in it but the day of the letter."""
    same = compose("access", known.by_id["linkedin"], frozenset({"DE"}), known, TODAY)
    with time_machine.travel(datetime(2026, 11, 27, 8, tzinfo=UTC)):
        first = letter_pdf.pdf(same)
    with time_machine.travel(datetime(2031, 1, 1, 20, tzinfo=UTC)):
        assert letter_pdf.pdf(same) == first


def test_characters_that_the_font_lacks_do_not_break_it(known: Catalogue) -> None:
    known_letters = frozenset(map(ord, "abcABCeżółść "))
    assert letter_pdf.drawable("żółść abc", known_letters) == "żółść abc"
    assert letter_pdf.drawable("é ☃ 微 ﬁ", known_letters | {ord("f"), ord("i")}) == "e ? ? fi"
    strange = Service("strange", "微信 ☃ \u200f\ud83d\ude00 Ệ", owner="腾讯\tLtd\nand others")
    sheet = compose("objection", strange, frozenset({"DE"}), known, TODAY)
    assert letter_pdf.pdf(sheet).startswith(b"%PDF-")
    assert "微信 ☃" in sheet.text().content.decode()


def test_every_letter_s_buttons_fit_and_lead_back(known: Catalogue) -> None:
    for service in known.services:
        for action in letter("objection", service, frozenset({"DE"}), known, TODAY).actions:
            assert len(action.command.encode()) <= 64, action.command


def test_paper_is_asked_for_in_every_country(store: Store, known: Catalogue, names: Names) -> None:
    """The button keeps the country, whose authority takes the complaint."""
    context = world.context(store, known, names)
    here = Address("telegram", "1")
    for code in sorted(EEA | {"UK", "CH"}):
        message = answer(Request("letter", f"objection spotify {code} pdf", here), context)
        assert message.file, code
        assert message.file.name == "letter-spotify.pdf", code
        authority = known.authorities["GB" if code == "UK" else code]
        assert authority.url in text_of(message), code


def test_paper_without_a_service_asks_for_one(store: Store, known: Catalogue, names: Names) -> None:
    context = world.context(store, known, names)
    asked = Request("letter", "objection pdf", Address("telegram", "1"))
    assert answer(asked, context).file is None


def test_every_service_has_a_letter_in_every_region(known: Catalogue) -> None:
    """Of a known length, so that no platform refuses it."""
    for service in known.services:
        for regions in ({"DE"}, {"UK"}, {"CH"}, set()):
            message = letter("access", service, frozenset(regions), known, TODAY)
            assert len(message.text) < 3500, service.id
            json.dumps(message.text)
