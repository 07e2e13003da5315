"""The pages in a real browser: layout, keyboard, accessibility, and requests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.catalogue import Catalogue
from bot.jobs.trouble import for_operator
from bot.model import Address, Cursor, Record
from bot.states import SourceState
from bot.store import Store
from bot.store.watch import Alarm, Tally
from bot.verdicts import Excerpt, Origin
from bot.web.operate.views import VIEWS
from bot.web.site import Site
from tests.conftest import new_file
from tests.support.world import CHANGE, ITEM, tell
from tests.web.conftest import ME, TOKEN, follow, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
#: Without these it looks for its maker's servers, which a test must not.
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
#: What people read on, and in which light.
SCREENS = ((360, "light"), (360, "dark"), (1280, "light"), (1280, "dark"))
#: WCAG 2.2 AA, and what else the authors of axe advise.
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
PUBLIC = {
    "start": "/",
    "story": "/story/6",
    "inline": "/story/6?view=inline&lang=de",
    "service": "/service/linkedin",
    "howto": "/howto/linkedin?for=UK",
    "services": "/services?letter=g",
    "search": "/search?q=linkedn",
    "feeds": "/feeds",
    "about": "/about",
    "privacy": "/privacy?lang=pl",
    "terms": "/terms",
}
#: Where pictures of the pages go, if somebody wants to look at them.
PICTURES = os.environ.get("SMALLPRINT_PICTURES", "")
#: How wide a page is, and its window.
WIDTHS = "[document.documentElement.scrollWidth, window.innerWidth]"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium to look at pages with"),
]
Served = tuple[str, Site, Store]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser, started once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, known: Catalogue
) -> Iterator[Served]:
    """The site with ten stories, and with a past of LinkedIn's that fills a picture."""
    store = Store(new_file(tmp_path_factory.mktemp("pages"), migrated))
    store.open()
    with serving(store, known) as (base, site):
        for number in range(30):
            when = CHANGE.recorded + timedelta(days=7 * number)
            _tell(store, replace(CHANGE, uid=f"commit:{number}", recorded=when, effective=None))
        yield base, site, store
    store.close()


def _tell(store: Store, change: Any) -> int:
    """Tell a story that nobody has seen; its number."""
    uid = change.uid
    tell(store, change, replace(ITEM, uid=uid, title=uid, link=uid), change.recorded)
    return max(story.id for story in store.archive.published((), 60))


def context_of(chromium: Browser, width: int, light: str, scripts: bool = True) -> BrowserContext:
    """A window of that width, in a light or dark room."""
    size: Any = {"width": width, "height": 800}
    scheme: Any = light
    return chromium.new_context(
        viewport=size, color_scheme=scheme, java_script_enabled=scripts, reduced_motion="reduce"
    )


def watched(context: BrowserContext, base: str) -> tuple[Page, list[str]]:
    """A page, and what it fetches from elsewhere or complains about."""
    page, wrong = context.new_page(), list[str]()

    def asked(request: Any) -> None:
        """Note what leaves this host."""
        if urlsplit(request.url).netloc != urlsplit(base).netloc:
            wrong.append(request.url)

    page.on("request", asked)
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page, wrong


def open_page(page: Page, served: Served) -> None:
    """Open the own page of a chat that follows something, as a link in the chat does."""
    base, site, store = served
    follow(store, "facebook", "linkedin")
    now = site.clock()
    store.pages.offer(ME, "key", now + timedelta(minutes=15), now)
    page.goto(f"{base}/page/key")
    page.get_by_role("button", name="Open the page").click()
    page.wait_for_url(f"{base}/me")


