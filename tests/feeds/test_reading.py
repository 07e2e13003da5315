"""Real-world feeds: one bad byte breaks at most one entry."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.feeds import syndication
from bot.feeds.charset import decode
from bot.feeds.entry import Entry
from bot.feeds.fetch import Page
from bot.feeds.syndication import Feed, NotAFeedError
from bot.feeds.words import text_of, title_of
from tests.support.shared import SHARED, needs_shared

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
WHEN = "<pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate>"
OPENING = {
    "rss": '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>',
    "atom": '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>',
    "rdf": '<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>'
    "t</title></channel>",
}
CLOSING = {"rss": "</channel></rss>", "atom": "</feed>", "rdf": "</rdf:RDF>"}


def entry(kind: str, name: str, more: str = "") -> str:
    link, words = f"https://news.example.org/{name}", f"Words of {name}"
    if kind == "atom":
        return (
            f"<entry><id>id-{name}</id><title>Title {name}</title><link href='{link}'/>{more}"
            f"<updated>2026-11-02T08:00:00Z</updated><content type='html'>{words}</content></entry>"
        )
    if kind == "rdf":
        return (
            f"<item rdf:about='{link}'><title>Title {name}</title><link>{link}</link>{more}"
            f"<description>{words}</description><dc:date>2026-11-02T08:00:00Z</dc:date></item>"
        )
    return (
        f"<item><title>Title {name}</title><link>{link}</link><guid>id-{name}</guid>{WHEN}{more}"
        f"<description>{words}</description></item>"
    )


def feed(kind: str, *entries: str) -> str:
    return OPENING[kind] + "\n".join(entries) + CLOSING[kind]


def read(text: str | bytes, url: str = "", charset: str = "") -> Feed:
    body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return syndication.read(Page(url, body, charset=charset), NOW)


def one(inner: str, kind: str = "rss") -> Entry:
    opening = "<entry>" if kind == "atom" else "<item>"
    [found] = read(feed(kind, f"{opening}{inner}{opening.replace('<', '</')}")).entries
    return found


def names(found: Feed) -> list[str]:
    return [entry.title.removeprefix("Title ") for entry in found.entries]


# -- one byte


#: What stands in an entry that was written by hand, or cut by a program that counts bytes.
BROKEN = {
    "an entity of HTML": "<x>a&nbsp;b &hellip; &auml;</x>",
    "an ampersand": "<x>AT&T & Co &</x>",
    "an ampersand in an address": "<comments>https://e.org/?a=1&b=2</comments>",
    "an unknown entity": "<x>&unheardof; &;</x>",
    "a smaller-than": "<x>We <3 you, 1 < 2</x>",
    "a control character": "<x>\x00\x0b\x1f\ufffe</x>",
    "half a character": "<x>\udc80\ud83d</x>",
    "a reference to nothing": "<x>&#0; &#x1F; &#55357; &#9999999;</x>",
    "an element that is not closed": "<x>a <b>c</x>",
    "an element closed twice": "<x>a</b></x></x>",
    "an element closed by another": "<x><i><b>c</i></b></x>",
    "an attribute without quotes": "<x a=1>b</x>",
    "an attribute without value": "<x checked>b</x>",
    "an attribute twice": "<x a='1' a='2'>b</x>",
    "an attribute with a smaller-than": "<x a='1<2'>b</x>",
    "a quote that is not closed": "<x a='1>b</x>",
    "a section that is not closed": "<x><![CDATA[b</x>",
    "a section closed twice": "<x><![CDATA[b]]>]]></x>",
    "a section in a section": "<x><![CDATA[a<![CDATA[b]]>c]]></x>",
    "a comment that is not closed": "<x>a<!-- b</x>",
    "a comment with dashes": "<x>a<!-- b -- c -->d</x>",
    "an instruction that is not closed": "<x><?php echo 1</x>",
    "a prefix that nobody declared": "<foo:x>b</foo:x><media:title>m</media:title>",
    "a prefix without a name": "<:x>b</:x>",
    "a tag of nothing": "<x><></></x>",
    "HTML that is not escaped": "<x><p>a<br>b<img src=c></p></x>",
    "a declaration in the middle": "<x><?xml version='1.0'?></x>",
    "a DOCTYPE in the middle": "<x><!DOCTYPE html><html>b</html></x>",
}


@pytest.mark.parametrize("kind", OPENING)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_entry_costs_no_other(kind: str, name: str) -> None:
    broken = entry(kind, "2", BROKEN[name])
    found = read(feed(kind, entry(kind, "1"), broken, entry(kind, "3"), entry(kind, "4")))
    assert [n for n in names(found) if n != "2"] == ["1", "3", "4"]
    assert [e.text for e in found.entries if e.title != "Title 2"] == [
        f"Words of {n}" for n in "134"
    ]
    assert "2" in names(found), "and is read itself so far as it can be"
    assert found.remark == ""


@given(data=st.data(), kind=st.sampled_from(sorted(OPENING)), odd=st.binary(min_size=1, max_size=6))
@example(data=None, kind="rss", odd=b"<![CDATA[")
@example(data=None, kind="atom", odd=b"<!--")
@example(data=None, kind="rss", odd=b"<item>")
@example(data=None, kind="atom", odd=b"</entry>")
def test_odd_bytes_cost_one_entry_at_most(
    data: st.DataObject | None, kind: str, odd: bytes
) -> None:
    whole = entry(kind, "2").encode()
    place = data.draw(st.integers(1, len(whole) - 1)) if data else len(whole) // 2
    drop = data.draw(st.integers(0, 3)) if data else 0
    broken = whole[:place] + odd + whole[place + drop :]
    body = feed(kind, entry(kind, "1"), "@@", entry(kind, "3"), entry(kind, "4"))
    found = read(body.encode().replace(b"@@", broken))
    others = [e for e in found.entries if e.title in ("Title 1", "Title 3", "Title 4")]
    lost = {"1", "3", "4"} - {e.title.removeprefix("Title ") for e in others}
    assert len(lost) <= ("2" not in names(found)), (lost, broken)
    for each in others:
        name = each.title.removeprefix("Title ")
        assert (each.text, each.link) == (f"Words of {name}", f"https://news.example.org/{name}")


def test_what_cannot_be_read_is_said() -> None:
    absurd = "<item>" + "<a>" * 200 + "</a>" * 200 + "</item>"
    found = read(feed("rss", entry("rss", "1"), absurd, "<item></item>", entry("rss", "2")))
    assert (names(found), found.remark) == (["1", "2"], "2 of its entries cannot be read")


AROUND: dict[str, Callable[[str], str]] = {
    "blank lines": lambda text: "\n\n  " + text,
    "a mark": lambda text: "\ufeff" + text,
    "a mark and a blank line": lambda text: "\ufeff\n" + text,
    "two declarations": lambda text: '<?xml version="1.0"?>' + text,
    "a warning of PHP": lambda text: "Warning: foo() in /srv/x.php on line 3\n" + text,
    "a comment": lambda text: "<!-- served from a cache -->" + text,
    "a stylesheet": lambda text: '<?xml-stylesheet href="a.xsl"?>' + text,
    "a DOCTYPE": lambda text: re.sub(
        r"(<(?:rss|feed|rdf))",
        r'<!DOCTYPE x PUBLIC "-//N//DTD//EN" "http://e.org/x.dtd">\1',
        text,
        count=1,
    ),
    "no declaration": lambda text: re.sub(r"^<\?xml.*?\?>", "", text),
    "a half declaration": lambda text: text.replace("<?xml ", "?xml ", 1),
    "junk behind": lambda text: text + "<script>track()</script>\n<!-- 0.3 s -->",
    "zeros behind": lambda text: text + "\0" * 100,
    "a broken end": lambda text: re.sub(r"</[^<>]*>$", "", text),
    "an unclosed title of the feed": lambda text: text.replace("</title>", "", 1),
    "an ampersand in the feed's title": lambda text: text.replace(">News<", ">A & B&nbsp;<"),
}


@pytest.mark.parametrize("kind", OPENING)
@pytest.mark.parametrize("name", AROUND)
def test_what_stands_around_a_feed_costs_nothing(kind: str, name: str) -> None:
    found = read(AROUND[name](feed(kind, entry(kind, "1"), entry(kind, "2"))))
    assert names(found) == ["1", "2"]


def test_where_a_feed_is_cut_off_the_rest_is_read() -> None:
    whole = feed("rss", *(entry("rss", str(number)) for number in range(9)))
    for length in range(whole.index("<item>") + 1, len(whole), 3):
        try:
            found = read(whole[:length])
        except NotAFeedError:
            assert whole[:length].count("</item>") == 0
            continue
        complete = whole[:length].count("</item>")
        assert names(found)[:complete] == [str(number) for number in range(complete)]
        assert len(found.entries) == complete, "what is not complete is read when it is"


@needs_shared
@pytest.mark.parametrize(
    "case", ["02-html-entity", "03-bare-ampersand", "05-rss091-doctype", "01-blank-line-before-xml"]
)
def test_the_reported_feeds_are_read(case: str) -> None:
    body = (SHARED / "cases" / case / "2.xml").read_bytes()
    assert any("LinkedIn" in entry.title for entry in read(body).entries)


NO_FEEDS = {
    "<!doctype html><html><head><title>Log in</title></head></html>": True,
    (
        '<?xml version="1.0"?>\n<!-- c -->\n<html'
        ' xmlns="http://www.w3.org/1999/xhtml"><body/></html>'
    ): True,
    "\n\n<!-- x --><HTML><BODY>One moment": True,
    "<head><script>location='/'</script></head>": True,
    (
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0//EN'><html><body><rss><item/>"
        "</rss></body></html>"
    ): True,
    "<div>Checking your browser</div>": True,
    "{}": False,
    "<urlset><url><loc>x</loc></url></urlset>": False,
    "<error>quota</error>": False,
    "Not found": False,
    "<opml><body/></opml>": None,
}


@pytest.mark.parametrize("body", NO_FEEDS)
def test_what_is_no_feed_is_told_apart(body: str) -> None:
    with pytest.raises(NotAFeedError) as refused:
        read(body)
    if NO_FEEDS[body] is not None:
        assert refused.value.web_page is NO_FEEDS[body]


@pytest.mark.parametrize("kind", OPENING)
def test_a_feed_without_entries_is_a_feed(kind: str) -> None:
    assert read(feed(kind)) == Feed([])


def test_of_an_endless_feed_the_newest_are_read() -> None:
    def item(number: int) -> str:
        day = datetime(2020, 1, 1, tzinfo=UTC).timestamp() + number * 86_400
        when = datetime.fromtimestamp(day, UTC)
        return (
            f"<item><title>{number}</title><pubDate>{when:%a, %d %b %Y} 00:00:00"
            " GMT</pubDate></item>"
        )

    for order in (range(2_700), range(2_699, -1, -1)):
        found = read(feed("rss", *map(item, order)))
        assert sorted(int(entry.title) for entry in found.entries) == list(range(700, 2_700))
        assert found.remark == "of its 2700 entries the newest 2000 are read"
    undated = read(feed("rss", *(f"<item><title>{n}</title></item>" for n in range(2_700))))
    assert [int(entry.title) for entry in undated.entries] == list(range(2_000))


# -- charsets


WORDS = {
    "iso-8859-1": "Größe ändert",
    "iso-8859-2": "zażółć gęślą jaźń",
    "iso-8859-5": "Политика",
    "iso-8859-7": "Πολιτική",
    "iso-8859-15": "Œuvre 5 €",
    "windows-1250": "Příliš žluťoučký",
    "windows-1251": "Условия",
    "windows-1252": "“Größe” – €",
    "windows-1253": "Όροι",
    "windows-1254": "Gizliliğiniz şartları",
    "windows-1257": "Privātuma",
    "koi8-r": "Условия",
    "koi8-u": "Умови її",
    "macroman": "Größe",
    "shift_jis": "プライバシー",
    "euc-jp": "規約",
    "iso-2022-jp": "規約",
    "gb2312": "隐私",
    "gbk": "隐私政策",
    "gb18030": "隐私政策😀",
    "big5": "隱私權",
    "euc-kr": "개인정보",
    "utf-8": "Größe 😀",
    "cp500": "privacy",
    "tis-620": "ความเป็นส่วนตัว",
}


@pytest.mark.parametrize("charset", WORDS)
@pytest.mark.parametrize("said", ["in the header", "in the declaration", "in capitals"])
def test_every_charset_is_read(charset: str, said: str) -> None:
    named = {"in the header": "", "in capitals": f' encoding="{charset.upper()}"'}.get(
        said, f" encoding='{charset}'"
    )
    text = (
        f'<?xml version="1.0"{named}?><rss version="2.0"><channel><item><title>'
        f"{WORDS[charset]}</title></item></channel></rss>"
    )
    header = charset if said == "in the header" or charset == "cp500" else ""
    [found] = read(text.encode(charset), charset=header).entries
    assert found.title == WORDS[charset]


@pytest.mark.parametrize(
    "charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"]
)
@pytest.mark.parametrize("header", ["", "utf-8", "iso-8859-1"])
def test_wide_ones_are_seen(charset: str, header: str) -> None:
    text = '<?xml version="1.0"?>' + feed("rss", entry("rss", "Größe 😀")).removeprefix(
        OPENING["rss"][:38]
    )
    assert names(read(text.encode(charset), charset=header)) == ["Größe 😀"]


MISNAMED = [
    ("Größe", "utf-8", "iso-8859-1", ""),
    ("Größe", "utf-8", "", "iso-8859-1"),
    ("Größe", "utf-8", "us-ascii", "us-ascii"),
    ("Größe", "cp1252", "utf-8", "utf-8"),
    ("Größe", "cp1252", "", ""),
    ("“Größe”", "cp1252", "iso-8859-1", ""),
    ("zażółć", "iso-8859-2", "iso-8859-2", "utf-8"),
    ("Größe", "utf-8", "klingon", "x-unknown"),
    ("Größe", "utf-8", '"utf-8"', ""),
    ("Größe", "cp1252", "base64", "rot13"),
    ("Größe", "utf-8", "unicode_escape", "punycode"),
]


@pytest.mark.parametrize(("word", "really", "header", "declared"), MISNAMED)
def test_a_wrong_name_costs_nothing(word: str, really: str, header: str, declared: str) -> None:
    named = f' encoding="{declared}"' if declared else ""
    text = (
        f'<?xml version="1.0"{named}?><rss version="2.0"><channel><item><title>'
        f"{word}</title></item></channel></rss>"
    )
    [found] = read(text.encode(really), charset=header).entries
    assert found.title == word


@given(body=st.binary(max_size=300), said=st.text(max_size=20))
def test_any_bytes_become_text(body: bytes, said: str) -> None:
    assert isinstance(decode(body, said), str)


def test_one_odd_byte_leaves_the_others() -> None:
    text = feed("rss", entry("rss", "Größe"), entry("rss", "2"), entry("rss", "Zürich"))
    found = read(text.encode().replace(b"Words of 2", b"Words \xff of \xe9 2"))
    assert names(found) == ["Größe", "2", "Zürich"]
    assert found.entries[1].text == "Words ÿ of é 2"


# -- addresses


LINKS = {
    "<link>/blog/2</link>": "https://news.example.org/blog/2",
    "<link>2.html</link>": "https://news.example.org/feeds/2.html",
    "<link>//cdn.example.net/2</link>": "https://cdn.example.net/2",
    "<link>?p=2</link>": "https://news.example.org/feeds/all.xml?p=2",
    "<link>\n  https://e.org/2  \n</link>": "https://e.org/2",
    "<link>HTTPS://E.org/2</link>": "https://E.org/2",
    "<guid>https://e.org/2</guid>": "https://e.org/2",
    "<guid isPermaLink='true'>https://e.org/2</guid>": "https://e.org/2",
    "<guid isPermaLink='true'>/2</guid>": "https://news.example.org/2",
    "<guid isPermaLink='false'>https://e.org/2</guid>": "https://e.org/2",
    "<guid isPermaLink='false'>2</guid>": "",
    "<guid>x:2</guid><link>javascript:alert(1)</link>": "",
    "<link>http://[broken</link><guid>https://e.org/2</guid>": "https://e.org/2",
    (
        "<link>mailto:a@e.org</link><guid isPermaLink='false'>https://e.org/2</guid>"
    ): "https://e.org/2",
    "<link/><atom:link href='https://e.org/2'/>": "https://e.org/2",
    "<link></link><guid>https://e.org/2</guid>": "https://e.org/2",
    "<link>https://e.org/?a=1&b=2&copy=3</link>": "https://e.org/?a=1&b=2&copy=3",
    "<link>https://e.org/?a=1&amp;b=2</link>": "https://e.org/?a=1&b=2",
    "<link><![CDATA[https://e.org/?a=1&b=2]]></link>": "https://e.org/?a=1&b=2",
}


ATOM_LINKS = {
    "<link href='/2'/>": "https://news.example.org/2",
    "<link rel='alternate' href='2'/>": "https://news.example.org/feeds/2",
    "<link rel='self' href='/s'/><link rel='alternate' href='/a'/>": "https://news.example.org/a",
    (
        "<link rel='replies' href='/r'/><link href='/a'/><link rel='enclosure' href='/e'/>"
    ): "https://news.example.org/a",
    "<link rel='self' href='/s'/>": "https://news.example.org/s",
    "<link rel='via' href='/v'/><link rel='enclosure' href='/e'/>": "https://news.example.org/v",
    "<link xml:base='https://e.org/a/' href='2'/>": "https://e.org/a/2",
    "<id>https://e.org/2</id>": "https://e.org/2",
    "<id>urn:x</id>": "",
}


@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [("item", *row) for row in LINKS.items()] + [("entry", *row) for row in ATOM_LINKS.items()],
)
def test_an_entry_leads_somewhere(kind: str, inner: str, expected: str) -> None:
    body = feed("rss" if kind == "item" else "atom", f"<{kind}><title>T</title>{inner}</{kind}>")
    [found] = read(body, "https://news.example.org/feeds/all.xml").entries
    assert found.link == expected


BASES = [
    ("https://e.org/a/", "", "2", "https://e.org/a/2"),
    ("/a/", "", "2", "https://news.example.org/a/2"),
    ("a/", "b/", "2", "https://news.example.org/feeds/a/b/2"),
    ("", "https://e.org/b/", "2", "https://e.org/b/2"),
    ("https://e.org/a/", "/b/", "2", "https://e.org/b/2"),
    ("https://e.org/a/", "//n.org/b/", "/2", "https://n.org/2"),
    ("http://[broken", "", "/2", "https://news.example.org/2"),
    ("https://e.org/" + "a" * 3_000, "", "/2", "https://news.example.org/2"),
]


@pytest.mark.parametrize(("outer", "inner", "href", "expected"), BASES)
def test_bases_are_joined(outer: str, inner: str, href: str, expected: str) -> None:
    body = feed("atom", f"<entry xml:base='{inner}'><title>T</title><link href='{href}'/></entry>")
    body = body.replace("<feed ", f"<feed xml:base='{outer}' ", 1)
    [found] = read(body, "https://news.example.org/feeds/all.xml").entries
    assert found.link == expected


# -- texts


TEXTS = {
    "We &lt;3 you": "We <3 you",
    "a &lt; b and b &gt; c": "a < b and b > c",
    "Tom &amp;amp; Jerry": "Tom & Jerry",
    "&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;": "one\ntwo",
    "the &amp;lt;iframe&amp;gt; button": "the <iframe> button",
    "write to &lt;privacy@e.org&gt; today": "write to <privacy@e.org> today",
    "your &lt;name&gt; here": "your <name> here",
    "&lt;![CDATA[&lt;p&gt;twice&lt;/p&gt;]]&gt;": "twice",
    "<![CDATA[<p>once &amp; again</p>]]>": "once & again",
    "<![CDATA[a]]><![CDATA[ b]]>": "a b",
    "&lt;script&gt;x()&lt;/script&gt;seen": "seen",
    "<p>not escaped <b>at all</b></p>": "not escaped at all",
    "&#8220;quoted&#8221; &#150; dash": "“quoted” – dash",
}


@pytest.mark.parametrize("inner", TEXTS)
def test_texts_are_decoded_once(inner: str) -> None:
    assert one(f"<title>T</title><description>{inner}</description>").text == TEXTS[inner]


TITLES = [
    ("rss", "", "We &lt;3 you", "We <3 you"),
    ("rss", "", "A &lt;b&gt;bold&lt;/b&gt; move", "A bold move"),
    ("rss", "", "A &lt;b&gt;bold move", "A bold move"),
    ("rss", "", "The &lt;draft&gt; &amp;amp; more", "The <draft> & more"),
    ("rss", "", "<![CDATA[Q&A: <i>new</i> terms]]>", "Q&A: new terms"),
    ("rss", "", "AT&T's &#39;new&#39; terms", "AT&T's 'new' terms"),
    ("atom", "", "drops the &lt;iframe&gt;", "drops the <iframe>"),
    ("atom", " type='text'", "less &lt;b&gt; and &amp;amp; more", "less <b> and &amp; more"),
    ("atom", " type='html'", "less &lt;b&gt;and&lt;/b&gt; &amp;amp; more", "less and & more"),
    ("atom", " type='html'", "the &amp;lt;b&amp;gt; tag", "the <b> tag"),
    (
        "atom",
        " type='xhtml'",
        "<div xmlns='http://www.w3.org/1999/xhtml'>a <b>b</b> &lt;c&gt;</div>",
        "a b <c>",
    ),
]


@pytest.mark.parametrize(("kind", "said", "inner", "expected"), TITLES)
def test_titles_say_what_they_say(kind: str, said: str, inner: str, expected: str) -> None:
    assert one(f"<title{said}>{inner}</title>", kind).title == expected


def test_without_a_title_the_beginning_stands_for_it() -> None:
    assert one("<description>&lt;p&gt;New terms.&lt;/p&gt;</description>").title == "New terms."
    long = one(f"<description>{'word ' * 100}</description>")
    assert long.title == f"{('word ' * 24).strip()}…"
    assert one("<title/><guid>x</guid>").title == ""


@given(
    words=st.text(
        st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=80
    )
)
def test_no_word_of_a_text_title_is_lost(words: str) -> None:
    body = feed("atom", f"<entry><id>1</id><title type='text'>{escape(words)}</title></entry>")
    try:
        mojibake = words.encode("latin-1").decode(
            "utf-8"
        )  # feedparser mends what was encoded twice
    except UnicodeError:
        mojibake = words
    assert read(body).entries[0].title in (words, mojibake)


@given(html=st.text("<>&/ab!-;#\"'= p", max_size=60))
def test_any_html_has_words(html: str) -> None:
    for words in (text_of(html), title_of(html, True), title_of(html, False)):
        assert isinstance(words, str)


def test_a_stored_archive_is_no_feed() -> None:
    """Whoever fetches it unpacks it; here it is bytes like any others."""
    with pytest.raises(NotAFeedError):
        read(gzip.compress(b"<rss/>"))


def test_a_path_is_not_opened(tmp_path: Path) -> None:
    there = tmp_path / "feed.xml"
    there.write_text(feed("rss", entry("rss", "1")))
    with pytest.raises(NotAFeedError):
        read(str(there))
