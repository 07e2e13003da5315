"""Error reports and traces: off by default, and without anything that people wrote."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bot.app import App
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.feeds.inflate import DECODERS
from bot.jobs.deliver import Deliverer
from bot.model import Address, Subscription
from bot.outcomes import Refused, Sent
from bot.platform import Request
from bot.render.delivery import Words
from bot.runtime import exporting, logs, reporting, reports, traces
from bot.settings import Settings
from bot.store import Store
from lab.bench import processes
from tests.jobs.test_deliver import FakeChat
from tests.support.world import NOW, tell

TOKEN = "123456:" + "A" * 35
PASSWORD = "correct-horse"  # of a database
WORDS = "my divorce is nobody's business"
CHAT = "7654321987"
log = structlog.get_logger()


class Collector:
    """Takes what is posted, on this machine; `status` is what it answers."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.status = 200
        self.pause = 0.0
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if packed := self.headers.get("Content-Encoding"):
                    body = DECODERS[packed](body, 1_000_000)
                collector.bodies.append(body)
                collector.paths.append(self.path)
                time.sleep(collector.pause)
                self.send_response(collector.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.base = f"127.0.0.1:{self.server.server_address[1]}"

    def events(self) -> list[dict[str, Any]]:
        """The events of Sentry's envelopes."""
        lines = [json.loads(line) for body in self.bodies for line in body.splitlines()]
        return [line for line in lines if "exception" in line]

    def spans(self) -> list[Span]:
        """The spans that came."""
        found: list[Span] = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    found += scope.spans
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What is logged, as the service does it; afterwards all is as it was."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level, hook = root.handlers, root.level, sys.excepthook
    written = StringIO()
    logs.set_up("INFO", "json", [TOKEN, PASSWORD], written)
    yield written
    reports.end()
    exporting.end()
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    structlog.configure(**before)


def settings(**given: str) -> Settings:
    return Settings.model_validate(given)


def report_to(collector: Collector) -> None:
    found = settings(sentry_dsn=f"http://key@{collector.base}/1")
    reporting.set_up(found, [TOKEN, PASSWORD], [r"\d{6}:[\w-]{35}"])


def trace_to(collector: Collector) -> None:
    reporting.set_up(settings(telemetry_url=f"http://{collector.base}"), [], [])


def fail(said: str) -> None:
    """Fail as we do: what somebody said in variables, secrets in messages, one error of another."""
    local = said
    assert local
    try:
        raise OSError(
            f"postgresql://bot:{PASSWORD}@db is away, token {TOKEN}\n[parameters: {said}]"
        )
    except OSError as error:
        raise ValueError(f"/bot{TOKEN}/x of {CHAT}: {said!r} is no number") from error


# -- errors


def test_an_error_is_reported_without_what_people_wrote(
    collector: Collector, logged: StringIO
) -> None:
    report_to(collector)
    log.info("request.taken", text=WORDS)
    logging.getLogger("httpx").warning("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    try:
        fail(WORDS)
    except ValueError:
        log.exception("tick.failed", tick="poll", alert=f"9:{CHAT}", text=WORDS)
    reports.end()
    [event] = collector.events()
    assert event["message"] == "tick.failed"
    assert event["tags"] == {"tick": "poll"}
    assert event["release"].startswith("smallprint@")
    cause, error = event["exception"]["values"]
    assert (cause["type"], error["type"]) == ("OSError", "ValueError")
    assert cause["value"] == "postgresql://bot:[secret]@db is away, token [secret]"
    assert error["value"] == "/bot[secret]/x of [cut]: [cut]"
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    everything = b"".join(collector.bodies)
    for secret in (TOKEN, PASSWORD, WORDS, CHAT, str(Path.home())):
        assert secret.encode() not in everything
    assert not any(event.get(name) for name in ("server_name", "breadcrumbs", "user", "request"))
    assert b'"vars"' not in everything


def test_only_errors_of_ours_are_reported_and_each_once_a_minute(
    collector: Collector, logged: StringIO
) -> None:
    report_to(collector)
    log.error("tick.failed", tick="poll", why="the database is away")
    log.warning("source.failed", source="news")
    for _ in range(5):
        try:
            fail(WORDS)
        except ValueError as error:
            log.error("web.failed", path=f"/story/{WORDS}", exc_info=error)
    try:
        fail(WORDS)
    except ValueError:
        logging.getLogger("asyncio").exception("Task of %s failed", WORDS)
    reports.end()
    messages = [event["message"] for event in collector.events()]
    assert messages == ["web.failed", "Task of %s failed"]
    assert WORDS.encode() not in b"".join(collector.bodies)


def test_what_ends_the_process_is_reported(collector: Collector) -> None:
    program = (
        "from bot.runtime import reporting\nfrom bot.settings import Settings\n"
        f"settings = Settings.model_validate({{'sentry_dsn': 'http://key@{collector.base}/1'}})\n"
        f"reporting.set_up(settings, ['{PASSWORD}'], [])\n"
        f"words = {WORDS!r}\nraise RuntimeError('{PASSWORD} is wrong')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 1
    [event] = collector.events()
    assert event["exception"]["values"][0]["value"] == "[secret] is wrong"


def test_a_report_that_nobody_takes_stops_nothing(logged: StringIO) -> None:
    reports_to_nobody = settings(sentry_dsn="http://key@127.0.0.1:9/1")
    reporting.set_up(reports_to_nobody, [], [])
    began = time.monotonic()
    for number in range(20):
        try:
            fail(WORDS)
        except ValueError:
            log.exception(f"tick.failed.{number}")
    reports.end()
    assert time.monotonic() - began < 3
    events = [json.loads(line)["event"] for line in logged.getvalue().splitlines()]
    assert events == [f"tick.failed.{number}" for number in range(20)]


# -- what must be there


def test_nothing_is_imported_unless_asked_for() -> None:
    program = (
        "import sys, bot.app, bot.cli._service\nfrom bot.runtime import reporting\n"
        "from bot.settings import Settings\n"
        "reporting.set_up(Settings.model_validate({}), [], [])\n"
        "found = {name.partition('.')[0] for name in sys.modules}\n"
        "print(found & {'sentry_sdk', 'opentelemetry', 'requests'})\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"


@pytest.mark.parametrize(
    ("library", "given", "words"),
    [
        (
            "sentry_sdk",
            {"sentry_dsn": "https://key@sentry.example/1"},
            "SMALLPRINT_SENTRY_DSN needs the extra: pip install 'smallprint[sentry]'",
        ),
        (
            "opentelemetry",
            {"telemetry_url": "http://127.0.0.1:4318"},
            "SMALLPRINT_TELEMETRY_URL needs the extra: pip install 'smallprint[telemetry]'",
        ),
    ],
)
def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, library: str, given: dict[str, str], words: str
) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    for module in ("reports", "exporting"):
        monkeypatch.delitem(sys.modules, f"bot.runtime.{module}", raising=False)
        monkeypatch.delattr(f"bot.runtime.{module}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(reporting.ReportingError) as raised:
        reporting.set_up(settings(**given), [], [])
    assert str(raised.value) == words


def test_an_address_that_is_none_is_said_without_its_key(logged: StringIO) -> None:
    with pytest.raises(reporting.ReportingError) as raised:
        reporting.set_up(settings(sentry_dsn="https://topsecret@"), [], [])
    assert str(raised.value) == "SMALLPRINT_SENTRY_DSN: this is no address of a Sentry project"


def test_the_service_does_not_start_with_what_cannot_be_used(tmp_path: Path) -> None:
    given = {"SMALLPRINT_SENTRY_DSN": "https://topsecret@"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "bot"],
        cwd=tmp_path,
        env=processes.environment(**given),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 78
    assert b"SMALLPRINT_SENTRY_DSN: this is no address" in done.stdout + done.stderr
    assert b"topsecret" not in done.stdout + done.stderr


# -- traces


def test_a_span_costs_nothing_where_nobody_asked() -> None:
    """As little as a block that does nothing: a few calls, whatever measures them."""

    def once(span: Callable[[], AbstractContextManager[object]]) -> float:
        began = time.perf_counter()
        for _ in range(2000):
            with span():
                pass
        return time.perf_counter() - began

    bare = min(once(nullcontext) for _ in range(20))
    assert min(once(lambda: traces.span("poll", source="news")) for _ in range(20)) < 6 * bare


async def test_an_alert_is_a_span_without_its_chat(
    collector: Collector, logged: StringIO, store: Store, known: Catalogue, names: Names
) -> None:
    trace_to(collector)
    here = Address("telegram", CHAT)
    store.subscriptions.add(Subscription(here, "linkedin", frozenset({"EU"})), NOW)
    tell(store, now=NOW)
    chat = FakeChat()
    chat.answers = [Refused("a link is wrong"), Sent("1")]
    await Deliverer(store, [chat], Words(known, names), lambda: NOW).deliver_due()
    exporting.end()
    found = [
        {each.key: each.value.string_value for each in s.attributes} for s in collector.spans()
    ]
    assert found == [{"platform": "telegram", "outcome": "sent"}]
    assert CHAT.encode() not in b"".join(collector.bodies)


async def test_spans_say_what_was_done_and_not_for_whom(
    collector: Collector, logged: StringIO, tmp_path: Path
) -> None:
    trace_to(collector)
    app = App(settings(database=f"sqlite:///{tmp_path}/x.db"), [], [])
    app.store.open()
    here = Address("telegram", CHAT)
    for command, text in (("howto", "linkedin"), ("", WORDS), (WORDS, "")):
        await app.dispatch(Request(command, text, here, person=CHAT))
    app.store.close()
    with suppress(ValueError), traces.span("poll", source="news"):
        traces.mark(result="failed")
        fail(WORDS)
    exporting.end()
    found = [
        (span.name, {each.key: each.value.string_value for each in span.attributes})
        for span in collector.spans()
    ]
    assert found == [
        ("answer", {"command": "howto"}),
        ("answer", {"command": "talk"}),
        ("answer", {"command": "other"}),
        ("poll", {"source": "news", "result": "failed", "error": "ValueError"}),
    ]
    assert collector.paths == ["/v1/traces"]
    for secret in (CHAT, WORDS, TOKEN, PASSWORD):
        assert secret.encode() not in b"".join(collector.bodies)


@pytest.mark.parametrize("fault", ["down", "slow", "refuses"])
def test_a_collector_that_is_away_stops_nothing(
    collector: Collector, logged: StringIO, fault: str
) -> None:
    if fault == "slow":
        collector.pause = 10.0
    elif fault == "refuses":
        collector.status = 503
    address = "127.0.0.1:9" if fault == "down" else collector.base
    reporting.set_up(settings(telemetry_url=f"http://{address}"), [], [])
    began = time.monotonic()
    for _ in range(5000):  # more than may wait
        with traces.span("poll", source="news"):
            pass
    assert time.monotonic() - began < 2
    began = time.monotonic()
    exporting.end()
    assert time.monotonic() - began < exporting.FLUSH_SECONDS + 0.5
    lines = [json.loads(line)["event"] for line in logged.getvalue().splitlines()]
    assert lines in ([], ["telemetry.down"])
