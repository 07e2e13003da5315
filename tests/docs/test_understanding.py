"""What the pages on understanding say is so: labels and figures, limits, reasons, commands."""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import reading
from bot.conversation.intents import Intent
from bot.jobs import backfill, caps, item_reader
from bot.locales import speaking
from bot.render.reasons import reason
from bot.render.statement import HEADLINE_CHARACTERS
from bot.understand import concepts, dates, excerpts, hold, model, significance, stories
from bot.understand import summary_check as summary
from bot.verdicts import Doubt, Noise, Reason, Verb, Way
from lab.cli import VERBS
from lab.eval.unseen import FOLDS, measured_shas
from lab.train import fit, sentences
from lab.train import model as training
from lab.train.telling import SHARE

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/understanding"
INDEX = (FOLDER / "index.md").read_text("utf-8")
LABELS = (FOLDER / "labels.md").read_text("utf-8")
DATA = ROOT / "lab/eval/labels"
#: The page writes so many numbers as words.
WORDS = {8: "eight", 10: "10"}


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def below(page: str, heading: str) -> str:
    """The text below a heading, up to the next one."""
    found = re.search(rf"(?ms)^#+ {re.escape(heading)}$(.*?)(?=^#|\Z)", page)
    assert found, heading
    return found[1]


def rows(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head."""
    found = re.search(r"(?m)^\|(?:.+\n\|)*.+$", below(page, heading))
    assert found, heading
    lines = found[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


@cache
def labels(name: str) -> list[dict[str, Any]]:
    lines = (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def recorded() -> list[dict[str, Any]]:
    """The labels of recorded changes on which figures are measured."""
    found = [label for name in COLLECTIONS for label in labels(name)]
    assert {label["sha"] for label in found} == measured_shas()
    return found


COLLECTIONS = "vlopses-ie vlopses-us genai-eu contrib genai-contrib pga france".split()


# -- labels


def test_each_file_of_labels_is_listed_with_its_count_and_form() -> None:
    listed = {name.removesuffix(".jsonl"): (int(count), form) for name, count, form, _ in FILES}
    found = {}
    for path in DATA.glob("*.jsonl"):
        first = labels(path.stem)[0]
        form = "second" if "severity" in first else "first"
        form = form if "sha" in first else "memos"
        found[path.stem] = (len(labels(path.stem)), form)
    assert found.pop("by-diff") == (1560, "second")
    assert found == listed


FILES = rows(LABELS, "Labels")


def test_the_mix_of_the_labels_is_as_both_pages_say() -> None:
    verdicts = Counter(label["verdict"] for label in recorded())
    severe = sum(label.get("severity") == 3 for label in recorded())
    mix = f"{verdicts['material']} material, {verdicts['minor']} minor, {verdicts['noise']} noise"
    said = words(below(INDEX, "What matters"))
    assert f"[{len(recorded())} labels](labels.md): {mix}." in said
    assert f"{severe} are of what one must know" in said
    second = [label for label in recorded() if "severity" in label]
    count = Counter(label["verdict"] for label in second)
    assert (
        f"Of its {len(second)} labels, {count['material']} are material ({severe} of severity 3), "
        f"{count['minor']} minor and {count['noise']} noise."
    ) in words(LABELS)


def test_what_is_said_of_labels_made_from_the_diff_alone() -> None:
    found = labels("by-diff")
    most = max(Counter((each["collection"], each["document"]) for each in found).values())
    said = words(below(LABELS, "Labels made from the diff alone"))
    assert f"holds {len(found):,} more labels of the second form, without `stratum`" in said
    assert f"at most {most} of a document" in said
    assert "none was labelled before" in said
    assert not {each["sha"] for each in found} & measured_shas()
    invented = (ROOT / "lab/train/invented.jsonl").read_text("utf-8").splitlines()
    languages = {json.loads(line)["language"] for line in invented}
    assert f"{len(invented)} invented changes with labels, in {WORDS[len(languages)]}" in said
    assert f"{len(found):,} labels made from the diff alone" in words(INDEX)
    assert f"{len(invented)} invented changes" in words(INDEX)


def test_what_is_said_of_changes_that_are_worth_a_message() -> None:
    lines = (ROOT / "lab/eval/worth.jsonl").read_text("utf-8").splitlines()
    found = Counter((each["told"], each["worth"]) for each in map(json.loads, lines))
    said = words(below(INDEX, "What is weak"))
    told = found["now", True] + found["now", False]
    quiet = found["quiet", True] + found["quiet", False]
    assert found.total() == told + quiet
    assert f"Of {found.total()} changes of `vlopses-ie`" in said
    assert f"{told} of them at once, and {found['now', True]} of those were wanted" in said
    assert f"Of the {quiet} that it had not told, {found['quiet', True]} were" in said


def test_fields_of_the_tables_are_fields_of_labels() -> None:
    tables = re.findall(r"(?m)^\| ((?:`[a-z_]+`(?:, )?)+) \|", below(LABELS, "What a label says"))
    listed = set(re.findall(r"`([a-z_]+)`", " ".join(tables)))
    assert listed == set(labels("contrib")[0])


# -- rules and limits


def test_the_reasons_of_noise_are_those_that_there_are() -> None:
    listed = [name for name, _ in rows(INDEX, "Filters")]
    others = re.findall(r"`([a-z_]+)` \(", below(INDEX, "Filters"))
    assert sorted([*listed, *others]) == sorted(Noise)
    with speaking("en"):
        assert dict(rows(INDEX, "Filters"))["format_only"] == reason(
            Reason(Noise.FORMAT_ONLY)
        ).replace("the order, the format, the spelling", "order, format, spelling")


def test_the_doubts_are_those_that_there_are_and_wait_as_long_as_said() -> None:
    table = {name: waits for name, _, waits in rows(INDEX, "What is held")}
    assert set(table) == set(Doubt)
    hours = hold.HOLD // timedelta(hours=1)
    longer = f"{hold.LONGER * hours} hours"
    assert {name for name, waits in table.items() if waits == longer} == {
        Doubt.FLAPS,
        Doubt.UNSURE,
    }
    assert set(table.values()) == {f"{hours} hours", longer}
    said = words(below(INDEX, "What is held"))
    assert f"held for {hours} hours (`SMALLPRINT_HOLD_HOURS`)" in said
    assert f"more than {hold.REPLACED * 100:.0f} % of both versions" in said
    assert f"{hold.NEW_PAGE_WORDS} words or more" in said
    assert f"taken back within {stories.VOID_WITHIN.days} days" in said


def test_the_ways_have_the_thresholds_of_the_packaged_model() -> None:
    table = {name: when for name, when, _ in rows(INDEX, "Three ways")}
    assert set(table) == set(Way)
    thresholds = model.packaged().thresholds
    assert f"reaches {thresholds['now']}" in table[Way.NOW]
    assert f"reaches {thresholds['digest']}" in table[Way.DIGEST]
    said = words(below(INDEX, "Three ways"))
    assert f"`decided` reaches {thresholds['decided']}" in said
    assert f"so that {training.RECALL * 100:.0f} % of what matters is told" in said
    assert f"so that {training.AT_ONCE * 100:.0f} % of what one must know" in said
    assert f"at most {dates.FUTURE.days} days ahead" in said
    assert f"begin {caps.AT_ONCE} stories" in said
    assert f"from {caps.AT_ALL} on they are quiet" in said


def test_the_model_is_as_it_is_described() -> None:
    packaged = model.packaged()
    table = [name for _, name in rows(INDEX, "The model")]
    assert sorted(table) == sorted(packaged.heads)
    trees = {len(head.trees) for head in packaged.heads.values()}
    said = words(below(INDEX, "The model"))
    assert trees == {fit.TREES}
    assert f"half are {fit.TREES} small decision trees of depth {fit.DEPTH}" in said
    size = (ROOT / "bot/understand/model.json").stat().st_size
    assert f"one file of {size / 1e6:.1f} MB" in said
    meanings = tomllib.loads((ROOT / "bot/understand/concepts.toml").read_text("utf-8"))
    spoken = {language for words in meanings.values() for language in words}
    assert len(spoken - {concepts.UNSPACED}) == 8
    assert "lists of words in eight languages, with some in Chinese" in said


def test_the_times_and_sizes_of_stories_and_texts() -> None:
    said = words(INDEX)
    assert f"up to {backfill.VERSIONS} earlier versions" in said
    assert f"within {stories.SAME_CHANGE.days} days, if half of their new" in said
    assert stories.ALIKE == 0.5
    assert f"same terms within {stories.MEMO_OF_TERMS.days} days" in said
    memo, article = stories.MEMO_ABOUT.days, stories.ARTICLE_ABOUT.days
    assert f"a memo within {memo} days, or an article within {article} days" in said
    assert f"at most {excerpts.EXCERPT_CHARACTERS} characters a side" in said
    assert f"in at most {HEADLINE_CHARACTERS} characters" in said
    assert f"one of {len(Verb)} fixed forms" in said
    assert f"shorter than {summary.SHORTEST_CHARACTERS} or longer than" in said
    assert f"longer than {summary.LONGEST_CHARACTERS} characters" in said
    assert item_reader.GIVE_UP == 8, "tries, which take about a day and a half"
    assert significance.CLEAR == 0.6


# -- typed sentences


def test_what_is_said_of_the_model_of_sentences() -> None:
    examples = sentences.examples()
    said = words(INDEX)
    assert f"taught with {len(examples):,} example sentences in eight languages" in said
    assert len({each.language for each in examples}) == 8
    assert f"which of {len(Intent)} intents" in said
    assert f"probability of {reading.SURE} the intent counts as meant" in said
    assert f"From {reading.LIKELY} it is offered" in said
    assert f"the {len(examples):,} examples, each by a model without it" in said


# -- figures and commands


def test_the_figures_of_what_matters_are_those_that_were_written_down() -> None:
    """They take half an hour to measure; the decision has what was measured."""
    [path] = (ROOT / "docs/decisions").glob("0036-*.md")
    decided = words(path.read_text("utf-8"))
    table = {row: (value, sure) for row, value, sure in rows(INDEX, "What matters")}
    matters, small, noise, severe, at_once = table.values()
    assert f"({len(recorded())} labels, owners left out): told {matters[0]} of what" in decided
    assert (
        f"{matters[0]} of what matters, {noise[0]} of noise, {small[0]} of small edits" in decided
    )
    assert f"were sure {matters[1]}, {noise[1]}, {small[1]}." in decided
    assert f"{severe[0]} of severity 3, and {at_once[0]} of small edits" in decided
    assert list(table) == [
        "told of what matters",
        "told of small edits (minor)",
        "told of noise",
        "told at once of what one must know",
        "told at once of small edits",
    ]


def test_the_figures_of_what_is_shown_are_those_that_were_written_down() -> None:
    [path] = (ROOT / "docs/decisions").glob("0037-*.md")
    decided = words(path.read_text("utf-8"))
    first, three, *_ = [value for _, value in rows(INDEX, "What is shown")]
    said = f"in the first passage {first}, in the first three {three} of 183 changes"
    assert said in decided
    assert "Measured on 183 changes that matter" in words(INDEX)


def test_parts_and_shares_of_the_evaluations() -> None:
    assert f"split into {WORDS[FOLDS]} parts" in words(below(INDEX, "What matters"))
    assert f"if {SHARE * 100:.0f} % of its words are there" in words(INDEX)


def test_every_evaluation_is_listed() -> None:
    [verb] = [verb for verb in VERBS if verb.name == "eval"]
    parser = argparse.ArgumentParser()
    verb.arguments(parser)
    [choices] = [each.choices for each in parser._actions if each.dest == "what"]
    listed = [command.removeprefix("./run eval ") for command, *_ in rows(INDEX, "How to measure")]
    assert sorted(listed) == sorted(choices or ())


@pytest.mark.parametrize("name", ["model", "topic_weights", "telling"])
def test_the_files_that_training_writes_are_named_on_both_pages(name: str) -> None:
    path = f"bot/understand/{name}.json"
    assert (ROOT / path).is_file()
    assert path in INDEX
    assert path in LABELS