def looks_right(page: Page, name: str) -> None:
    """It fits its window, and axe has nothing to say."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    wide, window = page.evaluate(WIDTHS)
    assert wide <= window, f"{name} is wider than its window"
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"


@pytest.mark.parametrize(("width", "light"), SCREENS)
def test_pages_fit_and_are_read_by_everybody(
    chromium: Browser, served: Served, width: int, light: str
) -> None:
    base = served[0]
    context = context_of(chromium, width, light)
    page, wrong = watched(context, base)
    for name, path in PUBLIC.items():
        page.goto(base + path)
        looks_right(page, f"{name}-{width}-{light}")
    open_page(page, served)
    looks_right(page, f"own-{width}-{light}")
    assert wrong == []
    context.close()


def test_everything_works_by_keyboard_alone(chromium: Browser, served: Served) -> None:
    base, site, store = served
    context = context_of(chromium, 1280, "light")
    page, wrong = watched(context, base)
    page.goto(base)
    press = page.keyboard.press
    press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().x") >= 0
    _tab_to(page, "q")
    page.keyboard.type("linkedn")
    press("Enter")
    page.wait_for_url("**/search?q=linkedn")
    page.get_by_role("link", name="LinkedIn", exact=True).focus()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) != "none"
    press("Enter")
    page.wait_for_url("**/service/linkedin")
    now = site.clock()
    store.pages.offer(ME, "by-keyboard", now + timedelta(minutes=15), now)
    page.goto(f"{base}/page/by-keyboard")
    page.get_by_role("button", name="Open the page").focus()
    press("Enter")
    page.wait_for_url(f"{base}/me")
    page.get_by_role("checkbox", name="YouTube", exact=True).focus()
    press("Space")
    press("Enter")
    page.wait_for_selector("[role=status]")
    assert "youtube" in {each.service for each in store.subscriptions.of(ME)}
    assert wrong == []
    context.close()


def _tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the element with an id has the focus."""
    for _press in range(30):
        if page.evaluate("document.activeElement.id") == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"nobody gets to {wanted} by keyboard")


def test_nothing_needs_a_script(chromium: Browser, served: Served) -> None:
    base, _site, store = served
    context = context_of(chromium, 360, "light", scripts=False)
    page, _wrong = watched(context, base)
    open_page(page, served)
    page.get_by_role("checkbox", name="Facebook").first.uncheck()
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("You will hear nothing more of: Facebook.").wait_for()
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_text("You follow Facebook as before.").wait_for()
    page.get_by_role("button", name="Close this page").click()
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/me")
    page.get_by_text("This page is not open").wait_for()
    assert store.subscriptions.of(ME)
    context.close()


def test_text_from_right_to_left(chromium: Browser, served: Served) -> None:
    base, _site, store = served
    arabic = "نستخدم بياناتك لتدريب الذكاء الاصطناعي ما لم تعترض على ذلك."
    passage = Excerpt("نستخدم بياناتك لتحسين خدماتنا فقط.", arabic)
    change = replace(CHANGE, uid="commit:ar", language="ar", excerpts=(passage,))
    number = _tell(store, change)
    context = context_of(chromium, 360, "light")
    page, wrong = watched(context, base)
    page.goto(f"{base}/story/{number}")
    text = page.locator(".text").last
    assert text.evaluate("each => getComputedStyle(each).direction") == "rtl"
    looks_right(page, "arabic-360-light")
    for path in ("/", f"/story/{number}", "/service/linkedin"):
        page.goto(base + path)
        page.evaluate("document.documentElement.dir = 'rtl'")
        wide, window = page.evaluate(WIDTHS)
        assert wide <= window
    assert wrong == []
    context.close()


def test_on_paper_all_of_it_is_there(chromium: Browser, served: Served) -> None:
    base, _site, store = served
    middle = " ".join(f"word{number}" for number in range(60))
    passage = Excerpt(f"We keep it. {middle} The end.", f"We sell it. {middle} The end.")
    number = _tell(store, replace(CHANGE, uid="commit:long", excerpts=(passage,)))
    context = context_of(chromium, 1280, "dark")
    page, _wrong = watched(context, base)
    page.goto(f"{base}/story/{number}")
    folded = page.locator(".unfolded").first
    assert not folded.is_visible()
    page.get_by_text("words unchanged").first.click()
    assert folded.is_visible()
    page.reload()
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert folded.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    context.close()


