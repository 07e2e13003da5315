"""The corpus: one input of each kind, and the pieces used for mutations."""

from __future__ import annotations

import gzip
import zlib

RSS = b"""\0<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>News</title><link>https://e.org/</link>
<item><title>One &amp; two</title><link>/1</link>
<guid isPermaLink="false">1</guid><pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate>
<category>a</category>
<content:encoded><![CDATA[<p>Words <b>of</b> one</p>]]></content:encoded></item>
<item><title>Three</title><guid>https://e.org/3</guid>
<description>Four &lt;b&gt;</description></item></channel></rss>"""
ATOM = b"""\0<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"
 xml:base="https://e.org/a/"><title>N</title>
<entry><id>tag:e.org,2026:1</id><title type="html">One</title><link rel="alternate" href="1"/>
<updated>2026-11-02T08:00:00.5Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p>
</div></content><category term="LinkedIn"
 scheme="tag:opentermsarchive.org,2026:scheme:service"/>
<category term="Privacy Policy"
 scheme="tag:opentermsarchive.org,2026:scheme:terms-type"/></entry></feed>"""
RDF = b"""\0<rdf:RDF xmlns="http://purl.org/rss/1.0/"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>t</title></channel>
<item rdf:about="y">
<title>T</title><link>https://e.org/y</link><dc:date>2026-11-02</dc:date></item></rdf:RDF>"""
COMMITS = b"""\0<feed xmlns="http://www.w3.org/2005/Atom">
<entry><id>tag:github.com,2008:Grit::Commit/0a1b</id>
<link href="https://github.com/o/r/commit/0a1b"/>
<title>Record new changes of X Privacy Policy</title>
<updated>2026-11-01T12:00:00Z</updated>
<content type="html">&lt;pre&gt;Record new changes of X Privacy Policy&lt;/pre&gt;</content>
</entry></feed>"""
HEADERS = b"no-cache, max-age=3600\nTue, 03 Nov 2026 12:00:00 GMT"
DATES = b"Tue, 29 Sept 2026 15:53:56 +0300"

FEEDS = (RSS, ATOM, RDF, COMMITS)
PACKED = (
    gzip.compress(RSS, mtime=0),
    zlib.compress(RSS),
    gzip.compress(b"0" * 10**6, mtime=0),
    RSS,
)
BEGINNINGS = {
    "reading": FEEDS,
    "identities": FEEDS,
    "packings": PACKED,
    "times": (HEADERS, DATES, b"3600", b"29.09.26"),
}

PIECES = (
    b"<",
    b">",
    b"&",
    b"&nbsp;",
    b"&#0;",
    b"&#x110000;",
    b"&amp;lt;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?",
    b"?>",
    b"<item>",
    b"</item>",
    b"<entry>",
    b"</entry>",
    b"<title>",
    b"</title>",
    b"<link href='",
    b"'/>",
    b"\xff",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&a;",
    b" xml:base='//'",
    b" xmlns:x='y'",
    b"<x:y>",
    b"encoding='utf-16'",
    b"http://[",
    b"//",
    b"javascript:",
    b"data:image/png;base64,AAAA",
    b"9999-12-31",
    b"0000-00-00",
    b"24:00",
    b"GMT+99",
    b"max-age=",
    b"99999999999999999999",
    b"-1",
    b"\r\n",
    b"\xe2\x80\xae",
)
