"""The differences between two versions: pairs of sentences, and the words within a pair."""

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
#: Larger blocks are not paired sentence by sentence, which would be quadratic.
MAX_BLOCK = 200
#: The most words of a sentence that are compared.
MAX_WORDS = 2_000
#: This many characters of a sentence suffice to recognise its older wording.
GIST_CHARACTERS = 600
#: The product of the sentence counts up to which versions are compared exactly. It takes that many
#: bits, and blocks everything else meanwhile. No real document comes near.
EXACT = 100_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A difference: a sentence that was added, removed or reworded; at most one side is None."""

    before: Sentence | None
    after: Sentence | None

    @property
    def sides(self) -> list[Sentence]:
        """The sentences of the pair, the older first."""
        return [side for side in (self.before, self.after) if side]

    @property
    def newest(self) -> Sentence:
        """The newer sentence, or the older one if it was removed."""
        return self.sides[-1]

    @property
    def texts(self) -> tuple[str, str]:
        """The older and the newer text; "" for a missing side."""
        return _text_of(self.before), _text_of(self.after)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words of one side of a pair, and whether the other side lacks them."""

    text: str
    differs: bool


def pairs(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Pair]:
    """The differences of two versions, in document order; moved sentences are none."""
    old_keys = [sentence.key for sentence in old]
    new_keys = [sentence.key for sentence in new]
    gone = set(old_keys) - set(new_keys)
    come = set(new_keys) - set(old_keys)
    found: list[Pair] = []
    for removed, added in _blocks(old, new, old_keys, new_keys):
        found.extend(_match(_those_in(gone, removed), _those_in(come, added)))
    return _once(found)


@lru_cache(maxsize=1_000)
def pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both sides of a pair as runs of words, shared or differing."""
    old = before.split()[:MAX_WORDS]
    new = after.split()[:MAX_WORDS]
    if not old or not new:
        return _whole(before, old), _whole(after, new)
    left: list[Piece] = []
    right: list[Piece] = []
    for op in Indel.opcodes(old, new):
        same = op.tag == "equal"
        gone = old[op.src_start : op.src_end]
        if gone:
            left.append(Piece(" ".join(gone), not same))
        come = new[op.dest_start : op.dest_end]
        if come:
            right.append(Piece(" ".join(come), not same))
    return tuple(left), tuple(right)


def words_apart(before: str, after: str) -> tuple[list[str], list[str]]:
    """The words of each side that the other lacks."""
    left, right = pieces(before, after)
    return _differing_words(left), _differing_words(right)


def differing_words(pair: Pair) -> tuple[list[str], list[str]]:
    """The words, folded, that each side of a pair has and the other lacks; dates are ignored."""
    before, after = pair.texts
    return words_apart(folded(before), folded(after))


def new_words(pair: Pair) -> list[str]:
    """The words, folded, that only the newer side has."""
    return differing_words(pair)[1]


def _text_of(side: Sentence | None) -> str:
    if side is None:
        return ""
    return side.text


def _key_of(side: Sentence | None) -> int | None:
    if side is None:
        return None
    return side.key


def _those_in(keys: set[int], block: list[Sentence]) -> list[Sentence]:
    return [sentence for sentence in block if sentence.key in keys and sentence.text]


def _whole(text: str, words: list[str]) -> tuple[Piece, ...]:
    if words:
        return (Piece(text, True),)
    return ()


def _differing_words(side: tuple[Piece, ...]) -> list[str]:
    words: list[str] = []
    for piece in side:
        if piece.differs:
            words.extend(piece.text.split())
    return words


def _blocks(
    old: Sequence[Sentence], new: Sequence[Sentence], old_keys: list[int], new_keys: list[int]
) -> list[tuple[list[Sentence], list[Sentence]]]:
    """Runs of removed and added sentences between two sentences that both versions have."""
    blocks: list[tuple[list[Sentence], list[Sentence]]] = []
    end_old = end_new = 0
    for start_old, start_new in [*_shared(old_keys, new_keys), (len(old), len(new))]:
        blocks.append((list(old[end_old:start_old]), list(new[end_new:start_new])))
        end_old, end_new = start_old + 1, start_new + 1
    return [block for block in blocks if block[0] or block[1]]


def _shared(old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places of shared keys in the same order; approximate if both versions are huge."""
    if len(old) * len(new) <= EXACT:
        yield from _equal(old, new)
        return
    end_old = end_new = 0
    for start_old, start_new in [*_landmarks(old, new), (len(old), len(new))]:
        part_old = old[end_old:start_old]
        part_new = new[end_new:start_new]
        # A part between two landmarks is handled coarsely if it is huge in turn.
        if len(part_old) * len(part_new) <= EXACT:
            for here, there in _equal(part_old, part_new):
                yield end_old + here, end_new + there
        if start_old < len(old) and start_new < len(new):
            yield start_old, start_new
        end_old = start_old + 1
        end_new = start_new + 1


