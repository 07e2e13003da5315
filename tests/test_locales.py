"""Every text goes through the catalogues, and every catalogue has every text, well formed."""

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
from babel.messages.pofile import read_po

import handlers
from bot import locales
from bot.adapters.discord import commands
from bot.adapters.telegram import commands as telegram_commands
from bot.catalogue import Catalogue
from bot.locales import CATALOGUE, FOLDER, _, best, content, languages, n_, speaking
from bot.render.howto import control_steps, howto
from bot.render.labels import day, join, places
from tests.handlers.test_dialogues import FILES as DIALOGUES
from tests.handlers.test_dialogues import answers
from tools.texts import ROOT, catalogue_template, sentences, template

CODES = [code for code in languages() if code != "en"]
#: Calls whose text is shown to nobody: patterns, names of things, commands.
_UNSEEN = frozenset({"compile", "Action", "Entry", "Parameter", "partition", "replace", "removeprefix", "endswith", "split", "Kind", "Span",
                     "Request", "get", "missing", "not_found", "turn", "Block", "field", "join", "finditer", "strip", "_answered", "Change", "Excerpt"})  # fmt: skip
_VALUES = frozenset(
    {
        "not for me",
        "quiet off",
        "stop telling",
        "opt out",
        "Smallprint",
        "Regular",
        "Semibold",
        "Command",
        "Context",
        "Open Terms Archive",
        "Undo",
    }
)
_TEXT = re.compile(r"[A-Za-z]{2}.*\s.*[a-z]{2}|^[A-Z][a-z]+[.:!]?$")


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
    from tests.support.world import RECORDED

    with speaking("de"):
        assert day(RECORDED) == "3. November 2025"
        assert join(["a", "b", "c"], "or") == "a, b oder c"
        assert places({"CH", "NO", "EU"}) == "EU, Schweiz, Norwegen"
    with speaking("pl"):
        assert day(RECORDED) == "3 listopada 2025"


def test_what_a_catalogue_lacks_is_english() -> None:
    with speaking("de"):
        assert (
            _("A sentence that nobody has translated yet: {name}", name="x")
            == "A sentence that nobody has translated yet: x"
        )
        assert (
            n_("{count} unheard of thing", "{count} unheard of things", 2) == "2 unheard of things"
        )
        assert _("") == ""


# -- no text is hard-coded


@pytest.mark.parametrize(
    "path",
    [*(ROOT / "handlers").glob("*.py"), *(ROOT / "bot/render").glob("*.py")],
    ids=lambda p: p.name,
)
def test_no_text_is_hard_coded(path: Path) -> None:
    assert list(_bare_texts(ast.parse(path.read_text()))) == []


def test_a_hard_coded_text_is_noticed() -> None:
    planted = "def run():\n    return say('This is what you follow.', bold('Nothing'), f'{count} services are here')"
    assert len(list(_bare_texts(ast.parse(planted)))) == 3


def _bare_texts(node: ast.AST, call: str = "") -> Iterator[str]:
    """Literals that look like words for people and do not pass through a function of the catalogues."""
    if isinstance(node, ast.Call):
        call = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if call in ("_", "n_", "N_"):
            return
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and call not in _UNSEEN
        and _TEXT.search(node.value)
    ):
        if node.value in _VALUES or re.search(r"[|\\]", node.value):  # a value, or a pattern
            return
        yield node.value
    for name, field in ast.iter_fields(node):
        for child in field if isinstance(field, list) else [field]:
            docstring = (
                name == "body"
                and isinstance(child, ast.Expr)
                and isinstance(child.value, ast.Constant)
            )
            annotation = name in ("annotation", "returns", "keys", "pattern")
            if (
                isinstance(child, ast.AST)
                and not docstring
                and not annotation
                and not isinstance(child, ast.match_case | ast.Compare)
            ):
                yield from _bare_texts(child, "" if isinstance(node, ast.FunctionDef) else call)


# -- every catalogue is complete


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_translated(code: str) -> None:
    catalog = _catalog(code)
    wanted = {message.id for message in template() if message.id}
    assert wanted - set(catalog) == set()
    assert set(catalog) - wanted == set(), (
        "texts that the code no longer has; ./run texts takes them out"
    )
    assert [
        key for key, message in catalog.items() if not all(_forms(message)) or message.fuzzy
    ] == []


