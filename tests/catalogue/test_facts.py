"""The tables of facts: sourced, the right row for the reader, and broken rows named."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.catalogue import Catalogue, Controller, export, load
from bot.catalogue.facts import FOLDER, Facts
from bot.cli._findings import catalogues
from bot.cli._findings.finding import Level
from bot.regions import EU
from tests.catalogue.sheets import GOOD, loaded
from tests.support.shared import SHARED, needs_shared
from tools.facts import __main__ as tool
from tools.facts import checked
from tools.facts.addresses import country_of, untracked
from tools.facts.sheets import Sheet, read

SHEETS = SHARED / "facts"
TABLES = ("controllers.csv", "documents.csv", "national.csv", "editions.csv")
CONTROLLER = {
    "service": "linkedin",
    "region": "EU",
    "name": "LinkedIn Ireland Unlimited Company",
    "address": "Wilton Place, Dublin 2, Ireland",
    "country": "IE",
    "contact": "https://www.linkedin.com/help/linkedin/ask/TSO-DPO",
    "representative": "",
    "basis": "stated",
    "source": "vlopses-ie:LinkedIn/Privacy Policy@1b38be45ded1",
    "date": "2026-08-21",
    "edition": "",
}
DOCUMENT = {
    "service": "linkedin",
    "terms_type": "Privacy Policy",
    "collection": "pga",
    "folder": "LinkedIn",
    "edition": "EU",
    "language": "en",
    "url": "https://www.linkedin.com/legal/privacy/eu",
    "method": "declared",
    "date": "2026-07-02",
}
NATIONAL = {
    "service": "linkedin",
    "country": "GB",
    "kind": "path",
    "site": "members.linkedin.com/en-gb",
    "url": "https://members.linkedin.com/en-gb/privacy-in-advertising",
    "source": "vlopses-ie:LinkedIn/Privacy Policy@1b38be45ded1",
    "date": "2026-08-21",
}
EDITION = {
    "collection": "vlopses-ie",
    "folder": "Facebook",
    "terms_type": "Privacy Policy",
    "for_europe": "no",
    "why": "It names another company.",
    "source": "notes of the sheets",
    "date": "2026-11-26",
}
GOOD_ROWS = dict(zip(TABLES, (CONTROLLER, DOCUMENT, NATIONAL, EDITION), strict=True))


@cache
def sheets() -> dict[str, Sheet]:
    return read(SHEETS)


def written(path: Path, *rows: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def with_tables(folder: Path, **rows: Iterable[dict[str, str]]) -> Catalogue:
    """A small catalogue, with sound tables except for those that are given."""
    loaded(folder, GOOD)
    (folder / "facts").mkdir()
    for name, good in GOOD_ROWS.items():
        written(folder / "facts" / name, *rows.get(name.removesuffix(".csv"), (good,)))
    return load(folder)


def page(url: str) -> tuple[str, str, str]:
    """Of an address what says which page it is, parameters aside."""
    parts = urlsplit(url)
    return parts.netloc, parts.path, parts.fragment


def recorded_documents(known: Catalogue) -> set[tuple[str, str]]:
    """The documents that the live collections have, by service and terms type."""
    services = {}
    for listing in known.listings.values():
        for folder, collections in listing.folders.items():
            for collection in collections:
                services[collection, folder] = listing.id
    found = set()
    for name in ("services.csv", "services_other.csv"):
        with (SHEETS / "registry" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for collection in row["collections"].split("|"):
                    service = services.get((collection, row["ota_name"]))
                    if service:
                        found |= {(service, each) for each in row["terms_types"].split("|") if each}
    return found


# What stands in the tables


@needs_shared
def test_the_tables_are_what_the_tool_makes_of_the_sheets(tmp_path: Path) -> None:
    assert tool.main([str(SHEETS), str(tmp_path)]) == 0
    for name in TABLES:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


@needs_shared
def test_every_controller_stands_in_the_sheets(known: Catalogue) -> None:
    spelt = {mended: address for address, mended in checked.SPELT.items()}
    listed = {
        (row["service_id"], row["region"], row["controller"], row["address"], row["basis"])
        for row in sheets()["controllers"]
    }
    by_key = {(row["service_id"], row["region"]): row for row in sheets()["controllers"]}
    for row in known.facts.controllers:
        address = spelt.get(row.address, row.address)
        assert (row.service, row.region, row.name, address, row.basis) in listed
        there = by_key[row.service, row.region]
        assert row.representative == there["representative"]
        assert (row.source, row.date.isoformat()) == (there["source"], there["date"])
        assert page(row.contact) == page(there["contact"])


@needs_shared
def test_every_address_of_a_document_stands_in_the_sheets(known: Catalogue) -> None:
    listed = {
        (row["collection"], row["service"], row["service_id"], row["terms_type"], page(row["url"]))
        for name in ("terms", "terms_inferred", "terms_tosdr")
        for row in sheets()[name]
    }
    parameters = {
        pair
        for name in ("terms", "terms_inferred", "terms_tosdr")
        for row in sheets()[name]
        for pair in parse_qsl(urlsplit(row["url"]).query)
    }
    now = {
        (collection, folder, former): terms_type
        for (collection, folder, terms_type), former in checked.RECORDED_BEFORE_AS.items()
    }
    for row in known.facts.documents:
        terms_type = now.get((row.collection, row.folder, row.terms_type), row.terms_type)
        key = (row.collection, row.folder, row.service, terms_type, page(row.url))
        assert key in listed
        assert set(parse_qsl(urlsplit(row.url).query)) <= parameters


@needs_shared
def test_every_national_site_stands_in_the_sheets(known: Catalogue) -> None:
    listed = {
        (row["service_id"], place, row["domain"], page(row["example_url"]), row["source"])
        for row in sheets()["national"]
        for place in row["country"].split(", ")
    }
    for row in known.facts.nationals:
        assert (row.service, row.country, row.site, page(row.url), row.source) in listed


@needs_shared
def test_every_edition_is_of_a_text_that_the_sheets_name(known: Catalogue) -> None:
    listed = {
        (row["collection"], row["service"], row["terms_type"])
        for name in ("terms", "terms_inferred")
        for row in sheets()[name]
    }
    sources = {row["source"].rpartition("@")[0] for row in sheets()["controllers"]}
    for row in known.facts.editions:
        record = (row.collection, row.folder, row.terms_type)
        assert record in listed or f"{row.collection}:{row.folder}/{row.terms_type}" in sources
    assert set(checked.NOT_FOR_EUROPE) <= listed


@needs_shared
def test_nothing_was_decided_by_hand_that_is_not_in_the_sheets() -> None:
    """A decision that fits nothing any more is taken out."""
    rows = [row for name in ("terms", "terms_tosdr") for row in sheets()[name]]
    by_name = {(row["collection"], row["service"]) for row in rows if row["id_by"] == "name"}
    assert by_name == checked.SAME_SERVICE | set(checked.OTHER_SERVICE)
    documents = {(row["collection"], row["service"], row["terms_type"]) for row in rows}
    assert set(checked.OTHER_DOCUMENT) <= documents
    assert {*checked.NOT_FOR_READERS, *checked.RECORDED_BEFORE_AS} <= documents
    sites = {(row["service_id"], row["country"], row["domain"]) for row in sheets()["national"]}
    assert set(checked.NOT_NATIONAL) <= sites
    addresses = {row["address"] for row in sheets()["controllers"]}
    assert {*checked.SPELT, *checked.COUNTRY_UNKNOWN} <= addresses
    for end in checked.COUNTRY_ENDS:
        assert any(address.endswith(end) for address in addresses), end


def test_addresses_track_nobody_and_are_secure_where_the_host_is(known: Catalogue) -> None:
    secure = {urlsplit(url).hostname for _where, url in known.facts.links if url[:6] == "https:"}
    for where, url in known.facts.links:
        assert untracked(url) == url, where
        assert url.startswith("https://") or urlsplit(url).hostname not in secure, where


def test_so_much_is_known(known: Catalogue) -> None:
    named = {row.service for row in known.facts.controllers if row.name}
    assert len(named) >= 134
    assert known.faults == known.problems == ()


@needs_shared
def test_of_the_recorded_documents_so_many_have_an_address(known: Catalogue) -> None:
    """By service and terms type."""
    recorded = recorded_documents(known)
    found = {pair for pair in recorded if known.facts.document(*pair)}
    assert len(recorded) >= 1494
    assert len(found) >= 1348


# The right row for the reader

SIX = ("linkedin", "tiktok", "zalando", "google", "discord", "reddit")
READERS = {"DE": "EU", "CH": "CH", "UK": "UK"}


@needs_shared
@pytest.mark.parametrize("service", SIX)
@pytest.mark.parametrize("country", READERS)
def test_the_controller_is_the_one_of_the_sheet(
    known: Catalogue, service: str, country: str
) -> None:
    region = READERS[country]
    listed = [
        row
        for row in sheets()["controllers"]
        if (row["service_id"], row["region"]) == (service, region)
    ]
    found = known.facts.controller(service, region)
    assert [found and (found.name, found.address, found.contact)] == [
        (row["controller"], row["address"], row["contact"]) for row in listed
    ] or (found, listed) == (None, [])


@pytest.mark.parametrize(
    ("service", "region", "name", "authority"),
    [
        ("linkedin", "EU", "LinkedIn Ireland Unlimited Company", "IE"),
        ("linkedin", "UK", "LinkedIn Corporation", None),
        ("tiktok", "UK", "TikTok Technology Limited", "GB"),
        ("zalando", "EU", "Zalando SE", "DE"),
        ("google", "CH", "Google Ireland Limited", "IE"),
        ("discord", "EU", "Discord Netherlands BV", "NL"),
        ("discord", "CH", "Discord Inc.", None),
        ("reddit", "CH", "Reddit Netherlands B.V.", "NL"),
    ],
)
def test_the_authority_is_the_one_where_the_controller_sits(
    known: Catalogue, service: str, region: str, name: str, authority: str | None
) -> None:
    controller = known.facts.controller(service, region)
    assert controller is not None
    assert controller.names[0] == name
    expected = known.authorities[authority] if authority else None
    assert known.authority_of(controller) == expected


def test_there_is_no_lead_authority_outside_the_area_nor_without_a_controller(
    known: Catalogue,
) -> None:
    british = Controller.model_validate({**CONTROLLER, "country": "GB"})
    contact = Controller.model_validate({**CONTROLLER, "name": ""})
    assert known.authority_of(british) is None
    assert known.authority_of(contact) is None
    assert contact.names == ()


LINKEDIN = "https://www.linkedin.com/legal/privacy/eu"
TIKTOK = "https://www.tiktok.com/legal/page/eea/privacy-policy/en?region=IE"
GOOGLE = "https://policies.google.com/privacy?hl=en-GB&gl=IE"
DISCORD = "https://discord.com/privacy"
REDDIT = "https://www.redditinc.com/policies/privacy-policy"


@pytest.mark.parametrize(
    ("service", "addresses"),
    [
        ("linkedin", (LINKEDIN, LINKEDIN, LINKEDIN)),
        ("tiktok", (TIKTOK, TIKTOK, TIKTOK)),
        (
            "zalando",
            (
                "https://www.zalando.de/zalando-privacy-policy/",
                "https://en.zalando.de/zalando-privacy-policy/",
                "https://en.zalando.de/zalando-privacy-policy/",
            ),
        ),
        ("google", ("https://policies.google.com/privacy?hl=de&fg=1", GOOGLE, GOOGLE)),
        ("discord", (DISCORD, DISCORD, DISCORD)),
        ("reddit", (REDDIT, REDDIT, REDDIT)),
    ],
)
def test_the_policy_is_the_edition_for_the_reader(
    known: Catalogue, service: str, addresses: tuple[str, ...]
) -> None:
    for country, address in zip(READERS, addresses, strict=True):
        found = known.facts.document(service, "Privacy Policy", countries=frozenset({country}))
        assert found is not None
        assert found.url == address, country


def test_what_changed_is_linked_and_not_another_document(known: Catalogue) -> None:
    """By its type; of its own collection, whoever reads it; and of the folder, where it has two."""
    for terms_type, address in (
        ("Terms of Service", "https://www.linkedin.com/legal/l/service-terms"),
        ("Community Guidelines", "https://www.linkedin.com/legal/professional-community-policies"),
    ):
        found = known.facts.document("linkedin", terms_type, "contrib", frozenset({"DE"}))
        assert found is not None
        assert found.url == address
    assert known.facts.document("zalando", "Imprint", "vlopses-ie") is None
    for folder in ("Blizzard", "Blizzard Entertainment"):
        found = known.facts.document("blizzard", "Privacy Policy", "contrib", folder=folder)
        assert found is not None
        assert found.folder == folder


def test_the_whole_union_is_nobodys_country(known: Catalogue) -> None:
    """Who follows for the EU gets its edition, and not the German one."""
    whole = known.facts.document("google", "Privacy Policy", countries=frozenset({"EU"}))
    assert whole is not None
    assert whole.url == GOOGLE
    for countries in (EU, EU | {"GB", "CH"}):
        assert known.facts.document("google", "Privacy Policy", countries=countries) == whole
    assert known.facts.national("zalando", "EU") is None


def test_nobody_in_europe_gets_an_american_edition(known: Catalogue) -> None:
    """Unless it is the record that is asked for."""
    terms = ("spotify", "Acceptable Use Policy")
    assert known.facts.document(*terms, countries=frozenset({"DE"})) is None
    own = known.facts.document(*terms, collection="pga", countries=frozenset({"DE"}))
    assert own is not None
    assert own.edition == ("US",)
    assert not own.covers(("EU", "UK", "CH"))
    assert known.facts.document(*terms, countries=frozenset({"US"})) == own
    assert known.facts.document(*terms) == own


@pytest.mark.parametrize(
    ("country", "site"),
    [
        ("DE", "www.zalando.de"),
        ("CH", "www.zalando.ch"),
        ("UK", "www.zalando.co.uk"),
        ("GB", "www.zalando.co.uk"),
        ("JP", None),
    ],
)
def test_the_national_site_is_the_one_of_the_country(
    known: Catalogue, country: str, site: str | None
) -> None:
    found = known.facts.national("zalando", country)
    assert (found and found.site) == site


def test_a_member_state_without_a_site_has_that_of_the_union(known: Catalogue) -> None:
    found = known.facts.national("linkedin", "DE")
    assert found is not None
    assert found.country == "EU"
    assert known.facts.national("linkedin", "CH") is None


@pytest.mark.parametrize(
    ("collection", "folder", "terms_type", "answer"),
    [
        ("vlopses-ie", "Facebook", "Privacy Policy", "no"),
        ("vlopses-ie", "Instagram", "Privacy Policy", "no"),
        ("vlopses-ie", "LinkedIn", "Privacy Policy", "yes"),
        ("pga", "Facebook", "Privacy Policy", "yes"),
        ("pga", "Spotify", "Privacy Policy", "no"),
        ("german", "Spotify", "Privacy Policy", "yes"),
        ("contrib", "Amazon.com", "Privacy Policy", "no"),
        ("contrib", "eBay", "Terms of Service", "no"),
        ("vlopses-us", "TikTok", "Privacy Policy", "unknown"),
        ("nowhere", "Nobody", "Privacy Policy", "unknown"),
    ],
)
def test_an_edition_is_for_people_in_europe_or_not(
    known: Catalogue, collection: str, folder: str, terms_type: str, answer: str
) -> None:
    found = known.facts.edition(collection, folder, terms_type)
    assert found.for_europe == answer
    assert (found.collection, found.folder, found.terms_type) == (collection, folder, terms_type)


def test_why_an_edition_is_for_europe_is_said_once_and_as_it_is(known: Catalogue) -> None:
    """Of a text that several services share, and of one that says less of one region."""
    google = known.facts.edition("contrib", "Google", "Privacy Policy")
    everywhere = (
        "It names who is responsible for people in the EU, the United Kingdom and Switzerland."
    )
    assert google.why == everywhere
    deliveroo = known.facts.edition("contrib", "Deliveroo", "Privacy Policy")
    assert deliveroo.why == "It names who is responsible for people in the EU."


@pytest.mark.parametrize(
    ("contact", "email", "link"),
    [
        ("dpo@reddit.com", "dpo@reddit.com", ""),
        ("dpo[at]github[dot]com", "dpo@github.com", ""),
        ("dpo [at] snap [dot] com", "dpo@snap.com", ""),
        ("tietosuojavastaava(a)vr.fi", "tietosuojavastaava@vr.fi", ""),
        ("https://www.tiktok.com/legal/report/DPO", "", "https://www.tiktok.com/legal/report/DPO"),
        ("", "", ""),
    ],
)
def test_a_contact_is_an_address_to_write_to_or_a_page(contact: str, email: str, link: str) -> None:
    found = Controller.model_validate({**CONTROLLER, "contact": contact})
    assert (found.email, found.link) == (email, link)


def test_every_contact_can_be_used(known: Catalogue) -> None:
    for row in known.facts.controllers:
        assert bool(row.contact) == bool(row.email or row.link), row.contact


# What is broken


@pytest.mark.parametrize(
    ("table", "field", "value", "said"),
    [
        ("controllers", "service", "Linked In", "service is 'Linked In', which is not a short"),
        ("controllers", "service", "nobody", "there is no service 'nobody'"),
        ("controllers", "region", "FR", "region is 'FR'; it can be 'EU', 'UK' or 'CH'"),
        ("controllers", "name", "x" * 401, "name is too long: 400 letters are shown"),
        ("controllers", "address", "x" * 401, "address is too long"),
        ("controllers", "country", "XQ", "country there is no region 'XQ'"),
        ("controllers", "contact", "x" * 401, "contact is too long"),
        ("controllers", "contact", "http://a.org", "contact is 'http://a.org', which is neither"),
        ("controllers", "representative", "x" * 401, "representative is too long"),
        ("controllers", "basis", "guessed", "basis is 'guessed'; it can be 'stated', "),
        ("controllers", "source", "", "source is empty"),
        ("controllers", "date", "soon", "date is no date such as 2026-01-15"),
        ("controllers", "edition", "XQ", "edition there is no region 'XQ'"),
        ("documents", "service", "", "service is empty"),
        ("documents", "terms_type", "", "terms_type is empty"),
        ("documents", "collection", "Contrib!", "collection is 'Contrib!', which is not a short"),
        ("documents", "folder", "", "folder is empty"),
        ("documents", "edition", "EU XQ", "edition.1 there is no region 'XQ'"),
        ("documents", "language", "english", "language is 'english', which is not a language"),
        ("documents", "url", "ftp://a.org", "url is 'ftp://a.org', which is not an address"),
        ("documents", "method", "guessed", "method is 'guessed'; it can be 'declared', "),
        ("documents", "date", "2026-13-01", "date is no date such as 2026-01-15"),
        ("national", "service", "nobody", "there is no service 'nobody'"),
        ("national", "country", "XQ", "country there is no region 'XQ'"),
        ("national", "kind", "planet", "kind is 'planet'; it can be 'domain', "),
        ("national", "site", "", "site is empty"),
        ("national", "url", "a.org", "url is 'a.org', which is not an address"),
        ("national", "source", "", "source is empty"),
        ("national", "date", "", "date is empty"),
        ("editions", "collection", "", "collection is empty"),
        ("editions", "folder", "", "folder is empty"),
        ("editions", "terms_type", "", "terms_type is empty"),
        ("editions", "for_europe", "maybe", "for_europe is 'maybe'; it can be 'yes', 'no' or "),
        ("editions", "why", "", "why is empty"),
        ("editions", "source", "", "source is empty"),
        ("editions", "date", "yesterday", "date is no date such as 2026-01-15"),
    ],
)
def test_a_broken_row_is_named_and_the_rest_stands(
    tmp_path: Path, table: str, field: str, value: str, said: str
) -> None:
    good = GOOD_ROWS[f"{table}.csv"]
    found = with_tables(tmp_path, **{table: ({**good, field: value}, good)})
    assert found.problems == ()
    [problem] = found.faults
    assert problem.startswith(f"{table}.csv, line 2: "), problem
    assert said in problem
    assert found.facts.controller("linkedin", "EU")
    assert found.facts.document("linkedin", "Privacy Policy")
    assert found.facts.national("linkedin", "UK")
    assert found.facts.edition("vlopses-ie", "Facebook", "Privacy Policy").for_europe == "no"
    [bad] = [each for each in catalogues.findings(found) if each.level is Level.BAD]
    assert bad.words == problem


def test_every_field_is_broken_in_the_test_above() -> None:
    [mark] = [
        mark
        for mark in getattr(test_a_broken_row_is_named_and_the_rest_stands, "pytestmark", ())
        if mark.name == "parametrize"
    ]
    broken = {(table, field) for table, field, _value, _said in mark.args[1]}
    for name, row in GOOD_ROWS.items():
        assert {(name.removesuffix(".csv"), field) for field in row} <= broken


def test_what_stands_twice_is_named(tmp_path: Path) -> None:
    found = with_tables(tmp_path, controllers=(CONTROLLER, {**CONTROLLER, "name": "Another"}))
    assert found.faults == ("controllers.csv, line 3: says again what line 2 says",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "national.csv, line 1: the columns must be service, country, kind, site, url, "),
        ("service,country\n", "national.csv, line 1: the columns must be service, "),
        ("{}linkedin,GB\n", "national.csv, line 2: there are 7 columns, but 2 fields here"),
        ('{}"linkedin\n', "national.csv, line 2: unexpected end of data"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    found = with_tables(tmp_path)
    (tmp_path / "facts/national.csv").write_text(text.format(",".join(NATIONAL) + "\n"))
    [problem] = found.faults
    assert problem.startswith(said)
    assert found.facts.national("linkedin", "UK") is None
    assert found.facts.controller("linkedin", "EU")


def test_without_a_table_nothing_is_known_and_that_is_said(tmp_path: Path) -> None:
    found = with_tables(tmp_path)
    (tmp_path / "facts/editions.csv").unlink()
    (tmp_path / "facts/documents.csv").write_bytes(b"\xff\xfe")
    assert found.facts.document("linkedin", "Privacy Policy") is None
    assert found.facts.edition("pga", "LinkedIn", "Privacy Policy").for_europe == "unknown"
    assert [problem.partition(":")[0] for problem in found.faults] == [
        "documents.csv",
        "editions.csv",
    ]
    assert list(Facts().problems(())) == []
    assert Facts().controller("linkedin", "EU") is None


# Who else reads them


def test_the_open_data_names_controllers_and_documents(known: Catalogue) -> None:
    found = export.document(known)
    assert len(found["controllers"]) == len(known.facts.controllers)
    assert len(found["documents"]) == len(known.facts.documents)
    assert all(row["source"] and row["basis"] for row in found["controllers"])
    assert all(row["url"] and row["method"] for row in found["documents"])
    assert all("" not in row.values() for row in found["controllers"])


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://a.org/x?utm_source=y&id=2", "https://a.org/x?id=2"),
        ("https://a.org/x?spm=1.2#part", "https://a.org/x#part"),
        ("https://a.org/x?hl=de&fg=1", "https://a.org/x?hl=de&fg=1"),
        ("https://a.org/x?empty=&_ga=1", "https://a.org/x?empty="),
    ],
)
def test_what_tracks_is_cut_from_an_address(url: str, plain: str) -> None:
    assert untracked(url) == plain


def test_an_address_that_nobody_looked_at_stops_the_tool() -> None:
    with pytest.raises(SystemExit, match="look at it"):
        country_of("1 Main Street, Springfield")
