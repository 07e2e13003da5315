"""Feeds: recorded real responses, GitHub's format, memos, and what must be refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from bot import feeds
from bot.catalogue.names import Names
from bot.feeds import github, ota
from bot.feeds.fetch import Page
from bot.feeds.syndication import entries
from bot.feeds.words import text_of
from bot.model import Document, Record, Source, SourceKind
from tests.support import judges, schemas
from tests.support.shared import MEMOS, SAMPLES, SHARED, needs_shared

NOW = datetime(2026, 11, 22, tzinfo=UTC)
COLLECTION = Source(
    "vlopses-ie",
    SourceKind.COLLECTION,
    "http://127.0.0.1:7010/vlopses-ie/api/v1/",
    github="o/vlopses-ie-versions",
)
REPOSITORY = Source(
    "vlopses-ie", SourceKind.GITHUB, "", github="OpenTermsArchive/vlopses-ie-versions"
)
MEMO_FEED = Source("memos", SourceKind.MEMOS, "https://opentermsarchive.org/en/memos/index.xml")


@needs_shared
@pytest.mark.parametrize(
    ("name", "count"),
    [("feed.xml", 100), ("feed-tiktok.xml", 100), ("feed-tiktok-privacy-policy.xml", None)],
)
def test_recorded_collection_feeds(name: str, count: int | None) -> None:
    found = feeds.read(COLLECTION, Page("", (SAMPLES / name).read_bytes()), NOW).items
    assert len(found) == (count or len(found)) > 0
    assert len({item.uid for item in found}) == len(found)
    assert all(
        item.document
        and item.uid.startswith("commit:")
        and item.link.startswith("https://github.com/o/")
        for item in found
    )
    assert {item.record for item in found} <= {Record.CHANGE, Record.FIRST}


@needs_shared
def test_recorded_versions() -> None:
    first = feeds.read(COLLECTION, Page("", (SAMPLES / "feed.xml").read_bytes()), NOW).items[0]
    assert first.document == Document("vlopses-ie", "WhatsApp", "Privacy Policy")
    assert ota.version_url(COLLECTION.url, first.document, first.when).endswith(
        "/WhatsApp/Privacy%20Policy/2026-08-22T11%3A44%3A36.999Z"
    )
    assert ota.version_of((SAMPLES / "version.json").read_bytes()).text.startswith(
        "WhatsApp Privacy Policy"
    )
    with pytest.raises(ValueError, match="no text"):
        ota.version_of((SAMPLES / "version-404.json").read_bytes())
    assert ota.edition_of((SAMPLES / "metadata.json").read_bytes()) == (frozenset({"IE"}), "en")


@needs_shared
def test_an_entry_that_links_only_json_keeps_its_link() -> None:
    bare = Source("vlopses-ie", SourceKind.COLLECTION, COLLECTION.url)
    found = feeds.read(bare, Page("", (SAMPLES / "feed.xml").read_bytes()), NOW).items
    assert found[0].link.startswith("http://127.0.0.1:7010/vlopses-ie/api/v1/version/WhatsApp/")


def test_a_service_name_cannot_leave_its_place_in_an_address() -> None:
    url = ota.version_url("http://host/", Document("c", "../../etc?x#y", "a/b"), NOW)
    assert url == "http://host/version/..%2F..%2Fetc%3Fx%23y/a%2Fb/2026-11-22T00%3A00%3A00.999Z"


SUBJECTS = [
    (
        "Record new changes of Google Maps Terms of Service",
        Record.CHANGE,
        "Google Maps",
        "Terms of Service",
    ),
    ("First record of DALL·E Privacy Policy", Record.FIRST, "DALL·E", "Privacy Policy"),
    (
        "Apply technical or declaration upgrade on X Community Guidelines",
        Record.UPGRADE,
        "X",
        "Community Guidelines",
    ),
    (
        "Refilter Facebook Community Guidelines - Hate Speech",
        Record.UPGRADE,
        "Facebook",
        "Community Guidelines - Hate Speech",
    ),
    ("Update Twitter Developer Terms", Record.CHANGE, "Twitter", "Developer Terms"),
    ("Start tracking Ask.fm Terms of Service", Record.FIRST, "Ask.fm", "Terms of Service"),
    ("Update README", None, "", ""),
    ("Fix typo", None, "", ""),
]


@pytest.mark.parametrize(("subject", "record", "service", "terms_type"), SUBJECTS)
def test_github_subjects(
    subject: str, record: Record | None, service: str, terms_type: str
) -> None:
    """GitHub shortens the title; the whole message stands in the content."""
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry>
      <id>tag:github.com,2008:Grit::Commit/{"a" * 40}</id>
      <link href="https://github.com/o/r/commit/{"a" * 40}"/>
      <title>\n  {subject[:30]}…\n</title><updated>2026-08-22T11:44:36Z</updated>
      <content type="html">&lt;pre style='x'&gt;{subject}\n
This version was recorded after ...&lt;/pre&gt;</content></entry></feed>"""
    found = feeds.read(REPOSITORY, Page("", body.encode()), NOW).items
    if record is None:
        assert found == []
    else:
        assert [(i.uid, i.record, i.document) for i in found] == [
            ("commit:" + "a" * 40, record, Document("vlopses-ie", service, terms_type))
        ]


