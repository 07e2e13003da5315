"""What differs between two versions: pairs of sentences, and the words inside a pair."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from bot.understand.text import Sentence, folded

#: Two sentences at least this alike (0 to 100) are one sentence, reworded.
ALIKE = 55.0
#: Blocks larger than this are not paired sentence by sentence: that would be quadratic.
MAX_BLOCK = 200
MAX_WORDS = 2_000
GIST = 600
#: The sentences of one version times those of the other up to which they are compared exactly: that takes so
#: many bits, and as long as nothing else runs. No real document comes near.
EXACT = 100_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """One difference; at most one side is None."""

    before: Sentence | None
    after: Sentence | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one side of a pair, and whether the other side lacks them."""

    text: str
    differs: bool


def pairs(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Pair]:
    """Differences in document order. Sentences that only moved are not differences."""
    old_keys, new_keys = [s.key for s in old], [s.key for s in new]
    gone, come = set(old_keys) - set(new_keys), set(new_keys) - set(old_keys)
    found: list[Pair] = []
    for removed, added in _blocks(old, new, old_keys, new_keys):
        before = [s for s in removed if s.key in gone and s.text]
        after = [s for s in added if s.key in come and s.text]
        found.extend(_match(before, after))
    return _once(found)


@lru_cache(maxsize=1_000)
def pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both sides as runs of words, those that differ told apart."""
    old, new = before.split()[:MAX_WORDS], after.split()[:MAX_WORDS]
    if not old or not new:
        return (Piece(before, True),) if old else (), (Piece(after, True),) if new else ()
    left: list[Piece] = []
    right: list[Piece] = []
    for op in Indel.opcodes(old, new):
        same = op.tag == "equal"
        if words := old[op.src_start : op.src_end]:
            left.append(Piece(" ".join(words), not same))
        if words := new[op.dest_start : op.dest_end]:
            right.append(Piece(" ".join(words), not same))
    return tuple(left), tuple(right)


def words_apart(before: str, after: str) -> tuple[list[str], list[str]]:
    """The words of each side that the other lacks."""
    left, right = (
        [word for piece in side if piece.differs for word in piece.text.split()]
        for side in pieces(before, after)
    )
    return left, right


def new_words(pair: Pair) -> list[str]:
    """The words, folded, that the newer side has and the older has not; another date is not a new word."""
    return words_apart(
        folded(pair.before.text) if pair.before else "",
        folded(pair.after.text) if pair.after else "",
    )[1]


def _blocks(
    old: Sequence[Sentence], new: Sequence[Sentence], old_keys: list[int], new_keys: list[int]
) -> list[tuple[list[Sentence], list[Sentence]]]:
    """Runs of removed and added sentences that lie between two sentences both versions have."""
    blocks: list[tuple[list[Sentence], list[Sentence]]] = []
    end_old = end_new = 0
    for start_old, start_new in [*_shared(old_keys, new_keys), (len(old), len(new))]:
        blocks.append((list(old[end_old:start_old]), list(new[end_new:start_new])))
        end_old, end_new = start_old + 1, start_new + 1
    return [block for block in blocks if block[0] or block[1]]


def _shared(old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places, in both, of what both have in the same order: all of it, unless the two are huge."""
    if len(old) * len(new) <= EXACT:
        for op in Indel.opcodes(old, new):
            if op.tag == "equal":
                yield from zip(
                    range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True
                )
        return
    end_old = end_new = 0
    for start_old, start_new in [*_landmarks(old, new), (len(old), len(new))]:
        part_old, part_new = old[end_old:start_old], new[end_new:start_new]
        if (
            len(part_old) * len(part_new) <= EXACT
        ):  # what lies between is coarse where it is huge in turn
            yield from (
                (end_old + here, end_new + there) for here, there in _shared(part_old, part_new)
            )
        if start_old < len(old) and start_new < len(new):
            yield start_old, start_new
        end_old, end_new = start_old + 1, start_new + 1


def _landmarks(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """The places of what is once in each, as many as are in the same order (`git diff --patience`)."""
    places = _only_once(new)
    both = [(here, places[key]) for key, here in _only_once(old).items() if key in places]
    # Of all rows of a length the one that ends first: where it ends in `new`, and its last number in `both`.
    ends, last, before = list[int](), list[int](), list[int]()
    for number, (_, there) in enumerate(both):
        length = bisect_left(ends, there)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [there]
        last[length : length + 1] = [number]
    found = list[tuple[int, int]]()
    number = last[-1] if last else -1
    while number >= 0:
        found.append(both[number])
        number = before[number]
    return found[::-1]


def _only_once(keys: Sequence[int]) -> dict[int, int]:
    """The place of each key that is there only once, in order."""
    counts = Counter(keys)
    return {key: place for place, key in enumerate(keys) if counts[key] == 1}


def _match(before: list[Sentence], after: list[Sentence]) -> list[Pair]:
    """Pair what was reworded, each sentence with the likest that is left."""
    before, after = _without_moved_entries(before, after)
    left = {number: _gist(s.text) for number, s in enumerate(before[:MAX_BLOCK])}
    found: list[Pair] = []
    for sentence in after:
        hit = None
        if left and len(after) <= MAX_BLOCK:
            hit = process.extractOne(
                _gist(sentence.text), left, scorer=fuzz.ratio, score_cutoff=ALIKE
            )
        if hit:
            del left[hit[2]]
        found.append(Pair(before[hit[2]] if hit else None, sentence))
    return [
        *found,
        *(Pair(before[number], None) for number in left),
        *(Pair(s, None) for s in before[MAX_BLOCK:]),
    ]


def _gist(text: str) -> str:
    """Enough of a sentence to know its older wording by."""
    return text if len(text) <= GIST else text[: GIST // 2] + text[-GIST // 2 :]


def _without_moved_entries(
    before: list[Sentence], after: list[Sentence]
) -> tuple[list[Sentence], list[Sentence]]:
    """Entries whose lead was reworded have another key and the same words: only the lead is a difference."""
    both = {s.text for s in before if s.lead} & {s.text for s in after if s.lead}
    return [s for s in before if s.text not in both], [s for s in after if s.text not in both]


def _once(found: list[Pair]) -> list[Pair]:
    """The same sentence in two places is one difference."""
    unique: dict[tuple[int | None, int | None], Pair] = {}
    for pair in found:
        sides = (pair.before.key if pair.before else None, pair.after.key if pair.after else None)
        unique.setdefault(sides, pair)
    return list(unique.values())
