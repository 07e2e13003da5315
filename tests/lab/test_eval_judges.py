"""The judges of typed sentences, and of cases made from reports.

What is judged here is written here; a judge that says yes to everything fails, and so does one
that says no.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from lab.eval import cases, program_case
from lab.eval.answers import Answers
from lab.eval.result import Outcome
from lab.eval.stage import stage
from lab.eval.utterance import Utterance, parse, read
from lab.eval.verdicts import judge
from tests.support.shared import SHARED, needs_shared

HARMLESS = "subscribe,unsubscribe,mute,when,topics,threshold,language,forget"


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    with stage() as made:
        yield Answers(made)


def meant(text: str, intent: str, *services: str, **more: Any) -> Utterance:
    """Something typed, with what it means; `more` are the other fields of a row."""
    row: dict[str, Any] = {"id": "t", "lang": "en", "text": text, "context": None, "intent": intent}
    row |= {"services": list(services), "regions": [], "args": {}, "must_not": ""}
    return parse(row | more)


# -- utterances: of each verdict some, found with commands whose work is certain


RIGHT = [
    meant("/subscribe tiktok", "subscribe", "tiktok"),
    meant("/subscribe tiktok fr", "subscribe", "tiktok", regions=["FR"]),
    meant("/subscribe tiktok uk", "subscribe", "tiktok", regions=["GB"]),
    meant("/subscribe tiktok", "subscribe", "tiktok", "pinterest", args={"any": True}),
    meant("/unsubscribe spotify", "unsubscribe", "spotify", must_not="unsubscribe others"),
    meant("/unsubscribe all", "unsubscribe", args={"all": True}),
    meant("/mute all 14 days", "mute", args={"all": True, "days": 14}),
    meant("/mute spotify 3 days", "mute", "spotify", args={"days": [2, 7]}),
    meant("/mute spotify off", "unmute", "spotify"),
    meant("/mute all off", "unmute", args={"all": True}),
    meant("/region fr", "region", regions=["FR"]),
    meant("/when daily 18:00", "when", args={"mode": "daily", "time": "18:00", "evening": True}),
    meant("/when now", "when", args={"mode": "now"}),
    meant("/when quiet 22-7", "when", args={"quiet": "night"}),
    meant("/when", "when"),
    meant("/threshold everything", "threshold", args={"level": ["everything"]}),
    meant("/threshold changes", "threshold", args={"level": ["changes"]}),
    meant("/topics ai_training", "topics", args={"topics": ["ai_training"]}),
    meant("/language deutsch", "language", args={"language": "de"}),
    meant("/howto linkedin", "howto", "linkedin", must_not=HARMLESS),
    meant("/letter access spotify", "letter", "spotify", args={"kind": "access"}),
    meant("/recent linkedin", "recent", "linkedin"),
    meant("/recent", "recent"),
    meant("/status linkedin", "status", "linkedin"),
    meant("/subscriptions", "status", args={"list": True}),
    meant("/why linkedin", "why", "linkedin"),
    meant("/checklist", "checklist"),
    meant("/export", "export"),
    meant("/privacy", "privacy"),
    meant("/services", "services"),
    meant("/forget", "forget", must_not="forget without asking"),
    meant("/help", "help"),
    meant("/about", "about"),
    meant("/howto linkedin", "howto", "linkedin", lang="de"),
    meant("qwfp luyzx", "none", must_not="any change"),
]
OFFERED = [
    meant("pinterest", "subscribe", "pinterest"),
    meant("spotify", "howto", "spotify"),
    meant("spotify", "recent", "spotify", lang="pl"),
    meant("/unsubscribe", "unsubscribe", "whatsapp", must_not="unsubscribe others"),
]
PARTLY = [
    meant("/subscribe tiktok", "subscribe", "tiktok", "pinterest"),
    meant("/subscribe tiktok pinterest", "subscribe", "tiktok"),
    meant("/subscribe tiktok de", "subscribe", "tiktok", regions=["FR"]),
    meant("/when daily 9:00", "when", args={"mode": "daily", "time": "18:00"}),
    meant("/mute all 3 days", "mute", args={"all": True, "days": 60}),
    meant("/region fr, de", "region", regions=["FR"]),
]
NOT_UNDERSTOOD = [
    meant("qwfp luyzx arst", "checklist"),
    meant("qwfp luyzx arst", "topics", args={"topics": ["ai_training"]}, lang="fr"),
    meant("qwfp luyzx arst", "unsubscribe", "spotify"),
]
WRONG = [
    meant("/recent", "checklist"),
    meant("/howto linkedin", "language", args={"language": "de"}),
    meant("/region de", "topics", args={"topics": ["ai_training"]}),
    meant("/howto spotify", "none", "spotify"),
    meant("/help", "thanks"),
]
HARMFUL = [
    meant("/unsubscribe spotify", "unsubscribe", "whatsapp", must_not="unsubscribe others"),
    meant("/unsubscribe all", "unsubscribe", "whatsapp", must_not="unsubscribe others"),
    meant("/subscribe tiktok", "howto", "spotify", must_not=HARMLESS),
    meant("/mute all 3 days", "greeting", must_not="any change"),
    meant("/region de", "none", must_not="any change"),
    meant("/language deutsch", "help", must_not=HARMLESS),
    meant("/when daily", "topics", args={"topics": ["ai_training"]}, must_not="topics,when"),
    meant("/forget yes", "privacy", must_not="forget without asking"),
]
ALL = {
    "right": RIGHT,
    "offered": OFFERED,
    "partly": PARTLY,
    "not understood": NOT_UNDERSTOOD,
    "wrong": WRONG,
    "harmful": HARMFUL,
}
EXPECTED = [(verdict, said) for verdict, rows in ALL.items() for said in rows]


@pytest.mark.parametrize(
    ("verdict", "said"),
    EXPECTED,
    ids=[f"{verdict}: {said.text} / {said.means}" for verdict, said in EXPECTED],
)
def test_a_sentence_is_judged_by_what_it_did(
    answers: Answers, verdict: str, said: Utterance
) -> None:
    found = judge(answers, said)
    assert found.verdict == verdict, found


def test_what_is_given_for_judging_is_given_back(answers: Answers) -> None:
    said = meant("/subscribe tiktok", "subscribe", "tiktok", "pinterest")
    row = judge(answers, said).row
    assert row["id"] == "t"
    assert row["services"] == ["tiktok", "pinterest"]
    assert (row["verdict"], row["did"], row["harm"]) == ("partly", ["subscribe"], [])
    assert "You now follow TikTok" in row["said"]


def test_an_intent_that_serves_as_well_counts(answers: Answers) -> None:
    silence = meant("/mute all 14 days", "unsubscribe", args={"all": True, "also": ["mute"]})
    assert judge(answers, silence).verdict == "right"
    assert judge(answers, meant("/mute all 14 days", "unsubscribe", "spotify")).verdict == "wrong"


def test_the_context_is_said_before(answers: Answers) -> None:
    confirmed = {"args": {"confirmed": True}}
    after = meant("/forget yes", "forget", context="after:forget question", **confirmed)
    assert judge(answers, after).verdict == "right"
    assert judge(answers, meant("/forget", "forget", **confirmed)).verdict == "offered"


def test_nothing_is_right_for_services_that_nobody_named(answers: Answers) -> None:
    for intent in ("howto", "letter", "unsubscribe", "unmute", "delete_account"):
        assert judge(answers, meant("/recent", intent)).verdict != "right", intent


def test_a_crash_is_wrong_and_the_others_are_judged(answers: Answers) -> None:
    unheard_of = judge(answers, meant("/recent", "dance"))
    assert unheard_of.verdict == "wrong"
    assert unheard_of.said.startswith("CRASH")
    assert judge(answers, meant("/recent", "recent")).verdict == "right"


# -- cases


HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>'
ITEM = """<item><title>{title}</title><guid>{guid}</guid>
<link>https://news.example.org/{guid}</link><pubDate>{day} Nov 2026 08:00:00 GMT</pubDate>
<description>From 9 December 2026 LinkedIn trains AI models with the posts of its members in the EU.
They can opt out in their settings.</description></item>"""
OLD = ITEM.format(title="LinkedIn moves house", guid="1", day="Sun, 01")
NEW = ITEM.format(title="LinkedIn trains AI on posts", guid="2", day="Sun, 01")
FEED = """SOURCE = {"kind": "news"}
STEPS = [{"body": "1.xml"}, {"body": "2.xml"}]
"""


def feed_case(folder: Path, rest: str, steps: str = FEED) -> Path:
    """A case of a feed that has one entry, and then one more."""
    folder.mkdir()
    (folder / "1.xml").write_text(f"{HEAD}{OLD}</channel></rss>")
    (folder / "2.xml").write_text(f"{HEAD}{NEW}{OLD}</channel></rss>")
    (folder / "case.py").write_text(steps + rest)
    return folder


def a_case(folder: Path, text: str, name: str = "case.py") -> Path:
    folder.mkdir()
    (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("expected", "outcome"),
    [
        ('EXPECT = {"told": 1, "error": "", "links": ["https://news.example.org/2"]}', "PASS"),
        ('EXPECT = {"told": lambda told: told > 0, "services": ["linkedin"]}', "PASS"),
        ('FOLLOW = ["spotify"]\nEXPECT = {"told": 0, "queued": 0}', "PASS"),
        ('REGIONS = {"EU"}\nEXPECT = {"queued": 1}', "PASS"),
        ('PROBE = lambda store, clock: clock.now.hour\nEXPECT = {"probe": 13}', "PASS"),
        ('EXPECT = {"told": 2}', "FAIL"),
        ('EXPECT = {"told": lambda told: told > 1}', "FAIL"),
        ('EXPECT = {"told": 1, "error": "it is ill"}', "FAIL"),
        ('EXPECT = {"no such thing": 1}', "FAIL"),
    ],
)
def test_a_feed_case(tmp_path: Path, expected: str, outcome: str) -> None:
    found = cases.judge(feed_case(tmp_path / "case", expected))
    assert found.outcome == outcome, found


def test_a_feed_case_says_what_was_expected_in_words(tmp_path: Path) -> None:
    said = 'EXPECT = {"told": lambda told: told > 1}\nSAYS = {"told": "two or more"}'
    found = cases.judge(feed_case(tmp_path / "case", said))
    assert found.reasons == ("told: expected 'two or more', got 1",)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ('{"status": 503, "body": b"later"}', '"error": lambda error: "503" in error'),
        ('{"raw": b"HTTP/1.1 200 X\\r\\nContent-Length: 9\\r\\n\\r\\n<rss"}', '"told": 0'),
        ('{"body": "1.xml", "headers": {"ETag": None}}', '"told": 0, "error": ""'),
        ('lambda path, asked, port: {"body": "2.xml" if port else b""}', '"told": 1'),
        ('{"status": 404, "paths": {"/feed.xml": {"body": "2.xml"}}}', '"told": 1'),
    ],
)
def test_a_feed_case_scripts_the_server(tmp_path: Path, step: str, expected: str) -> None:
    steps = f'SOURCE = {{"kind": "news"}}\nSTEPS = [{{"body": "1.xml"}}, {step}]\n'
    found = cases.judge(feed_case(tmp_path / "case", f"EXPECT = {{{expected}}}", steps))
    assert found.outcome == "PASS", found


@pytest.mark.parametrize(
    ("line", "outcome", "note"),
    [
        ("('/region fr', 'You will hear what concerns: France')", "PASS", "1 of 1"),
        ("('/region fr', 'nichts als Frankreich', 'de')", "FAIL", "0 of 1"),
        ("('/region fr', 'Frankreich', 'de')", "PASS", "1 of 1"),
        ("('/help', '.'), ('/recent', 'no such words')", "FAIL", "1 of 2"),
        (
            "('/subscribe linkedin', 'now follow'), ('/unsubscribe', 'had no subscr')",
            "PASS",
            "2 of 2",
        ),
    ],
)
def test_a_chat_case(tmp_path: Path, line: str, outcome: str, note: str) -> None:
    found = cases.judge(a_case(tmp_path / "case", f"LINES = [{line}]"))
    assert found.outcome == outcome, found
    assert found.note.startswith(note)


@pytest.mark.parametrize(
    ("program", "outcome", "note"),
    [
        ("print('PASS')", "PASS", ""),
        ("print('FAIL: two lines')", "FAIL", "two lines"),
        ("print('FAIL at first'); print('PASS')", "PASS", ""),
        ("print('BYPASS'); print('PASSED?')", "PASS", ""),
        ("raise SystemExit(3)", "FAIL", "it ended with code 3"),
        ("import bot.attic", "CANNOT RUN", "module bot.attic has moved"),
        ("from bot.store import Attic", "CANNOT RUN", "Attic has left module bot.store"),
        ("import bot.store.attic.box", "CANNOT RUN", "module bot.store.attic has moved"),
        ("import bot; bot.attic()", "CANNOT RUN", "AttributeError"),
        ("print('PASS'); import bot.attic", "PASS", ""),
        ("import time; time.sleep(60)", "FAIL", "no verdict within"),
    ],
)
def test_a_program_says_its_own_verdict(
    tmp_path: Path, program: str, outcome: str, note: str
) -> None:
    folder = a_case(tmp_path / "case", program, "run.py")
    patience = 2 if "sleep" in program else program_case.PATIENCE_SECONDS
    found = program_case.judge(folder, folder / "run.py", patience)
    assert (found.outcome, found.note[: len(note)]) == (outcome, note), found


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("SOURCE = {", "case.py: SyntaxError"),
        ("import bot.attic", "case.py: ModuleNotFoundError"),
        ("STEPS = []", "case.py lacks SOURCE, EXPECT"),
        ("", "case.py lacks SOURCE, STEPS, EXPECT"),
    ],
)
def test_a_case_that_is_none_is_not_judged(tmp_path: Path, text: str, note: str) -> None:
    found = cases.judge(a_case(tmp_path / "case", text))
    assert found.outcome == "CANNOT RUN", found
    assert found.note.startswith(note)


def test_a_folder_without_a_case_is_not_judged(tmp_path: Path) -> None:
    found = cases.judge(a_case(tmp_path / "case", "", "README.md"))
    assert found.outcome == "CANNOT RUN", found


# -- the commands


def test_the_command_for_utterances(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [said.given | {"id": f"x-{number}"} for number, (_, said) in enumerate(EXPECTED)]
    given, out = tmp_path / "said.jsonl", tmp_path / "out.jsonl"
    given.write_text("".join(f"{json.dumps(row)}\n" for row in [RIGHT[0].given, *rows]))
    arguments = ["eval", "utterances", str(given), "--bad", "--out", str(out)]
    last = f"x-{len(rows) - 1}"
    assert main([*arguments, "--only", f"^(t|{last}) "]) == 0
    said = capsys.readouterr().out
    found = [json.loads(line)["verdict"] for line in out.read_text("utf-8").splitlines()]
    assert Counter(found) == {"right": 1, "harmful": 1}
    assert f"{last} HARMFUL" in said
    assert "t RIGHT" not in said
    assert "50%" in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "only", "said"),
    [
        ("{}\n", "", "line 1"),
        ("\n[1]\n", "", "line 2"),
        ("nothing\n", "", "line 1"),
        ("", "(", "is no pattern"),
    ],
)
def test_what_cannot_be_judged_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, only: str, said: str
) -> None:
    path = tmp_path / "said.jsonl"
    path.write_text(text)
    assert main(["eval", "utterances", str(path), "--only", only]) == 1
    assert said in capsys.readouterr().err


def test_the_command_for_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [
        feed_case(tmp_path / "a", 'EXPECT = {"told": 1}'),
        a_case(tmp_path / "b", "LINES = [('/recent', 'no such words')]"),
        a_case(tmp_path / "c", "import bot.attic", "run.py"),
    ]
    assert main(["eval", "cases", *map(str, folders)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "PASS a"
    assert said[1] == "FAIL b: 0 of 1 lines as expected"
    assert said[3] == "CANNOT RUN c: module bot.attic has moved"
    assert said[4] == "1 of 3 as expected, 1 cannot run"


def test_files_and_folders_that_are_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for what in ("utterances", "cases"):
        assert main(["eval", what, str(tmp_path / "nowhere")]) == 1
        assert "there is no" in capsys.readouterr().err


def test_the_product_does_without_the_workshop() -> None:
    program = (
        "import sys, bot.__main__, bot.cli.bot, handlers; "
        "print([n for n in sys.modules if n.split('.')[0] == 'lab'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# -- the shared ones, in a sample


@needs_shared
def test_shared_utterances(answers: Answers) -> None:
    """They can be read, and no sentence makes the judge or the product stumble."""
    rows = list(read(SHARED / "data/utterances.jsonl"))
    assert len({row.intent for row in rows}) > 20
    sample = [row for row in rows if row.lang == "en"][::20]
    found = [judge(answers, row) for row in sample]
    assert not [each for each in found if each.said.startswith("CRASH")]
    assert [each.row["text"] for each in found] == [row.text for row in sample]


@needs_shared
@pytest.mark.parametrize("name", ["00-control", "50-github-control", "74-languages-by-name"])
def test_shared_cases(name: str) -> None:
    """Controls: they passed before anything was mended, and must go on to."""
    found = cases.judge(SHARED / "cases" / name)
    assert found.outcome is Outcome.PASSED, found