def _equal(old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places, in both, of the longest common subsequence of keys."""
    for op in Indel.opcodes(old, new):
        if op.tag == "equal":
            olds = range(op.src_start, op.src_end)
            yield from zip(olds, range(op.dest_start, op.dest_end), strict=True)


def _landmarks(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """The places of keys that are unique in both, as many as are in the same order.

    This is what `git diff --patience` does.
    """
    places = _only_once(new)
    both = [(here, places[key]) for key, here in _only_once(old).items() if key in places]
    # For each length the increasing sequence that ends first: its end in `new`, the index in `both`
    # of its last member, and for each index the one before it in its sequence.
    ends = list[int]()
    last = list[int]()
    before = list[int]()
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
    """The place of each key that occurs only once, in order."""
    counts = Counter(keys)
    return {key: place for place, key in enumerate(keys) if counts[key] == 1}


def _match(before: list[Sentence], after: list[Sentence]) -> list[Pair]:
    """The pairs of a block: each new sentence with the most similar old one that is left."""
    before, after = _without_moved_entries(before, after)
    left = {number: _gist(older.text) for number, older in enumerate(before[:MAX_BLOCK])}
    found: list[Pair] = []
    for sentence in after:
        number = None
        if left and len(after) <= MAX_BLOCK:
            number = _likest(sentence, left)
        if number is None:
            found.append(Pair(None, sentence))
            continue
        del left[number]
        found.append(Pair(before[number], sentence))
    gone = [*(before[number] for number in left), *before[MAX_BLOCK:]]
    return found + [Pair(sentence, None) for sentence in gone]


def _likest(sentence: Sentence, left: dict[int, str]) -> int | None:
    """The number of the most similar older sentence, or None if none is similar enough."""
    gist = _gist(sentence.text)
    hit = process.extractOne(gist, left, scorer=fuzz.ratio, score_cutoff=ALIKE)
    if hit:
        return hit[2]
    return None


def _gist(text: str) -> str:
    """Enough of a sentence to recognise its older wording."""
    if len(text) <= GIST_CHARACTERS:
        return text
    half = GIST_CHARACTERS // 2
    return text[:half] + text[-half:]


def _without_moved_entries(
    before: list[Sentence], after: list[Sentence]
) -> tuple[list[Sentence], list[Sentence]]:
    """Both sides without list entries of which only the lead was reworded: their keys differ."""
    both = _texts_of_entries(before) & _texts_of_entries(after)
    return _not_in(both, before), _not_in(both, after)


def _texts_of_entries(block: list[Sentence]) -> set[str]:
    return {sentence.text for sentence in block if sentence.lead}


def _not_in(texts: set[str], block: list[Sentence]) -> list[Sentence]:
    return [sentence for sentence in block if sentence.text not in texts]


def _once(found: list[Pair]) -> list[Pair]:
    """The differences without duplicates: the same sentence in two places is one."""
    unique: dict[tuple[int | None, int | None], Pair] = {}
    for pair in found:
        unique.setdefault((_key_of(pair.before), _key_of(pair.after)), pair)
    return list(unique.values())
