"""Translations: every text is in the catalogues, and every translation is well formed.

What waits for a translation is English, and no failure here: `./run texts --report` lists it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import pytest
from babel.messages.catalog import Message

import handlers
from bot import locales
from bot.adapters.discord import commands as discord_commands
from bot.adapters.telegram import commands as telegram_commands
from bot.catalogue import Catalogue
from bot.locales import CATALOGUE, FOLDER, best, content, gettext, languages, n_, speaking
from bot.render.control import control_steps
from bot.render.howto import howto
from bot.render.labels import day, join, places
from bot.render.reader import Reader
from tests.handlers.test_dialogues import FILES as DIALOGUES
from tests.handlers.test_dialogues import answers
from tests.render.test_render import accepted
from tests.support.world import RECORDED
from tools.texts import ROOT, TRANSLATED, read

CODES = [code for code in languages() if code != "en"]
#: Calls whose text is shown to nobody: patterns, names of things, commands.
UNSEEN = frozenset(
    """compile Action Entry Parameter partition replace removeprefix endswith split Kind Span Wish
    Request get missing not_found turn Block field join finditer strip _answered Change Excerpt
    _plain places_offered""".split()
)
#: Texts that are values, or names of products.
VALUES = frozenset(
    {
        "not for me",
        "quiet off",
        "silent on",
        "stop telling",
        "opt out",
        "Smallprint",
        "Regular",
        "Semibold",
        "Command",
        "Context",
        "Section",
        "Open Terms Archive",
        "Undo",
    }
)
WORDS_FOR_PEOPLE = re.compile(r"[A-Za-z]{2}.*\s.*[a-z]{2}|^[A-Z][a-z]+[.:!]?$")


def test_english_is_the_language_of_the_code_and_all_eight_are_here() -> None:
    assert languages() == ("en", "de", "es", "fr", "it", "nl", "pl", "pt")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("pt_BR", "pt"),
        ("pt-br", "pt"),
        ("es-419", "es"),
        ("en-GB", "en"),
        ("", "en"),
        ("tlh", "en"),
    ],
)
def test_the_nearest_language_is_spoken(wanted: str, found: str) -> None:
    assert best(wanted) == found


def test_dates_lists_and_places_come_from_cldr() -> None:
    with speaking("de"):
        assert day(RECORDED) == "3. November 2025"
        assert join(["a", "b", "c"], "or") == "a, b oder c"
        assert places({"CH", "NO", "EU"}) == "EU, Schweiz, Norwegen"
    with speaking("pl"):
        assert day(RECORDED) == "3 listopada 2025"


def test_what_a_catalogue_lacks_is_english() -> None:
    with speaking("de"):
        assert (
            gettext("A sentence that nobody has translated yet: {name}", name="x")
            == "A sentence that nobody has translated yet: x"
        )
        assert (
            n_("{count} unheard of thing", "{count} unheard of things", 2) == "2 unheard of things"
        )
        assert gettext("") == ""


# -- no text is hard-coded


@pytest.mark.parametrize(
    "path",
    [*(ROOT / "handlers").glob("*.py"), *(ROOT / "bot/render").glob("*.py")],
    ids=lambda p: p.name,
)
def test_no_text_is_hard_coded(path: Path) -> None:
    assert list(_bare_texts(ast.parse(path.read_text()))) == []


def test_a_hard_coded_text_is_noticed() -> None:
    said = "'This is what you follow.', bold('Nothing'), f'{count} services are here'"
    planted = f"def run():\n    return say({said})"
    assert len(list(_bare_texts(ast.parse(planted)))) == 3


def _bare_texts(node: ast.AST, call: str = "") -> Iterator[str]:
    """Literals that look like words for people and pass through no function of the catalogues."""
    if isinstance(node, ast.Call):
        call = _called(node)
        if call in ("_", "n_", "N_"):
            return
    if isinstance(node, ast.Constant):
        if call not in UNSEEN and _is_for_people(node.value):
            yield str(node.value)
        return
    inner = "" if isinstance(node, ast.FunctionDef) else call
    for child in _shown_parts(node):
        yield from _bare_texts(child, inner)


def _shown_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node that may be shown to somebody."""
    for name, field in ast.iter_fields(node):
        if name in ("annotation", "returns", "keys", "pattern"):
            continue
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST) and not _is_unseen(name, child):
                yield child


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return str(getattr(node.func, "attr", ""))


def _is_for_people(value: object) -> bool:
    if not isinstance(value, str) or not WORDS_FOR_PEOPLE.search(value):
        return False
    is_pattern = re.search(r"[|\\]", value)
    return value not in VALUES and not is_pattern


