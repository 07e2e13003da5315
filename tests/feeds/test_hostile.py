"""Hostile feeds: endless parts are left out or refused, and the rest is unaffected."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from html import escape, unescape

import pytest

from bot.feeds.syndication import NotAFeedError, entries
from bot.feeds.words import text_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOSTILE = {
    "a web page": b"<!doctype html><html><body>Log in</body></html>",
    "a page without doctype": b"<html><head></head></html>",
    "nothing": b"   ",
    "truncated": b"<?xml version='1.0'?><rss><channel><item>",
    "attributes": b"<rss " + b" ".join(b'a%d="1"' % n for n in range(5000)) + b"/>",
    "depth": b"<a>" * 5000 + b"</a>" * 5000,
    "2 MB of <": b"<" * 2_000_000,
    "json": b'{"a": 1}',
    "a web page behind a comment": (
        b"<?xml version='1.0'?>\n<!-- challenge -->\n<html xmlns='http://www.w3.org/1999/xhtml'/>"
    ),
    "cut off before the first entry": b"<rss><channel><title><![CDATA[" + b"x" * 1000,
    "a path": b"/etc/passwd",
    "binary": bytes(range(256)) * 100,
}
ATOM = (
    b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">%s<entry><id>'
    b"1</id><title>T</title>%s</entry></feed>"
)
RSS = b'<rss version="2.0"><channel>%s<item><guid>1</guid><title>T</title>%s</item></channel></rss>'
LONG = 1_500_000


def _many(field: bytes, count: int = 60_000) -> bytes:
    return b"".join(field.replace(b"#", b"%d" % number) for number in range(count))


#: Of the feed, and of an entry. What takes the square of them would need minutes or hours.
FLOODS = {
    "author": RSS % (b"", b"<author>" + b"a" * LONG + b"</author>"),
    "author in a field": RSS % (b"", b"<guid><author>" + b"a" * LONG + b"</author></guid>"),
    "author in a text": ATOM
    % (b"", b"<content type='text/xml'><author>" + b"a" * LONG + b"</author></content>"),
    "author with an address": RSS % (b"", b"<author>" + b"a" * LONG + b"@b.b.b.</author>"),
    "managing editor": RSS % (b"<managingEditor>" + b"a" * LONG + b"</managingEditor>", b""),
    "webmaster": RSS % (b"<webMaster>" + b"a" * LONG + b"</webMaster>", b""),
    "creator, undeclared": RSS % (b"", b"<dc:creator>" + b"a" * LONG + b"</dc:creator>"),
    "authors": RSS % (b"", _many(b"<author>" + b"a" * 60 + b"#</author>", 40_000)),
    "author of XHTML": ATOM
    % (b"", b"<content type='xhtml'><div><author>" + b"a" * LONG + b"</author></div></content>"),
    "categories": ATOM % (b"", _many(b'<category term="#"/>')),
    "categories of the feed": ATOM % (_many(b'<category term="#"/>'), b""),
    "keywords": RSS % (b"", b"<keywords>" + _many(b"#,") + b"</keywords>"),
    "keywords of a picture": RSS
    % (b"", b"<content><keywords>" + _many(b"#,") + b"</keywords></content>"),
    "subjects": RSS % (b"", _many(b"<dc:subject>#</dc:subject>")),
    "links": ATOM % (b"", _many(b'<link href="http://a/#"/>')),
    "contributors": ATOM % (b"", _many(b"<contributor><name>#</name></contributor>")),
    "titles": ATOM % (b"", _many(b"<title>#</title>")),
    "validity": RSS % (b"", b"<content><valid>" + _many(b"start=#;") + b"</valid></content>"),
    "a long title": ATOM % (b"", b"<title type='html'>" + b"&lt;b&gt;" * 150_000 + b"</title>"),
    "ampersands": ATOM % (b"", b"<content type='html'>" + b"&amp;" * 300_000 + b"</content>"),
    "ampersands in CDATA": RSS
    % (b"", b"<description><![CDATA[" + b"&" * LONG + b"]]></description>"),
    "paragraphs": ATOM % (b"", b"<content type='xhtml'>" + b"<p>a</p>" * 60_000 + b"</content>"),
}


@pytest.mark.parametrize("body", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_of_what_nobody_reads_is_left_out(body: bytes) -> None:
    before = time.process_time()
    [entry] = entries(body, NOW)
    assert len(entry.text) <= LONG
    assert (entry.id, entry.title) == ("1", "T")
    assert time.process_time() - before < 15, "a square would take minutes"


ENDLESS = {
    "prefixes": ATOM % (b"", _many(b'<x#:a xmlns:x#="http://n/#"/>')),
    "paragraphs without end": ATOM
    % (b"", b"<content type='xhtml'>" + b"<p>a</p>" * 200_000 + b"</content>"),
    "empty elements": ATOM % (b"<a/>" * 1_000_000, b""),
    "unread elements": ATOM % (b"", b"<author>" + b"<a/>" * 1_000_000 + b"</author>"),
    "a base without end": ATOM
    % (b"", b"<content type='xhtml' xml:base='http://a/" + b"a" * 9_000 + b"'/>"),
    "attributes": ATOM % (b"", b"<a " + _many(b'b#="1" ') + b"/>"),
    "attributes with >": ATOM % (b"", b"<a " + _many(b'b#=">" ') + b"/>"),
    "attributes in UTF-16": (ATOM % (b"", b"<a " + _many(b"b#='>' ") + b"/>"))
    .decode()
    .encode("utf-16"),
}


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS.keys())
def test_an_endless_entry_is_read_or_left_out(body: bytes) -> None:
    before = time.process_time()
    with suppress(NotAFeedError):
        [entry] = entries(body, NOW)
        assert (entry.id, entry.title) == ("1", "T")
    assert time.process_time() - before < 15, "a square would take minutes"


def test_a_root_without_end_is_refused() -> None:
    body = b"<rss " + _many(b'a#="1" ') + b"><channel><item><guid>1</guid></item></channel></rss>"
    with pytest.raises(NotAFeedError, match="its structure is absurd"):
        entries(body, NOW)


@pytest.mark.parametrize("title", ["Wörter ", "&lt;b&gt;bold&lt;/b&gt; ", "👩‍👩‍👧‍👦", "&amp;amp; "])
@pytest.mark.parametrize("feed", [ATOM, RSS])
def test_of_an_endless_title_the_beginning_is_kept(feed: bytes, title: str) -> None:
    body = feed.replace(b"<title>T<", b"<title>" + (title * 100_000).encode() + b"<") % (b"", b"")
    [entry] = entries(body, NOW)
    assert 100 < len(entry.title) <= 500
    # What an Atom title says without a type is text, so its marks are words.
    words = unescape(title) if feed == ATOM else text_of(unescape(title))
    assert entry.title.startswith(words.strip()[:4])


READ = (
    b"<link>https://x/</link><pubDate>Mon, 03 Nov 2025 10:00:00 GMT</pubDate>"
    b"<description>Words &amp;amp; more</description>"
)
LEFT_OUT = [
    b"",
    b"<author>a@b.example (A)</author>",
    b"<author/>",
    b"<x/>",
    b"<author><b></b></author>",
    b"<author a='/>'>/></author >",
    b"<enclosure url='https://x/1.mp3'/><comments>c</comments>",
    b"<!-- <author> --><author>a</author><![CDATA[ <author> ]]>",
    b"<media:group><media:thumbnail url='u'/></media:group>",
]


@pytest.mark.parametrize("place", ["first", "last", "in the feed", "alone"])
@pytest.mark.parametrize("unread", LEFT_OUT)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_is_left_out_leaves_the_rest_as_it_was(
    unread: bytes, place: str, charset: str
) -> None:
    inner = {"first": unread + READ, "last": READ + unread}.get(place, READ)
    body = RSS % (
        unread if place == "in the feed" else b"<title>Gr\xc3\xb6\xc3\x9fe</title>",
        inner,
    )
    if place == "alone":
        body = body.replace(b"</channel>", unread + b"</channel>" + unread)
    text = f'<?xml version="1.0" encoding="{charset[:6]}"?>{body.decode()}'
    [entry] = entries(text.encode(charset), NOW)
    when = datetime(2025, 11, 3, 10, tzinfo=UTC)
    assert (entry.id, entry.title, entry.link) == ("1", "T", "https://x/")
    assert (entry.when, entry.text) == (when, "Words & more")


@pytest.mark.parametrize("size", [30_000, 2_000_000])
@pytest.mark.parametrize("form", ["html", "cdata", "xhtml"])
def test_inline_pictures_do_not_hide_the_words(form: str, size: int) -> None:
    html = (
        f"<img alt='' src='data:image/png;base64,{'iVBO' * (size // 4)}=='/><p>We sell"
        " your data.</p>"
    )
    forms = {
        "html": f"<content type='html'>{escape(html)}</content>",
        "cdata": f"<content type='html'><![CDATA[{html}]]></content>",
        "xhtml": (
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
            f"{html}</div></content>"
        ),
    }
    [entry] = entries(ATOM % (b"", forms[form].encode()), NOW)
    assert entry.text == "We sell your data."


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_feeds_are_refused_in_words(body: bytes) -> None:
    with pytest.raises(NotAFeedError) as refused:
        entries(body, NOW)
    assert 5 < len(str(refused.value)) < 100
