"""The list of sources: its content, what an operator turns off, and how to add one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import catalogue
from bot.cli import main
from bot.feeds import choices, sources, web_page
from bot.feeds import listing as listing_of
from bot.feeds.choices import DiscoveryError
from bot.feeds.discovery import Discovered, discover
from bot.feeds.fetch import Fetcher, Page
from bot.feeds.sources import SourcesError
from bot.model import Item, Record, Source, SourceKind
from bot.understand.articles import understand_text
from tests.promises.test_sources import Feeds

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
#: Whose words for terms are known to `understand`.
JUDGED = set("en de fr es it nl pl sv cs hr et".split())


def listing(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text)
    return path


def ids(path: Path) -> list[str]:
    return [source.id for source in sources.load(path)]


def test_the_default_list_says_why_and_since_when() -> None:
    found = sources.everything(sources.DEFAULT)
    assert [each.source.id for each in found if not each.why or not each.evidence] == []
    assert [
        each.source.id for each in found if each.enabled and each.source.language not in JUDGED
    ] == []
    urls = [each.source.url for each in found if each.source.url]
    assert len(urls) == len(set(urls))
    known = {each.source.id for each in found if each.enabled}
    assert known >= set("edpb edps ico cnil aepd garante bfdi imy aki uoou azop idpc".split())
    assert known >= set("noyb eff edri epicenter-works beuc gdprhub privacy-international".split())
    assert known >= set("github-changelog github-site-policy openai meta-newsroom mozilla".split())


def test_the_default_list_less_some_and_more(tmp_path: Path) -> None:
    path = listing(
        tmp_path,
        'extends = "default"\noff = ["eff", "edri"]\n'
        '[[source]]\nid = "mine"\nkind = "news"\nurl = "https://example.org/feed"\n'
        '[[source]]\nid = "noyb"\nkind = "news"\nurl = "https://example.org/noyb"\n',
    )
    found = sources.load(path)
    assert set(ids(path)) == set(ids(sources.DEFAULT)) - {"eff", "edri"} | {"mine"}
    assert [s.url for s in found if s.id == "noyb"] == ["https://example.org/noyb"]
    assert set(ids(listing(tmp_path, 'extends = "default"\n'))) == set(ids(sources.DEFAULT))


def test_one_line_turns_a_source_off_or_on(tmp_path: Path) -> None:
    block = '[[source]]\nid = "{0}"\nkind = "news"\nurl = "https://example.org/{0}"\n'
    path = listing(tmp_path, block.format("one") + block.format("two") + "enabled = false\n")
    assert ids(path) == ["one"]
    assert [each.enabled for each in sources.everything(path)] == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('extends = "others"\n', 'extends can only be "default"'),
        ("extends = 1\n", 'extends can only be "default"'),
        ('extends = "default"\noff = ["efff"]\n', "off names 'efff', which is not in the list"),
        ('extends = "default"\noff = "eff"\n', "off is a list of ids"),
        ('extends = "default"\n[source]\nid = "x"\n', "a source begins with [[source]]"),
        ('extends = "default"\non = ["eff"]\n', "unknown section [on]"),
        (
            '[[source]]\nid = "a"\nkind = "news"\nurl = "https://x"\nenabled = "no"\n',
            "source a: enabled",
        ),
        (
            '[[source]]\nid = "a"\nkind = "news"\nurl = "https://x"\nevidence = "May"\n',
            "source a: evidence",
        ),
        (
            '[[source]]\nid = "a"\nkind = "news"\nurl = "https://x"\nlanguage = "English"\n',
            "source a: language",
        ),
    ],
)
def test_a_list_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourcesError) as refused:
        sources.load(listing(tmp_path, text))
    assert said in str(refused.value)


def test_collections_stay_as_they_are() -> None:
    found = sources.load(sources.DEFAULT)
    collections = [source for source in found if source.kind is SourceKind.COLLECTION]
    assert all(source.url.endswith("/") and source.github for source in collections)
    assert {source.language for source in collections if source.id == "france"} == {"fr"}


TOLD = """de: Meta ändert Datenschutzrichtlinie | de: TikTok ändert Nutzungsbedingungen
fr: LinkedIn modifie ses conditions générales | fr: LinkedIn va entraîner ses modèles d'IA
es: WhatsApp cambia su política de privacidad | es: Spotify cambia los términos de servicio
it: TikTok, l'informativa sulla privacy non è chiara | it: Netflix aggiorna le condizioni d'uso
nl: Spotify past privacybeleid aan | nl: AP waarschuwt voor AI-training door Meta
pl: Facebook zmienia politykę prywatności | pl: Allegro zmienia regulamin serwisu Facebook
cs: Facebook mění zásady ochrany osobních údajů | sv: Spotify ändrar sina användarvillkor
en: LinkedIn will use your data to train AI | en: TikTok and your data: what changes
en: Spotify may share some of your data with partners | en: Discord updates its terms of service
hr: Facebook mijenja pravila privatnosti | et: Facebook muudab kasutustingimusi"""
UNTOLD = """en: Google sues scammers, so protect yourself | en: Gmail learns to sort letters
de: Was Meta und Google im Bundestag wollen, und der Datenschutz
de: Google und das Datenschutzrecht
fr: La CNIL sanctionne Google et parle de confidentialité | fr: Un discord sur la confidentialité
es: Meta del año: privacidad | es: La AEPD multa a Vodafone por la privacidad
it: Meta raggiunta con un'informativa semplice | it: Google e la privacy dei bambini
nl: Google en de privacy van kinderen | pl: Facebook i prywatność dzieci
cs: Google a ochrana osobních údajů | sv: IMY granskar Spotify och integritet
et: Google ja andmekaitse"""


NAMES = catalogue.load().names


def verdict(said: str, text: str = "") -> str:
    title = said.strip()[4:]
    item = Item("u", "s", Record.ARTICLE, NOW, title, "https://example.org/1", text=text or title)
    return understand_text(item, NAMES).verdict.value


@pytest.mark.parametrize("said", TOLD.replace("\n", "|").split("|"))
def test_news_of_terms_is_told_in_the_languages_of_the_list(said: str) -> None:
    assert verdict(said) == "material"


@pytest.mark.parametrize("said", UNTOLD.replace("\n", "|").split("|"))
def test_a_word_for_privacy_beside_a_name_is_no_news_of_terms(said: str) -> None:
    assert verdict(said) == "noise"


def test_what_companies_always_write_is_no_news_of_terms() -> None:
    assert (
        verdict("en: Google sues scammers", "A password manager will protect your data.") == "noise"
    )
    assert verdict("en: New in Gmail", "We keep your data safe, always.") == "noise"
    assert (
        verdict("en: New in Gmail", "From May on Gmail uses your data to train models.")
        == "material"
    )


def rss(*titles: str, head: str = "") -> bytes:
    items = "".join(
        f"<item><guid>{number}</guid><title>{title}</title><link>https://example.org/{number}</link>"
        f"<pubDate>Mon, {number:02} Nov 2026 08:00:00 GMT</pubDate></item>"
        for number, title in enumerate(titles, 1)
    )
    return f"<rss version='2.0'><channel><title>t</title>{head}{items}</channel></rss>".encode()


ATOM = (
    b"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de-AT'><title>t</title><id>i</id>"
    b"<entry><id>a</id><title>Eins</title><link href='https://example.org/a'/>"
    b"<updated>2026-11-03T08:00:00Z</updated></entry></feed>"
)


def page(*links: str, language: str = "en") -> web.Response:
    text = (
        f"<!doctype html><html lang='{language}'><head>{''.join(links)}</head><body>b</body></html>"
    )
    return web.Response(text=text, content_type="text/html")


def link(href: str, title: str = "", kind: str = "application/rss+xml", more: str = "") -> str:
    return f"<link rel='alternate' type='{kind}' title='{title}' href='{href}' {more}>"


@pytest.fixture
async def site() -> AsyncIterator[tuple[Feeds, str]]:
    here = Feeds()

    async def answer(request: web.Request) -> web.StreamResponse:
        found = here.answers.get(request.path)
        if found is None:
            raise web.HTTPNotFound
        return found() if callable(found) else web.Response(body=found)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield here, str(server.make_url("/"))
    await server.close()


async def discovered(url: str, number: int = 1) -> Discovered:
    async with Fetcher("test", allow_private=True) as fetcher:
        return await discover(fetcher, url, number, NOW)


async def refusal(url: str, number: int = 1) -> str:
    with pytest.raises(DiscoveryError) as refused:
        await discovered(url, number)
    return str(refused.value)


async def test_a_feed_is_its_own_feed(site: tuple[Feeds, str]) -> None:
    here, base = site
    here.answers["/feed"] = rss("One", "Two", head="<language>fr-FR</language>")
    here.answers["/atom"] = ATOM
    found = await discovered(f"{base}feed#top")
    assert (found.source.url, found.source.kind, found.source.language) == (
        f"{base}feed",
        SourceKind.NEWS,
        "fr",
    )
    assert [item.title for item in found.items] == ["Two", "One"]
    assert (await discovered(f"{base}atom")).source.language == "de"


@pytest.mark.parametrize(
    "links",
    [
        [link("/a.xml")],
        [link("a.xml", kind="application/atom+xml")],
        ["<!-- ", link("/old.xml"), " -->", link("/a.xml")],
        ["<base href='/sub/'>", link("../a.xml")],
        [link("javascript:alert(1)"), link("ftp://example.org/x"), link("/a.xml")],
        ["<LINK HREF=/a.xml TYPE=application/rss+xml REL='home ALTERNATE'>"],
        [
            "<link rel='alternate' hreflang='de' href='/de/'>",
            link("/style", kind="text/css"),
            link("/a.xml", kind="text/xml"),
        ],
        ["<a href='/about'>x</a><a class=rss href='/feeds/rss'>RSS</a>"],
        [],
    ],
    ids=range(9),
)
async def test_the_feed_of_a_web_page(site: tuple[Feeds, str], links: list[str]) -> None:
    here, base = site
    here.answers["/"] = lambda: page(*links, language="nl-BE")
    for path in ("/a.xml", "/feeds/rss", "/atom.xml"):
        here.answers[path] = rss(path)
    named = "".join(links)
    expected = "a.xml" if "a.xml" in named else "feeds/rss" if "feeds" in named else "atom.xml"
    found = await discovered(base)
    assert found.source.url == f"{base}{expected}"
    if expected == "a.xml":
        assert found.source.language == "nl"


async def test_several_feeds_to_choose_from(site: tuple[Feeds, str]) -> None:
    here, base = site
    here.answers["/blog"] = lambda: page(
        link("/all", "All"), link("/all", "All again"), link("/de", "Deutsch", more="hreflang='de'")
    )
    here.answers |= {"/all": rss("a"), "/de": rss("d")}
    first = await discovered(f"{base}blog")
    assert [choice.title for choice in first.choices] == ["All", "Deutsch"]
    second = await discovered(f"{base}blog", 2)
    assert (second.source.url, second.source.language, second.taken) == (f"{base}de", "de", 2)
    for number in (0, 3, -1):
        assert "it has 2" in await refusal(f"{base}blog", number)


async def test_what_has_no_feed_says_so(site: tuple[Feeds, str]) -> None:
    here, base = site
    here.answers["/page"] = lambda: page()
    here.answers["/text"] = lambda: web.Response(text="hello", content_type="text/plain")
    here.answers["/empty"] = rss()
    here.answers["/broken"] = lambda: page(link("/text"))
    assert "is a web page, and no feed was found on it" in await refusal(f"{base}page")
    assert "cannot be read as a feed" in await refusal(f"{base}text")
    assert "without entries" in await refusal(f"{base}empty")
    assert "cannot be read as a feed" in await refusal(f"{base}broken")
    assert "there is no such page (404)" in await refusal(f"{base}nowhere")
    assert "cannot be reached" in await refusal("http://127.0.0.1:9/")
    async with Fetcher("test") as guarded:
        with pytest.raises(DiscoveryError, match="private network"):
            await discover(guarded, base, 1, NOW)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ftp://x.org/f",
        "file:///etc/passwd",
        "http://",
        "http://x:99999/",
        "https://a b/",
        "http://me@x.org/",
    ],
)
async def test_what_is_no_address_says_so(typed: str) -> None:
    assert "is not an http or https address" in await refusal(typed)


async def test_a_huge_hostile_page_is_read_to_a_bound() -> None:
    for piece in (
        "<!--",
        "<link ",
        "<a href=",
        "<link rel=alternate href='",
        "<base href=/x>",
        "<!",
        "<script>",
    ):
        body = f"<html>{piece * 100_000}".encode()
        named, likely = web_page.choices_of(Page("https://example.org/", body))
        assert len(named) <= web_page.MAX_CHOICES
        assert len(likely) <= web_page.MAX_TAGS


def test_addresses_whose_form_is_known() -> None:
    def urls(url: str) -> list[str]:
        return [choice.url or choice.github for choice in choices.known(url)]

    home = "https://github.com/github/site-policy"
    assert urls(home) == [f"{home}/commits.atom", f"{home}/releases.atom"]
    assert urls(f"{home}.git") == urls(f"{home}/tree/main/Policies") == urls(home)
    assert urls(f"{home}/releases/")[0] == f"{home}/releases.atom"
    assert (
        urls(f"{home}/commits/main.atom")
        == urls("https://github.com/github")
        == urls("https://example.org/a/b")
        == []
    )
    [archive] = choices.known("https://github.com/OpenTermsArchive/pga-versions")
    assert (archive.kind, archive.github) == (SourceKind.GITHUB, "OpenTermsArchive/pga-versions")
    [collection] = choices.known("http://127.0.0.1/france/collection-api/v1")
    assert (collection.kind, collection.url) == (
        SourceKind.COLLECTION,
        "http://127.0.0.1/france/collection-api/v1/",
    )


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("http://www.Example.org/feed/", True),
        ("https://example.org:443/feed", True),
        ("https://example.org/feed?", True),
        ("https://example.org/Feed", False),
        ("https://example.org/feed?x=1", False),
        ("https://example.org:8443/feed", False),
    ],
)
def test_one_address_in_two_forms(other: str, is_same: bool) -> None:
    assert listing_of.same("https://example.org/feed", other) is is_same


def test_an_id_of_its_own() -> None:
    def made(url: str, *taken: str) -> str:
        return listing_of.new_id(Source("new", SourceKind.NEWS, url), taken)

    assert made("https://www.example.org/feed") == "example"
    assert made("https://blog.example.co.uk/feed", "blog-example-co") == "blog-example-co-2"
    assert made("https://noyb.eu/x", "noyb", "noyb-2") == "noyb-3"
    assert made("http://127.0.0.1:80/x") == "127-0-0-1"


def test_a_block_is_added_and_all_else_stays(tmp_path: Path) -> None:
    path = listing(tmp_path, '# mine\nextends = "default" # all\n\noff = ["eff"]\n# the end')
    path.chmod(0o640)
    listing_of.append(
        path,
        Source("mine", SourceKind.NEWS, "https://example.org/f", 10_800, language="de"),
        "2026-11-26",
    )
    text = path.read_text()
    assert text.startswith(
        '# mine\nextends = "default" # all\n\noff = ["eff"]\n# the end\n\n[[source]]\nid = "mine"\n'
    )
    assert path.stat().st_mode & 0o777 == 0o640
    [added] = [each for each in sources.everything(path) if each.source.id == "mine"]
    assert (added.source.language, added.source.every, added.evidence) == (
        "de",
        10_800,
        "2026-11-26",
    )
    assert list(tmp_path.iterdir()) == [path], "nothing is left behind"


def test_a_list_that_cannot_take_it_stays_as_it_was(tmp_path: Path) -> None:
    path = listing(
        tmp_path, 'source = [{id = "a", kind = "news", url = "https://example.org/a"}]\n'
    )
    before = path.read_text()
    with pytest.raises(SourcesError):
        listing_of.append(
            path, Source("mine", SourceKind.NEWS, "https://example.org/f"), "2026-11-26"
        )
    with pytest.raises(SourcesError, match="is not changed"):
        listing_of.append(
            sources.DEFAULT, Source("mine", SourceKind.NEWS, "https://example.org/f"), "2026-11-26"
        )
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


class Console:
    """The command line, in this process."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self._set, self._read = monkeypatch.setenv, capsys.readouterr
        monkeypatch.chdir(folder)
        monkeypatch.setenv("SMALLPRINT_ALLOW_PRIVATE_NETWORKS", "1")
        for name in ("SMALLPRINT_SOURCES", "DISCORD_TOKEN", "TELEGRAM_TOKEN"):
            monkeypatch.delenv(name, raising=False)

    def listen(self, path: Path) -> None:
        self._set("SMALLPRINT_SOURCES", str(path))

    async def run(self, *words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(main, words)
        said = self._read()
        return code, said.out, said.err


@pytest.fixture
def console(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Console:
    return Console(monkeypatch, capsys, tmp_path)


async def test_the_command(site: tuple[Feeds, str], tmp_path: Path, console: Console) -> None:
    here, base = site
    here.answers["/"] = lambda: page(link("/a", "A\x1b[2J"), link("/b", "B"))
    here.answers |= {"/a": rss("LinkedIn changes its terms"), "/b": rss("Other")}
    code, said, _ = await console.run("sources", "add", base)
    assert code == 0
    assert "2026-11-01  LinkedIn changes its terms" in said
    assert "There are 2 feeds; --feed N takes another" in said
    assert 'Added "127-0-0-1" to data/sources.toml' in said
    assert "Set SMALLPRINT_SOURCES=data/sources.toml" in said
    assert "\x1b" not in said
    own = tmp_path / "data" / "sources.toml"
    console.listen(own)
    assert set(ids(own)) == {*ids(sources.DEFAULT), "127-0-0-1"}
    code, _, error = await console.run("sources", "add", f"{base}a/")
    assert code == 1  # the page of that address is not there
    code, _, error = await console.run("sources", "add", f"{base}a")
    assert (code, error) == (1, 'Not done: it is in the list already, as "127-0-0-1"\n')
    code, said, _ = await console.run("sources", "add", base, "--feed", "2")
    assert (code, ids(own)[-1]) == (0, "127-0-0-1-2")
    code, said, _ = await console.run("sources")
    assert code == 0
    assert "on   127-0-0-1-2" in said
    assert "off  vzbv" in said


async def test_check_names_what_does_not_answer(
    site: tuple[Feeds, str], tmp_path: Path, console: Console
) -> None:
    here, base = site
    here.answers["/good"] = rss("One")
    here.answers["/page"] = lambda: page()
    rows = "".join(
        f'[[source]]\nid = "{name}"\nkind = "news"\nurl = "{base}{name}"\n'
        for name in ("good", "page", "gone")
    )
    path = listing(
        tmp_path,
        rows
        + '[[source]]\nid = "asleep"\nkind = "news"\nurl = "http://127.0.0.1:9/"\n'
        + "enabled = false\n",
    )
    console.listen(path)
    code, said, _ = await console.run("check")
    assert code == 1
    assert "ok   sources: 3 listed, 1 more are off" in said
    assert "ok   source good: 1 entries, the newest of 2026-11-01" in said
    assert (
        "BAD  source page: a web page stands where its feed should be: it is a web page, not a feed"
        in said
    )
    assert "BAD  source gone: cannot be read at the moment: there is no such page (404)" in said
    assert 'To do without what does not answer: off = ["gone", "page"]' in said
    assert "asleep" not in said
    code, said, _ = await console.run("check", "--offline")
    assert (code, "source good" in said) == (0, False)