def _is_unseen(field: str, node: ast.AST) -> bool:
    """Whether it is a docstring, a pattern of a match or what something is compared with."""
    if isinstance(node, ast.match_case | ast.Compare):
        return True
    return field == "body" and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


# -- every translation is well formed


@pytest.mark.parametrize("code", CODES)
def test_places_and_commands_are_the_same_in_every_translation(code: str) -> None:
    for source, message in read(FOLDER / f"{code}.po").items():
        english = source if isinstance(message.id, str) else message.id[-1]
        for form in _forms(message):
            assert _places(form) == _places(english), (code, source, form)
            assert _typed(form) == _typed(english), (code, source, form)
            assert not set(form) & set("<>"), form


@pytest.mark.parametrize("code", languages())
def test_menus_fit_their_platforms(code: str) -> None:
    """Telegram: 512 and 120 letters of the bot's texts; Discord: 100, and names in one word."""
    with speaking(code):
        assert len(gettext(telegram_commands.DESCRIPTION)) <= 512
        assert len(gettext(telegram_commands.SHORT)) <= 120
        labels = [command.entry.message_label for command in handlers.COMMANDS]
        for label in filter(None, labels):
            assert len(gettext(label)) <= discord_commands.MESSAGE_LABEL_LETTERS
        names = [gettext(command.entry.name) for command in handlers.COMMANDS]
        assert len(set(names)) == len(names), "two commands have the same name"
        for command in handlers.COMMANDS:
            for entry in (command.entry, *command.entry.forms):
                limit = discord_commands.DESCRIPTION_LETTERS
                assert len(gettext(entry.help)) <= limit, (code, entry.help)
                own = [gettext(parameter.name) for parameter in entry.parameters]
                assert len(set(own)) == len(own)
                for name in (gettext(entry.name), *own):
                    assert re.fullmatch(r"[-_\w]{1,32}", name), name
                    assert name == name.lower()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_every_conversation_in_every_language(
    code: str,
    path: Path,
    store: object,
    known: object,
    names: object,
    request: pytest.FixtureRequest,
) -> None:
    """Each answer fits both platforms and is accepted by them."""
    # Only what `answer` sees speaks this language alone: a cache of what several languages say
    # must not learn from one.
    one_language = SimpleNamespace(**{**vars(locales), "speaking": lambda _wanted: speaking(code)})
    request.getfixturevalue("monkeypatch").setattr("handlers._answer.locales", one_language)
    for _typed_line, message in answers(path, store, known, names):  # type: ignore[arg-type]
        with speaking(code):
            accepted(message)


def _forms(message: Message) -> list[str]:
    """The forms of a translation; none where it waits for one."""
    if isinstance(message.string, str):
        return [message.string] if message.string else []
    return [form for form in message.string or () if form]


def _places(text: str) -> set[str]:
    return {name for _before, name, _spec, _conversion in Formatter().parse(text) if name}


def _typed(text: str) -> list[str]:
    """What a person is told to type: it is the same in every language."""
    return sorted(re.findall(r"(?<!\w)/[a-z]+", text))


# -- the texts of the catalogue, which are translated apart


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translated_how_to_says_nothing_else(code: str) -> None:
    """Addresses and numbers are those of the English text, and it still fits."""
    for source, message in read(CATALOGUE / f"{code}.po").items():
        for said in _forms(message):
            assert facts_in(said) == facts_in(source), (code, source, said)
            assert len(said) <= 1.5 * len(source) + 40, (code, said)
            assert len(said) <= 560, (code, said)
            assert not set(said) & set("<>{}"), said


def facts_in(text: str) -> list[str]:
    return sorted(
        re.findall(
            r"[\w.+-]+@[\w-]+\.\w+|(?:[\w-]+\.)+(?:com|org|eu|fr|de|dev|net)\b[\w/.-]*\w|\d+", text
        )
    )


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_how_to_is_read_in_one_language(code: str, known: Catalogue) -> None:
    """Labels of menus stay as they are on the screen, or as somebody saw them in that language."""
    guide = known.guides["linkedin"]
    english = guide.controls[0].stops
    with speaking(code):
        translated = content(english)
        said = howto(guide.service, guide, Reader(frozenset({"EU"}), date(2026, 11, 22))).text
    assert translated in said
    if translated != english:
        assert english not in said
    assert "Me › Settings & Privacy › Data privacy › Data for Generative AI Improvement" in said
    seen = {code: {"Data privacy": "Datenschutz!", "Off": "Aus!"}}
    told = guide.controls[0].model_copy(update={"labels": seen})
    with speaking(code):
        steps = "".join(span.text for line in control_steps(told).lines for span in line)
    assert "Settings & Privacy › Datenschutz! › Data for Generative AI Improvement" in steps
    assert "Aus!" in steps
