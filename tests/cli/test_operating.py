"""The operator's verbs: the health of the process, and announcements."""

from __future__ import annotations

import json
import threading
from argparse import Namespace
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.cli import announce, health
from bot.model import Address, Subscription
from bot.store import Store
from tests.support.world import NOW

CHECKS = json.dumps(
    {
        "ready": False,
        "checks": [
            {"name": "database", "ok": True, "words": "answers"},
            {"name": "telegram", "ok": False, "words": "does not answer"},
        ],
    }
).encode()
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """A process that is alive and not ready, at the address of the settings; what it was asked."""
    found: list[str] = []

    class Process(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_response(200 if self.path == "/healthz" else 503)
            self.end_headers()
            self.wfile.write(b"ok\n" if self.path == "/healthz" else CHECKS)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Process)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMALLPRINT_HEALTH", f"0.0.0.0:{server.server_port}")
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_process_is_asked_how_it_is(asked: list[str], capsys: Capture) -> None:
    assert health.run(Namespace(alive=True)) == 0
    assert health.run(Namespace(alive=False)) == 1
    assert asked == ["/healthz", "/readyz"]
    said = capsys.readouterr()
    assert said.out == "ok\n"
    assert said.err == "ok   database: answers\nBAD  telegram: does not answer\n"


@pytest.mark.parametrize("listens", ["", "127.0.0.1:9"])
def test_where_nobody_answers_nothing_is_well(
    listens: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMALLPRINT_HEALTH", listens)
    assert health.run(Namespace(alive=True)) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_text_for_everybody_wants_their_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMALLPRINT_DATABASE", url)
    store = Store(url)
    store.open()
    for number in "123":
        chat = Address("telegram", number)
        store.subscriptions.add(Subscription(chat, "linkedin", frozenset({"EU"})), NOW)
    text = "This instance ends on 1 March."
    for count in (None, "2"):
        assert announce.run(Namespace(text=text, count=count)) == 1
        assert "It would reach 3 chats" in capsys.readouterr().out
        assert store.outbox.depth() == {}
    assert announce.run(Namespace(text=text, count="3")) == 0
    assert store.outbox.depth() == {"queued": 3}
    assert [each.did for each in store.operators.deeds(9)] == ["announce"]
    assert announce.run(Namespace(text=" ", count="3")) == 1
    assert "There is nothing to say." in capsys.readouterr().err
    store.close()