@pytest.mark.parametrize("code", CODES)
def test_places_and_commands_are_the_same_in_every_translation(code: str) -> None:
    for key, message in _catalog(code).items():
        source = key if isinstance(key, str) else key[1]
        for form in _forms(message):
            assert _places(form) == _places(source), (code, source, form)
            assert _typed(form) == _typed(source), (code, source, form)
            assert not set(form) & set("<>"), form


@pytest.mark.parametrize("code", languages())
def test_menus_fit_their_platforms(code: str) -> None:
    """Telegram: 256 letters of a description, 512 and 120 of the bot's; Discord: 100, and names in one word."""
    with speaking(code):
        assert len(_(telegram_commands.DESCRIPTION)) <= 512
        assert len(_(telegram_commands.SHORT)) <= 120
        assert len(_(commands.OF_THIS)) <= 32
        names = [_(command.entry.name) for command in handlers.COMMANDS]
        assert len(set(names)) == len(names), "two commands have the same name"
        for command in handlers.COMMANDS:
            for entry in (command.entry, *command.entry.forms):
                assert len(_(entry.help)) <= commands.DESCRIPTION, (code, entry.help)
                own = [_(parameter.name) for parameter in entry.parameters]
                assert len(set(own)) == len(own)
                for name in (_(entry.name), *own):
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
    from tests.render.test_render import accepted

    # Only what `answer` sees speaks this language alone: a cache of what several languages say must not learn from one.
    one_language = SimpleNamespace(**{**vars(locales), "speaking": lambda _wanted: speaking(code)})
    request.getfixturevalue("monkeypatch").setattr(handlers, "locales", one_language)
    for _typed_line, message in answers(path, store, known, names):  # type: ignore[arg-type]
        with speaking(code):
            accepted(message)


def _catalog(code: str) -> dict[object, Message]:
    with (FOLDER / f"{code}.po").open("rb") as file:
        return {message.id: message for message in read_po(file, locale=code) if message.id}


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _places(text: str) -> set[str]:
    return {name for _before, name, _spec, _conversion in Formatter().parse(text) if name}


def _typed(text: str) -> list[str]:
    """What a person is told to type: it is the same in every language."""
    return sorted(re.findall(r"(?<!\w)/[a-z]+", text))


assert locales.ENGLISH == "en"


# -- the texts of the catalogue, which are translated apart

#: The services that most people use: their how-tos are complete in four languages. The others are English until
#: somebody translates them.
POPULAR = (
    "amazon", "apple", "chatgpt", "facebook", "google", "google-gemini", "google-search", "instagram", "linkedin", "meta-ai",
    "microsoft", "netflix", "pinterest", "reddit", "snapchat", "spotify", "tiktok", "whatsapp", "x", "youtube",
)  # fmt: skip
TRANSLATED = ("de", "es", "fr", "it")


@pytest.mark.parametrize("code", TRANSLATED)
def test_how_tos_of_popular_services_are_translated(code: str, known: Catalogue) -> None:
    assert len(POPULAR) == 20
    texts = {
        text: f"{service}: {place}"
        for service in POPULAR
        for place, text in sentences(known.guides[service])
    }
    with (CATALOGUE / f"{code}.po").open("rb") as file:
        done = {
            str(message.id)
            for message in read_po(file, locale=code)
            if message.id and message.string
        }
    assert [place for text, place in texts.items() if text not in done] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translated_how_to_says_nothing_else(code: str) -> None:
    """Addresses and numbers are those of the English text, nothing is left over, and it still fits."""
    with (CATALOGUE / f"{code}.po").open("rb") as file:
        catalog = read_po(file, locale=code)
    assert {message.id for message in catalog if message.id} == {
        message.id for message in catalogue_template() if message.id
    }
    for message in catalog:
        if message.id and message.string:
            said, source = str(message.string), str(message.id)
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
    """Labels of menus stay as they are on the screen, or are those that somebody saw in that language."""
    guide = known.guides["linkedin"]
    with speaking(code):
        said = howto(guide.service, guide, frozenset({"EU"}), date(2026, 11, 22)).text
        assert content(guide.controls[0].stops) in said
    assert guide.controls[0].stops not in said
    assert "Me › Settings & Privacy › Data privacy › Data for Generative AI Improvement" in said
    seen = {code: {"Data privacy": "Datenschutz!", "Off": "Aus!"}}
    told = guide.controls[0].model_copy(update={"labels": seen})
    with speaking(code):
        steps = "".join(span.text for line in control_steps(told).lines for span in line)
    assert "Settings & Privacy › Datenschutz! › Data for Generative AI Improvement" in steps
    assert "Aus!" in steps
