"""Training of the intent classifier, from example sentences written for it.

They are in `sentences/<language>.txt`, below their intents. In them `<s>` stands for a service,
`<r>` for a place, `<t>` for a time, `<d>` for a duration and `<l>` for a language.
"""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot import catalogue
from bot.catalogue.names import Names
from bot.conversation.classifier import Classifier, load, traits
from bot.conversation.intents import Intent
from bot.conversation.slots import find

FOLDER = Path(__file__).parent / "sentences"
WRITTEN = Path(__file__).parents[2] / "bot/conversation/intents.json"
#: The fewest examples with a feature.
LEAST = 3
#: The inverse regularisation of the model.
FREEDOM = 30.0
#: How often each example is learnt from with typing errors, besides once unchanged.
SLIPS = 1
FOLDS = 5
SEED = 7
#: The Friday on which the examples are said.
TODAY = date(2026, 11, 27)


@dataclass(frozen=True, slots=True)
class Sentence:
    """An example: a masked sentence, its language, and its intent."""

    text: str
    language: str
    intent: Intent


def examples(folder: Path = FOLDER) -> list[Sentence]:
    """All examples. Raises ValueError for an unknown intent."""
    found: list[Sentence] = []
    for path in sorted(folder.glob("*.txt")):
        intent = Intent.NONE
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("["):
                intent = Intent(line.strip("[]"))
            elif line:
                found.append(Sentence(line, path.stem, intent))
    return found


def words_of(sentences: Sequence[Sentence]) -> frozenset[str]:
    """The words that people say to the bot besides names, in lower case."""
    found = {word.strip(",?!") for each in sentences for word in each.text.casefold().split()}
    return frozenset(word for word in found if word.isalpha())


def as_read(sentences: Sequence[Sentence], names: Names) -> list[Sentence]:
    """The sentences as the bot reads them: "good evening" contains a time."""
    everyday = words_of(sentences)
    return [
        replace(each, text=find(each.text, names, TODAY, everyday).masked) for each in sentences
    ]


def fit(sentences: Sequence[Sentence]) -> Classifier:
    """A classifier trained on these sentences."""
    return load(written(sentences))


def written(sentences: Sequence[Sentence], words: Iterable[str] = ()) -> str:
    """A classifier trained on these sentences as JSON, with everyday `words`."""
    dice = random.Random(SEED)  # noqa: S311 - slips of the hand, no secrets
    texts: list[str] = []
    intents: list[str] = []
    for each in sentences:
        for text in (each.text, *_slipped(each.text, dice)):
            texts.append(text)
            intents.append(each.intent.value)
    counts = TfidfVectorizer(
        analyzer=_traits, min_df=LEAST, use_idf=False, sublinear_tf=True, norm="l2"
    )
    matrix = counts.fit_transform(texts)
    model = LogisticRegression(C=FREEDOM, max_iter=400)
    model.fit(matrix, intents)
    weights = model.coef_.T
    scale = float(np.abs(weights).max()) / 127
    steps = np.clip(np.rint(weights / scale) + 128, 0, 255).astype(np.uint8)
    order = sorted(counts.vocabulary_, key=counts.vocabulary_.__getitem__)
    kept = [place for place, row in enumerate(steps) if (np.abs(row.astype(int) - 128) > 1).any()]
    return json.dumps(
        {
            "intents": list(model.classes_),
            "shifts": [round(float(shift), 4) for shift in model.intercept_],
            "traits": [order[place] for place in kept],
            "weights": b64encode(steps[kept].tobytes()).decode(),
            "scale": round(scale, 6),
            "words": " ".join(sorted(words)),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def left_out(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, dict[Intent, float]]]:
    """Each sentence with the probabilities by a model that has not seen it."""
    wanted = [each.intent.value for each in sentences]
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for seen, unseen in parts.split(wanted, wanted):
        model = fit([sentences[place] for place in seen])
        for place in unseen:
            yield sentences[place], model.probabilities(sentences[place].text)


def report(sentences: Sequence[Sentence]) -> None:
    """Print how often an unseen sentence is understood, by intent and by language."""
    right = Counter[str]()
    total = Counter[str]()
    for sentence, chances in left_out(sentences):
        best = max(chances, key=chances.__getitem__)
        for group in (sentence.intent.value, sentence.language, "all"):
            total[group] += 1
            right[group] += best is sentence.intent
    for group, count in sorted(total.items()):
        print(f"{group:<16} {right[group] / count:6.2f} of {count}")


def _traits(text: str) -> list[str]:
    return list(traits(text))


def _slipped(text: str, dice: random.Random) -> Iterator[str]:
    """The sentence with a letter left out, doubled or swapped."""
    for _ in range(SLIPS):
        places = [
            at for at, sign in enumerate(text[:-1]) if sign.isalpha() and text[at + 1].isalpha()
        ]
        if not places:
            return
        at = dice.choice(places)
        here, there = text[at], text[at + 1]
        yield text[:at] + dice.choice((there, here + here + there, there + here)) + text[at + 2 :]


def main() -> None:
    """Write the model of all examples, after a report on unseen ones."""
    sentences = examples()
    taught = as_read(sentences, Names(catalogue.load().services))
    report(taught)
    WRITTEN.write_text(written(taught, words_of(sentences)), "utf-8")
    print(f"{WRITTEN.name}: {WRITTEN.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
