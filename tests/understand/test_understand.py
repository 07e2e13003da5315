"""What a change means: small texts written for the purpose, then invented ones without end."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import regions
from bot.catalogue.names import Names
from bot.model import Change, Document, Item, OptOut, Record, Story, Verdict
from bot.reasons import Noise, Reason
from bot.render import labels
from bot.understand import (
    Edition,
    dates,
    diff,
    learn,
    opt_out,
    topics,
    understand_change,
    understand_text,
)
from bot.understand.diff import pairs, pieces
from bot.understand.document import sentences
from bot.understand.stories import story_of
from bot.understand.text import of_line, plain

WHEN = datetime(2025, 11, 3, 17, 46, tzinfo=UTC)
IRELAND = Edition(frozenset({"IE"}))


def item(
    service: str = "LinkedIn", terms_type: str = "Privacy Policy", when: datetime = WHEN
) -> Item:
    return Item(
        "commit:1", "c", Record.CHANGE, when, "t", "https://x", Document("c", service, terms_type)
    )


def judged(
    before: str, after: str, names: Names, *earlier: str, edition: Edition = IRELAND
) -> Change:
    held = None
    for text in (*earlier, before):
        held = learn(item(), text, held)
    assert held
    return understand_change(item(), held, after, edition, names)


OLD = "Privacy Policy\n==============\n\nEffective May 1, 2024\n\nWe collect your name. We may share your data with partners.\n\n* First\n* Second\n"

NOISE = {
    "moved date": OLD.replace("May 1, 2024", "November 3, 2025"),
    "format": OLD.replace("We collect your name.", "**We  collect** your [name](https://x)."),
    "case and full stop": OLD.replace("We collect your name.", "We collect your NAME"),
    "order": OLD.replace("* First\n* Second\n", "* Second\n* First\n"),
    "navigation": OLD + "\n[Home](https://x) \n\n[Log in](https://y)\n",
}


@pytest.mark.parametrize("after", NOISE.values(), ids=NOISE.keys())
def test_noise(after: str, names: Names) -> None:
    change = judged(OLD, after, names)
    assert change.verdict is Verdict.NOISE
    assert change.why[0]


def test_relative_dates_are_noise(names: Names) -> None:
    assert (
        judged(
            "Posted 2 years ago. We collect data.", "Posted 3 years ago. We collect data.", names
        ).verdict
        is Verdict.NOISE
    )


def test_an_exact_restore_is_noise(names: Names) -> None:
    other = OLD + "\nWe now sell your data to anybody who pays us enough for it.\n"
    back = judged(other, OLD, names, OLD)
    assert (back.verdict, back.why) == (Verdict.NOISE, (Reason(Noise.RESTORED),))


def test_memory_is_cut_as_the_language_is(names: Names) -> None:
    """What a French document has held is found again, however French sentences are cut."""
    old = "Vos données sont conservées pendant la durée nécessaire.\n"
    told = (
        old
        + "\nNous vendons M. Dupont et ses données à l'art. 21, c.-à-d. à tous. Vous pouvez vous y opposer, p. ex. ici.\n"
    )
    held = learn(item(), old, learn(item(), told, None, "fr"), "fr")
    back = understand_change(item(), held, told + "\nAccueil", Edition(language="fr"), names)
    assert back.verdict is not Verdict.MATERIAL


def test_sentences_that_come_back_are_noise(names: Names) -> None:
    more = OLD + "\nWe use cookies to remember what you like and to show you advertising.\n"
    assert (
        judged(OLD, more.replace("May 1", "May 2") + "\nHome", names, more).verdict
        is not Verdict.MATERIAL
    )


EDITIONS = [
    (
        "We personalise advertising; our Centre, licence and behaviour rules apply.",
        "We personalize advertising, our center, license and behavior rules apply",
    ),
    ("The U.S. Code applies.", "The US code applies."),
    (
        "First we collect data.Then we share all of it.",
        "First we collect data. Then we share all of it.",
    ),
]


@pytest.mark.parametrize(("before", "after"), EDITIONS)
def test_another_spelling_or_cut_is_noise(before: str, after: str, names: Names) -> None:
    assert judged(f"{OLD}\n{before}", f"{OLD}\n{after}", names).verdict is Verdict.NOISE


def test_what_is_cut_off_is_not_only_cut_elsewhere(names: Names) -> None:
    assert (
        judged(
            f"{OLD}\nWe never sell your data to anybody.",
            f"{OLD}\nSell your data to anybody.",
            names,
        ).verdict
        is Verdict.MATERIAL
    )


def test_another_language_and_suggested_questions_are_noise(names: Names) -> None:
    english = (
        OLD
        + "We use the data that you give us for the services that you ask for, and for nothing else.\n"
        * 3
    )
    for stray in (
        "O que é marca registada?",
        "Tenho uma pergunta diferente sobre os direitos",
        "What is a trademark?",
    ):
        assert judged(english, f"{english}\n{stray}\n", names).verdict is Verdict.NOISE, stray
    german = "Wir verkaufen ab jetzt alle Daten, die Sie uns geben, an den, der dafür bezahlt."
    assert (
        judged(
            german,
            f"{german}\n\nWir geben die Daten nun auch an die Polizei und an das Amt weiter.",
            names,
        ).verdict
        is Verdict.MATERIAL
    )


SMALL = {
    "We may delete it.": "We will delete it.",
    "You can opt in to this.": "You can opt out to this.",
    "You must be 16 years old.": "You must be 18 years old.",
    "It costs €9.99.": "It costs €12.99.",
    "We do not sell it.": "We sell it.",
}


@pytest.mark.parametrize(("before", "after"), SMALL.items())
def test_a_small_word_can_be_the_whole_change(before: str, after: str, names: Names) -> None:
    change = judged(OLD + "\n" + before, OLD + "\n" + after, names)
    assert change.verdict is Verdict.MATERIAL
    assert (change.excerpts[0].before, change.excerpts[0].after) == (before, after)


def test_a_small_rewording_is_minor(names: Names) -> None:
    assert (
        judged(
            OLD + "\nContact our friendly team.", OLD + "\nContact our support team.", names
        ).verdict
        is Verdict.MINOR
    )


def test_the_opt_out_and_its_link(names: Names) -> None:
    url = "https://www.linkedin.com/settings/ai"
    after = (
        OLD
        + f"\nYou can [opt out]({url}) at any time of the training of AI models in [settings](https://evil.example/settings).\n"
    )
    change = judged(OLD, after, names)
    assert change.opt_out is OptOut.AVAILABLE
    assert [link.url for link in change.links] == [url], "only the service's own addresses"
    assert "ai_training" in change.topics
    assert judged(after, OLD, names).opt_out is OptOut.REMOVED


@pytest.mark.parametrize(
    "url",
    [
        "http://linkedin.com/settings",
        "https://linkedin.com.evil.org/",
        "https://evil.org/linkedin.com",
        "https://u@linkedin.com/",
        "https://linkedin.com\\@evil.org/",
        "javascript:alert(1)",
    ],
)
def test_addresses_that_are_not_the_service(url: str) -> None:
    assert not opt_out.belongs(url, ("linkedin.com",))


AREAS = [
    (
        "For members in the EU, EEA, UK, or Switzerland we do this new thing with data.",
        ["EU", "EEA", "UK", "Switzerland"],
    ),
    (
        "Residents of the United States and Canada get this new thing and have to pay.",
        ["Canada", "United States"],
    ),
    (
        "If you are outside the EEA, Switzerland and the UK, we do this new thing.",
        ["everywhere but: EU, EEA, UK, Switzerland"],
    ),
    (
        "Our new registered office is at 1 Harbour Street, Dublin 2, D02, Ireland, as of today.",
        None,
    ),
    ("LinkedIn Ireland Unlimited Company does this new thing with all of your data.", None),
    ("We follow the EU-U.S. Data Privacy Framework in this new thing that we do.", None),
    ("We do this new thing with all of the data that you have given us so far.", None),
]


@pytest.mark.parametrize(("sentence", "area"), AREAS)
def test_area(sentence: str, area: list[str] | None, names: Names) -> None:
    change = judged(OLD, f"{OLD}\n{sentence}\n", names)
    assert (labels.labels(change.area) if change.area else None) == area


def test_area_from_the_section_and_from_a_definition(names: Names) -> None:
    new = "We train our models on everything that you have ever posted here."
    section = judged(OLD, f"{OLD}\nEuropean Regional Privacy Notice\n-----\n\n{new}\n", names)
    assert section.area == regions.EUROPE
    term = "We use the term “Designated Countries” to refer to countries in the European Union (EU) and Switzerland."
    defined = judged(
        f"{OLD}\n{term}",
        f"{OLD}\n{term}\n\nIn the Designated Countries we train our models on what you posted.",
        names,
    )
    assert defined.area == regions.EU | {"CH"}


def test_an_edition_outside_europe_is_for_there(names: Names) -> None:
    american = Edition(frozenset({"US"}))
    new = f"{OLD}\nWe do this new thing with all of the data that you have given us.\n"
    assert judged(OLD, new, names, edition=american).area == {"US"}
    assert judged(OLD, new, names, edition=IRELAND).area is None, (
        "an Irish edition is a hint, not a proof"
    )


DATES = [
    ("Effective on November 3, 2025", date(2025, 11, 3)), ("ab dem 3. November 2025", date(2025, 11, 3)),
    ("à compter du 1er novembre 2025", date(2025, 11, 1)), ("con efecto a partir del 3 de noviembre de 2025", date(2025, 11, 3)),
    ("wejdzie w życie 3 listopada 2025", date(2025, 11, 3)), ("in vigore dal 3 novembre 2025", date(2025, 11, 3)),
    ("effective from 2025-11-30", date(2025, 11, 30)), ("wirksam ab 03.12.2025", date(2025, 12, 3)),
    ("updated on October 1, 2025 and effective as of December 1, 2025", date(2025, 12, 1)),
    ("We were founded on November 3, 2025", None), ("You have 30 days from the day we tell you", None),
    ("Effective January 4, 2021", None), ("effective 31 February 2026", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DATES)
def test_effective_dates(text: str, day: date | None) -> None:
    assert dates.effective(text, WHEN.date()) == day


def test_a_date_that_moved_counts_although_the_sentence_is_no_news(names: Names) -> None:
    long = "".join(f"Sentence number {n} of a long policy.\n\n" for n in range(40))
    before, after = (
        f"{OLD}{long}Effective as of {day}, 2025\n" for day in ("March 1", "December 1")
    )
    assert judged(
        before, f"{after}\nWe now sell your name and address to anybody who wants them.\n", names
    ).effective == date(2025, 12, 1)


NAMES = {
    "linkdin": "linkedin", "Linked In": "linkedin", "likedin": "linkedin", "twitter": "x", "X": "x", "fb": "facebook", "youtub": "youtube",
    "telegramm": "telegram", "chat gpt": "chatgpt", "amazn prime": "amazon-prime", "https://www.linkedin.com/legal/privacy-policy": "linkedin",
    "m.facebook.com": "facebook", "领英": "linkedin", "Телеграм": "telegram", "claude.ai": "claude", "instagrm": "instagram",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "service"), NAMES.items())
def test_names_people_type(typed: str, service: str, names: Names) -> None:
    found = names.find(typed).service
    assert found
    assert found.id == service


@pytest.mark.parametrize(
    "typed", ["zz", "q", "", " ", "the quick brown fox jumps", "x" * 5000, "😀", "\x00"]
)
def test_names_that_nobody_has_are_not_guessed(typed: str, names: Names) -> None:
    assert names.find(typed).service is None


def test_an_article_is_about_what_its_title_names(names: Names) -> None:
    body = "Starting November 3rd, 2025, LinkedIn trains AI on your data. You can opt out in the settings. Facebook does too."
    article = Item(
        "n:1",
        "n",
        Record.ARTICLE,
        datetime(2025, 9, 22, tzinfo=UTC),
        "LinkedIn will use your data to train AI",
        "https://x",
        text=body,
    )
    change = understand_text(article, names)
    assert (change.services, change.verdict, change.effective) == (
        ("linkedin",),
        Verdict.MATERIAL,
        date(2025, 11, 3),
    )
    assert (
        understand_text(
            replace(article, title="LinkedIn opens an office", text="It rents five floors."), names
        ).verdict
        is Verdict.NOISE
    )
    assert understand_text(replace(article, title="A quiet day"), names).verdict is Verdict.NOISE


def change(uid: str, **more: object) -> Change:
    base = Change(
        uid,
        ("linkedin",),
        "Privacy Policy",
        WHEN,
        "t",
        "l",
        Verdict.MATERIAL,
        (),
        topics=("ai_training",),
        effective=WHEN.date(),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def test_what_joins_a_story() -> None:
    told = [
        Story(1, change("commit:a", fingerprint=tuple(range(10)))),
        Story(
            2,
            change(
                "commit:b",
                terms_type="Terms of Service",
                topics=("liability_arbitration",),
                fingerprint=(77, 78),
            ),
        ),
    ]
    memo, article = Record.MEMO, Record.ARTICLE

    def joined(part: Change) -> int | None:
        story = story_of(part, told)
        return story.id if story else None

    assert joined(change("memo:1", record=memo, commits=("commit:b",), topics=())) == 2
    assert joined(change("memo:2", record=memo)) == 1
    assert (
        joined(
            change(
                "news:1", record=article, terms_type="", recorded=datetime(2025, 9, 22, tzinfo=UTC)
            )
        )
        == 1
    )
    assert joined(change("commit:c", fingerprint=tuple(range(2, 12)))) == 1, (
        "another collection saw the same"
    )
    assert joined(change("commit:d", fingerprint=(99, 98, 97))) is None, (
        "two different changes never merge"
    )
    assert joined(change("news:2", record=article, topics=("payments_refunds",))) is None
    assert joined(change("news:3", record=article, services=("tiktok",))) is None


WORDS = st.sampled_from(
    [
        "we",
        "may",
        "not",
        "share",
        "data",
        "opt",
        "out",
        "EU",
        "\n",
        "\n\n",
        "# ",
        "| ",
        "* ",
        "[a](https://x)",
        ". ",
        "2025",
        "**",
        "é",
        "مرحبا",
        "😀",
        "\x00",
        "<br>",
        "===",
    ]
)
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


@given(TEXTS, TEXTS)
def test_any_two_texts_have_a_verdict_with_a_reason(before: str, after: str) -> None:
    found = judged(before, after, Names([]))
    assert found.verdict in Verdict
    assert found.why
    assert len(found.excerpts) <= 3
    if before == after:
        assert found.verdict is Verdict.NOISE


@given(TEXTS, TEXTS)
def test_differences_are_differences(before: str, after: str) -> None:
    old, new = sentences(before), sentences(after)
    for pair in pairs(old, new):
        assert pair.before is None or pair.before.key not in {s.key for s in new}
        assert pair.after is None or pair.after.key not in {s.key for s in old}
    assert pairs(old, old) == []


@given(TEXTS, TEXTS)
def test_differences_of_huge_texts_are_the_same(before: str, after: str) -> None:
    """What is too large to be compared exactly is paired less well, and nothing is lost."""
    old, new = sentences(before), sentences(after)
    exact = pairs(old, new)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diff, "EXACT", 0)
        coarse = pairs(old, new)
    for found in (exact, coarse):
        assert {p.before.key for p in found if p.before} == {s.key for s in old} - {
            s.key for s in new
        }
        assert {p.after.key for p in found if p.after} == {s.key for s in new} - {
            s.key for s in old
        }


def test_one_sentence_of_a_huge_text_is_paired_with_its_older_wording() -> None:
    words = [f"Rule {number} says what {number * 7} is." for number in range(15_000)]
    changed = [*words]
    changed[9_000] = changed[9_000].replace("says what", "no longer says what")
    old, new = (sentences("\n".join(side)) for side in (words, changed))
    [pair] = pairs(old, new)
    assert pair.before
    assert pair.after
    assert (pair.before.text, pair.after.text) == (words[9_000], changed[9_000])


def test_no_cell_of_an_endless_row_is_lost() -> None:
    row = "|".join(f"word{number}" for number in range(5_000))
    read = " ".join(sentence.text for sentence in sentences(row)).replace("|", " ")
    assert set(read.split()) == set(row.split("|"))


# Each is (before, after), as an expression: a process of its own evaluates it.
HUGE = {
    "the same cell": "'|a' * 200_000, '|b' * 200_000",
    "other cells": "'|a'.join(map(str, range(80_000))), '|b'.join(map(str, range(80_000)))",
    "broken lines": "'a<br>' * 200_000, 'b<br>' * 200_000",
    "many wide rows": "('|a' * 900 + '\\n') * 400, ('|b' * 900 + '\\n') * 400",
    "rows, all other": "*('\\n'.join('|'.join(f'{s}{n}.{m}' for m in range(200)) for n in range(400)) for s in 'ab'),",
    "headings": "'# a\\n' * 100_000, '# b\\n' * 100_000",
    "entries": "'- a\\n' * 100_000, '- b\\n' * 100_000",
    "backwards": "*('|'.join(f'c{n}' for n in span) for span in (range(60_000), range(60_000, 0, -1))),",
    "every other": "*('|'.join(f'{s if n % 2 else 0}c{n}' for n in range(60_000)) for s in 'ab'),",
}
COMPARE = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9,) * 2)  # what is wrong fails, and harms nobody else
from datetime import UTC, datetime
from bot.model import Document, Item, Record
from bot.understand import Edition, learn, understand_change
from bot.understand.names import Names
document = Document("c", "LinkedIn", "Privacy Policy")
item = Item("commit:1", "c", Record.CHANGE, datetime(2026, 1, 1, tzinfo=UTC), "t", "https://x", document)
before, after = {texts}
held = learn(item, before)
understand_change(item, held, after, Edition(frozenset({{"IE"}})), Names([]))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) // 1024)  # ru_maxrss would begin with what the test's own process has
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="the peak of a process is read where Linux keeps it"
)
@pytest.mark.parametrize("texts", HUGE.values(), ids=HUGE.keys())
def test_any_two_texts_are_compared_in_little_memory(texts: str) -> None:
    command = [sys.executable, "-c", COMPARE.format(texts=texts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-500:]
    assert int(done.stdout) <= 300, "in MiB"


@given(st.text(max_size=200), st.text(max_size=200))
def test_pieces_keep_every_word(before: str, after: str) -> None:
    left, right = pieces(before, after)
    assert " ".join(piece.text for piece in left).split() == before.split()
    assert " ".join(piece.text for piece in right).split() == after.split()


@pytest.mark.parametrize(
    "text",
    [
        "a " * 250_000,
        "[" * 100_000,
        "(" * 100_000,
        "**_" * 50_000,
        "|" * 200_000,
        "# " * 100_000,
        "<b " * 50_000,
        "x" * 500_000,
    ],
    ids=range(8),
)
def test_adversarial_texts_end(text: str) -> None:
    assert isinstance(sentences(text), tuple)
    assert isinstance(plain(text[:100_000]), str)


CROWDED = {
    "three kinds of quotation marks": "\"'\u201c",
    "open ones only": "\u201c\u201e\u00ab\u2018",
    "marks and words": "\"a 'b \u201cc ",
    "marks and stops": "\". '. \u201c. ",
    "double and single": "''\"\"",
    "in brackets": "(\"['\u201c",
}


@pytest.mark.parametrize("unit", CROWDED.values(), ids=CROWDED.keys())
def test_a_crowd_of_marks_takes_time_in_proportion(unit: str) -> None:
    """The search for sentences takes the square of their number, and nothing else runs meanwhile."""
    quick, slow = (_seconds_of(unit * (size // len(unit))) for size in (30_000, 120_000))
    assert slow < 10 * quick + 0.1, "four times as long; a square would be sixteen times"


def _seconds_of(line: str) -> float:
    """The least of three, because other work on the computer is in the way of the rest."""
    found = []
    for number in range(3):
        before = time.process_time()
        sentences(f"{line} {number}")
        found.append(time.process_time() - before)
    return min(found)


@pytest.mark.parametrize(
    "unit", [*CROWDED.values(), "We sell data. ", "word ", "x", "\u201cYes.\u201d "]
)
def test_a_long_line_loses_nothing_where_it_is_cut(unit: str) -> None:
    line = unit * (50_000 // len(unit))
    read = "".join(sentence.text for sentence in of_line(f"Begin {line} end", "", "", "en"))
    kept = "".join(filter(str.isalnum, read))
    assert kept == "".join(filter(str.isalnum, f"Begin {line} end"))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        (
            "Wir verwenden Ihre Beiträge, um Modelle der künstlichen Intelligenz zu trainieren.",
            "ai_training",
        ),
        ("Vous pouvez exercer votre droit d'opposition à tout moment.", "user_rights"),
        ("El precio de la suscripción sube en mayo.", "payments_refunds"),
        ("I minori non possono usare il servizio.", "age_minors"),
        ("Wij bewaren uw gegevens zolang dat nodig is.", "data_retention"),
        ("Prawo właściwe to prawo polskie.", "legal_entity_jurisdiction"),
    ],
)
def test_topics_in_other_languages(text: str, topic: str) -> None:
    assert topic in topics.of([text])


def test_topics_speak() -> None:
    assert labels.topic("ai_training") == "training AI on your data"
    assert labels.topic("unheard_of") == "unheard of"