def test_github_addresses() -> None:
    assert (
        github.feed_url(REPOSITORY)
        == "https://github.com/OpenTermsArchive/vlopses-ie-versions/commits.atom"
    )
    assert github.feed_url(REPOSITORY, "Google Maps").endswith("/commits/HEAD/Google%20Maps.atom")
    one = Source("d", SourceKind.GITHUB, "", github="o/r", service="X", terms_type="Privacy Policy")
    assert github.feed_url(one).endswith("/o/r/commits/HEAD/X/Privacy%20Policy.md.atom")


DIFF = """diff --git a/S/T.md b/S/T.md
--- a/S/T.md
+++ b/S/T.md
@@ -1,4 +1,4 @@
 one
-two
+TWO
 three
 four
@@ -9,2 +9,3 @@
 nine
+nine and a half
 ten
"""


def test_undo_a_diff() -> None:
    after = "one\nTWO\nthree\nfour\nfive\nsix\nseven\neight\nnine\nnine and a half\nten\n"
    assert github.undo(after, DIFF) == "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"
    with pytest.raises(ValueError, match="does not fit"):
        github.undo(after.replace("TWO", "2"), DIFF)


@needs_shared
def test_memos_against_their_labels(names: Names) -> None:
    """Services, terms types and dates of all 46, and the known ones are recognised."""
    found = {
        item.link.rstrip("/").rsplit("/", 1)[-1]: item
        for item in feeds.read(MEMO_FEED, Page("", MEMOS.read_bytes()), NOW).items
    }
    labels = [
        json.loads(line) for line in (SHARED / "data/labels/memos.jsonl").read_text().splitlines()
    ]
    assert set(found) == {label["id"] for label in labels}
    for label in labels:
        item = found[label["id"]]
        assert list(item.services) == label["services"]
        assert list(item.terms_types) == label["terms_types"]
        assert item.when.date().isoformat() == min(label["dates"])
    assert sum(bool(item.commits) for item in found.values()) > 20
    assert names.of_folder("OpenAI") == "chatgpt"


def test_a_memo_without_its_first_line_is_still_one() -> None:
    body = (
        b"<rss version='2.0'><channel><title>t</title><item><guid>g</guid><title>"
        b"T</title><description>Just words</description></item></channel></rss>"
    )
    [memo] = feeds.read(MEMO_FEED, Page("", body), NOW).items
    assert (memo.services, memo.text, memo.when) == ((), "Just words", NOW)


SCHEME = "tag:opentermsarchive.org,2026:scheme:"
WRONG_DATES = [
    ("2035-01-01T00:00:00Z", NOW),
    ("9999-12-31T23:59:59Z", NOW),
    ("9999-12-31T23:59:59-12:00", NOW),
    ("2999-01-01", NOW),
    ((NOW + timedelta(days=1, minutes=1)).isoformat(), NOW),
    ((NOW + timedelta(hours=23)).isoformat(), NOW + timedelta(hours=23)),
    ("0001-01-01T00:00:00Z", NOW),
    ("0001-01-01T00:00:00+14:00", NOW),
    ("0999-01-01T00:00:00Z", NOW),
    ("1970-01-01T00:00:00Z", NOW),
]
DATED = {
    SourceKind.COLLECTION: "<id>tag:x:version:1</id><title>X - Y</title>"
    f"<category scheme='{SCHEME}service' term='X'/><category"
    f" scheme='{SCHEME}terms-type' term='Y'/>",
    SourceKind.GITHUB: (
        "<id>tag:github.com,2008:Grit::Commit/1</id><title>Record new changes of X"
        " Privacy Policy</title>"
    ),
    SourceKind.MEMOS: "<id>1</id><title>T</title>",
    SourceKind.NEWS: "<id>1</id><title>T</title>",
}


@pytest.mark.parametrize("kind", DATED)
@pytest.mark.parametrize(("said", "taken"), WRONG_DATES)
def test_no_date_of_a_feed_leads_far_ahead_or_out_of_time(
    kind: SourceKind, said: str, taken: datetime
) -> None:
    inner = f"{DATED[kind]}<updated>{said}</updated>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{inner}</entry></feed>".encode()
    source = Source("s", kind, "https://example.org/", github="a/b")
    with structlog.testing.capture_logs() as logs:
        [item] = feeds.read(source, Page("", body), NOW).items
    if item.document:
        assert item.when in (taken, NOW), "a date that cannot be read at all is that of today"
        assert item.when <= NOW + timedelta(days=1)
    assert item.when - timedelta(days=9999) < item.when < item.when + timedelta(days=9999)
    wrong = said[:4] in ("2035", "2999")
    assert [entry["event"] for entry in logs] == ["source.dated_ahead"] or not wrong


def test_a_feed_in_the_wrong_charset_is_read_all_the_same() -> None:
    body = (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>"
        "t</title><item><guid>1</guid><title>Größe</title></item></channel></rss>"
    )
    assert entries(body.encode("latin-1"), NOW)[0].title == "Größe"


def test_html_becomes_words() -> None:
    assert (
        text_of("<p>One &amp; two</p><script>alert(1)</script><ul><li>three</li></ul>")
        == "One & two\nthree"
    )


@needs_shared
def test_the_official_documents_judge_the_other_tests() -> None:
    """Where they are absent the tests of messages check less; this one is skipped, and says so."""
    assert judges.telegram_document() is not None
    assert schemas.validator("MessageCreateRequest") is not None
