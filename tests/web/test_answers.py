"""The rendering of pages: once per key, few at a time, without cost to others."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from typing import Any

import pytest

from bot.web.answers import AT_ONCE, MOST_BYTES, MOST_WAITING, Answer, Answers, BusyError
from tests.web.conftest import Browser


async def test_who_asks_for_the_same_waits_for_the_same() -> None:
    made: list[int] = []

    def build() -> Answer:
        """Take a while."""
        made.append(1)
        time.sleep(0.05)
        return Answer.of("x" * 1_000)

    kept = Answers()
    found = await asyncio.gather(*(kept.public("page", build) for _ in range(30)))
    assert len(made) == 1
    assert len({id(each) for each in found}) == 1
    await kept.public("page", build, seconds=0)
    assert len(made) == 1, "it is still fresh"


async def test_what_is_old_is_made_again_and_what_fails_is_not_kept() -> None:
    kept, tries = Answers(), []

    def build() -> Answer:
        """Fail once."""
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("once")
        return Answer.of("well")

    with pytest.raises(ValueError, match="once"):
        await kept.public("page", build)
    assert (await kept.public("page", build, seconds=0)).body == b"well"
    await kept.public("page", build)
    assert len(tries) == 3


async def test_few_are_made_at_a_time_and_few_wait() -> None:
    gate, at_once, most = threading.Event(), [0], [0]

    def build() -> Answer:
        """Wait until the test has looked."""
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        gate.wait(10)
        at_once[0] -= 1
        return Answer.of("")

    kept = Answers()
    asked = [
        asyncio.create_task(kept.public(number, build)) for number in range(AT_ONCE + MOST_WAITING)
    ]
    await asyncio.sleep(0.1)
    with pytest.raises(BusyError):
        await kept.public("one more", build)
    gate.set()
    await asyncio.gather(*asked)
    assert most[0] == AT_ONCE
    assert (await kept.public("one more", build)).body == b""


async def test_what_is_kept_has_a_bound() -> None:
    kept, big = Answers(), Answer.of(bytes(range(256)) * 4096)
    for number in range(100):
        await kept.public(number, lambda: big)
    assert kept._bytes <= MOST_BYTES
    assert len(kept._kept) == MOST_BYTES // len(big)


async def test_nothing_is_compressed_twice(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    squeezed: list[int] = []
    real = gzip.compress

    def compress(body: bytes, *rest: Any, **more: Any) -> bytes:
        """Count."""
        squeezed.append(len(body))
        return real(body, *rest, **more)

    monkeypatch.setattr(gzip, "compress", compress)
    for encoding in ("gzip", "identity", "deflate", "gzip"):
        for path in ("/catalogue.json", "/story/6", "/feed.atom"):
            status, _text, _headers = await browser.get(path, Accept_Encoding=encoding)
            assert status == 200
    assert len(squeezed) == 2, "the catalogue was compressed at the start"


async def test_addresses_that_say_nothing_make_no_page(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/about", "/story/6/picture.png", "/feed.atom", "/howto/linkedin"):
        await browser.get(path)
    monkeypatch.setattr(Answers, "fresh", None)  # making one would fail
    for odd in ("x=1", "q=a", "letter=b", "page=7&view=inline", "utm_source=y", "view=no"):
        for path in ("/about", "/story/6/picture.png", "/feed.atom", "/howto/linkedin"):
            if not (path == "/feed.atom" and "page" in odd):
                status, _text, _headers = await browser.get(f"{path}?{odd}")
                assert status == 200


async def test_an_encoded_slash_is_no_slash(browser: Browser) -> None:
    for path, status in (("/story/6%2Fpicture.png", 404), ("/story/6/picture.png", 200)):
        assert (await browser.get(path))[0] == status
        assert (await browser.get(path))[0] == status


async def test_who_takes_nothing_compressed_gets_it_so(browser: Browser) -> None:
    for accepted in ("gzip;q=0", "identity", "br, gzip; q=0.0", ""):
        _status, _text, headers = await browser.get("/about", Accept_Encoding=accepted)
        assert "Content-Encoding" not in headers