def test_another_sites_form_does_nothing(chromium: Browser, served: Served) -> None:
    base, _site, store = served
    context = context_of(chromium, 1280, "light")
    page, _wrong = watched(context, base)
    open_page(page, served)
    before = store.subscriptions.of(ME)
    page.goto("about:blank")
    page.set_content(
        f'<form method="post" action="{base}/me"><input name="line" value="forget yes">'
        "<button>win</button></form>"
    )
    page.get_by_role("button").click()
    page.wait_for_load_state()
    assert store.subscriptions.of(ME) == before
    page.goto("about:blank")
    page.set_content(f'<iframe src="{base}/me"></iframe>')
    assert "What you follow" not in page.frames[-1].content()
    context.close()


# -- the operator


def give_up(store: Store, site: Site) -> None:
    """A message that telegram would not take, and a source that does not answer."""
    now = site.clock()
    change = for_operator("dead", "words", Record.TROUBLE, Origin.TROUBLE, now)
    store.stories.tell_one(Address("telegram", "dead"), change, now)
    claimed = store.outbox.claim("telegram", "me", now, timedelta(minutes=1), 50)
    for each in claimed:
        store.outbox.give_up(each, "me", "Bad Gateway")
    store.sources.due(["noyb"], now)
    store.sources.failed("noyb", Cursor(), "404", now + timedelta(hours=3), SourceState.FAILING)
    tallies = [Tally(now - timedelta(minutes=each), "telegram", each, 1, 0) for each in range(9)]
    said = '{"version": "1", "roles": ["send"], "began": "", "connections": []}'
    store.watch.beat("owner", said, tallies, now)
    store.watch.begin_alarm(Alarm("DeadLetters", "telegram", now, "1 message given up"))


def log_in(page: Page, base: str) -> None:
    """Through the door of the operator's pages."""
    page.goto(f"{base}/admin")
    page.get_by_label("The token").fill(TOKEN)
    page.get_by_role("button", name="Open").click()
    page.get_by_role("heading", name="Overview").wait_for()


def test_an_operator_walks_through(chromium: Browser, served: Served) -> None:
    """Login, sources, a dead letter sent again, a dry run, an announcement, the record."""
    base, site, store = served
    give_up(store, site)
    context = context_of(chromium, 1280, "light")
    page, wrong = watched(context, base)
    log_in(page, base)
    assert page.get_by_text("DeadLetters telegram").is_visible()
    page.get_by_role("link", name="Sources", exact=True).click()
    page.get_by_role("button", name="Pause noyb").click()
    page.get_by_text("noyb is not asked any more.").wait_for()
    page.get_by_role("button", name="Go on with noyb").click()
    page.get_by_text("noyb is asked again, at once.").wait_for()
    page.get_by_role("link", name="Queue").click()
    dead = store.vitals.dead_letters(50)
    page.get_by_role("button", name=f"Send {dead[0].id} again").click()
    page.get_by_text("1 message will be sent again.").wait_for()
    assert len(store.vitals.dead_letters(50)) == len(dead) - 1
    page.get_by_role("link", name="Dry run").click()
    page.get_by_label("Number of a story").fill("6")
    page.get_by_role("button", name="Count").first.click()
    page.get_by_text("would get it").wait_for()
    page.get_by_role("link", name="Announce").click()
    page.get_by_label("At most").fill("This instance moves.\nNothing changes for you.")
    page.get_by_role("button", name="Count whom it reaches").click()
    count = sum(store.announcing.everybody().values())
    page.get_by_label("To tell them").fill(str(count))
    page.get_by_role("button", name="Tell everybody").click()
    page.get_by_text("will be told.").wait_for()
    page.get_by_role("link", name="Record").click()
    assert page.get_by_role("cell", name="send again").is_visible()
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("The token").wait_for()
    assert wrong == []
    context.close()


def test_the_operators_pages_fit(chromium: Browser, served: Served) -> None:
    base, site, store = served
    give_up(store, site)
    context = context_of(chromium, 360, "dark")
    page, wrong = watched(context, base)
    page.goto(f"{base}/admin")
    looks_right(page, "operator-login")
    log_in(page, base)
    for name in VIEWS:
        page.goto(f"{base}/admin/{name}?service=linkedin")
        looks_right(page, f"operator-{name}")
    assert wrong == []
    context.close()
