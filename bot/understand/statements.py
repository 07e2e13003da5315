"""The statement of a passage, in one sentence: a verb of a closed list, and words of the text.

No statement claims more than the text does. Rules read plain English main clauses ("We may share …
with …", "You must …") and, in any language, a few words that were replaced, added or dropped. If no
rule is sure, the telling clause is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from bot.understand import clauses, opt_out
from bot.understand.diff import Pair, Piece, pieces
from bot.understand.statement_patterns import (
    ACT_OF,
    CONDITION,
    FORBIDDEN,
    FORMS,
    LEADING,
    LIMITED,
    NUMBERING,
    PASSIVE,
    PROMISED,
    PURPOSE,
    TRAINING,
    WE,
    YOU,
    YOURS,
)
from bot.understand.text import Sentence
from bot.verdicts import Statement, Verb

#: The most characters of a value; a headline has a hundred.
VALUE_CHARACTERS = 78
#: The most characters of each side of a replacement.
SIDE_CHARACTERS = 40
#: The most differing words of a side that are read as one replacement.
TURN_WORDS = 8
#: The number of neighbouring words shown on each side of a replacement.
BESIDE_WORDS = 3
#: A sentence with this share of another's words (0 to 100) says the same.
SAID_BEFORE = 72.0
#: Verbs that claim something is new.
CLAIMS = frozenset(verb for verb in Verb if verb not in (Verb.SAYS, Verb.NO_LONGER_SAYS))
#: The characters of a sentence that are read.
READ_CHARACTERS = 1_000


def of(pair: Pair, older: Sequence[str] = (), newer: Sequence[str] = ()) -> Statement | None:
    """The statement of a pair, all of whose values are in the text; or None.

    `older` and `newer` are the sentences of both versions. A sentence that the other version has in
    other words was neither added nor removed, so it is only quoted.
    """
    for found in _readings(pair):
        if found.verb in CLAIMS and _stands_in_other_words(pair, older, newer):
            continue
        if all(_stands(value, pair) for value in found.values):
            return found
    return None


def quoted(pair: Pair) -> Statement | None:
    """The pair quoted, without a claim that it is new; or None."""
    for found in _readings(pair):
        if found.verb not in CLAIMS and all(_stands(value, pair) for value in found.values):
            return found
    return None


def _readings(pair: Pair) -> Iterator[Statement]:
    """The possible statements of a pair, the best first."""
    before, after = pair.before, pair.after
    if before and after:
        yield from _reworded(before, after)
    elif after:
        yield from _come(after)
    elif before:
        yield from _gone(before)


def _stands_in_other_words(pair: Pair, older: Sequence[str], newer: Sequence[str]) -> bool:
    """Whether the other version has most of the words of an added or removed sentence."""
    if pair.before and pair.after:
        return False
    others = newer if pair.before else older
    said = pair.newest.text[:READ_CHARACTERS]
    hit = process.extractOne(said, others, scorer=fuzz.token_set_ratio, score_cutoff=SAID_BEFORE)
    return hit is not None


# -- added sentences


def _come(after: Sentence) -> Iterator[Statement]:
    text = after.text[:READ_CHARACTERS]
    if after.lead:
        entry = _fitting(text, VALUE_CHARACTERS - min(len(after.lead), SIDE_CHARACTERS))
        yield Statement(Verb.LISTS, (entry, _short_lead(after.lead)))
    if PURPOSE.match(text):
        yield Statement(Verb.PURPOSE, (clauses.beginning(text, VALUE_CHARACTERS, to_a_word=True),))
    if not after.lead:
        yield from _acts(text)
        yield from _yours(text)
    if opt_out.offered(text) and not after.lead:
        yield Statement(Verb.CHOICE, (_fitting(text, VALUE_CHARACTERS),))
    yield Statement(Verb.SAYS, (_fitting(text, VALUE_CHARACTERS),))


def _acts(text: str) -> Iterator[Statement]:
    """The service's act, if the main clause states one."""
    match = WE.match(text)
    if match is None or "?" in text or LIMITED.match(match["object"]):
        return
    form = FORMS[(match["modal"] or "").casefold().replace("’", "'")]
    verb = match["verb"].casefold()
    act = ACT_OF.get(verb)
    training = TRAINING.match(match["object"])
    if verb == "use" and training:
        yield Statement(Verb(f"{form}train"), (_object(training["object"]),))
    if act is None or (act == "close" and "account" not in text and "access" not in text):
        return
    yield Statement(Verb(f"{form}{act}"), (_object(match["object"]),))


def _yours(text: str) -> Iterator[Statement]:
    """The reader's duty, permission or ban, if the main clause states one."""
    match = YOU.match(text)
    if match is None or "?" in text or LIMITED.match(match["object"]):
        return
    modal = match["modal"].casefold().replace("’", "'")
    if modal in ("may", "can", "shall") and PASSIVE.match(match["object"]):
        return  # what happens to the reader is neither a permission nor a duty
    verb = YOURS.get(modal, Verb.YOU_MUST_NOT)
    if modal in ("no longer have to", "do not have to", "need not"):
        verb = Verb.YOU_NEED_NOT
    yield Statement(verb, (_object(match["object"]),))


def _object(text: str) -> str:
    """The object of a verb, from its first word on."""
    return clauses.beginning(text.rstrip(" .;:"), VALUE_CHARACTERS)


# -- removed sentences


def _gone(before: Sentence) -> Iterator[Statement]:
    text = before.text[:READ_CHARACTERS]
    if before.lead:
        entry = _fitting(text, VALUE_CHARACTERS - min(len(before.lead), SIDE_CHARACTERS))
        yield Statement(Verb.UNLISTS, (entry, _short_lead(before.lead)))
    clause = _fitting(text, VALUE_CHARACTERS)
    if opt_out.offered(text):
        yield Statement(Verb.CHOICE_GONE, (clause,))
    elif PROMISED.search(text):
        yield Statement(Verb.PROMISE_GONE, (clause,))
    elif FORBIDDEN.search(text):
        yield Statement(Verb.BAN_GONE, (clause,))
    yield Statement(Verb.NO_LONGER_SAYS, (clause,))


# -- reworded sentences


def _reworded(before: Sentence, after: Sentence) -> Iterator[Statement]:
    """A replacement, addition or omission of a few words; else what the new wording says."""
    older, newer = _unnumbered(before.text), _unnumbered(after.text)
    old, new = pieces(older, newer)
    went = [piece for piece in old if piece.differs]
    came = [piece for piece in new if piece.differs]
    if len(went) == 1 and len(came) == 1 and _is_small(went[0]) and _is_small(came[0]):
        yield _turned(old, new)
    if len(came) == 1 and not went and _is_small(came[0]):
        yield Statement(Verb.ADDS, (_trimmed(came[0].text), _beside(new)))
    if len(went) == 1 and not came and _is_small(went[0]):
        yield Statement(Verb.DROPS, (_trimmed(went[0].text), _beside(old)))
    marked = clauses.differing(new, newer)
    if went and not came:
        marked_old = clauses.differing(old, older)
        lost = clauses.around(older, marked_old, VALUE_CHARACTERS)
        yield Statement(Verb.NO_LONGER_SAYS, (lost,))
    yield Statement(Verb.SAYS, (clauses.around(newer, marked, VALUE_CHARACTERS),))


def _is_small(piece: Piece) -> bool:
    words = piece.text.split()
    return len(words) <= TURN_WORDS and len(piece.text) <= SIDE_CHARACTERS


def _turned(old: tuple[Piece, ...], new: tuple[Piece, ...]) -> Statement:
    """The new words and the old ones they replace, each with their neighbours."""
    return Statement(Verb.TURNS, (_with_neighbours(new), _with_neighbours(old)))


def _with_neighbours(side: tuple[Piece, ...]) -> str:
    """The differing words of a side, with a few words before and after."""
    [place] = [number for number, piece in enumerate(side) if piece.differs]
    words = side[place].text.split()
    if place > 0:
        words = [*side[place - 1].text.split()[-BESIDE_WORDS:], *words]
    if place + 1 < len(side):
        words = [*words, *side[place + 1].text.split()[:BESIDE_WORDS]]
    return _trimmed(" ".join(words))


def _beside(side: tuple[Piece, ...]) -> str:
    """The words before the differing ones, or else those after."""
    [place] = [number for number, piece in enumerate(side) if piece.differs]
    if place > 0:
        return _trimmed(" ".join(side[place - 1].text.split()[-2 * BESIDE_WORDS :]))
    return _trimmed(" ".join(side[place + 1].text.split()[: 2 * BESIDE_WORDS]))


# -- words


def _short_lead(lead: str) -> str:
    return clauses.ending(lead.rstrip(" :"), SIDE_CHARACTERS)


def _fitting(text: str, limit: int) -> str:
    """The beginning of a sentence, without introductory phrases.

    A condition stays: without it the sentence would claim more than it does.
    """
    said = _unnumbered(text)
    if len(said) > limit and (match := LEADING.match(said)):
        rest = clauses.beginning(said[match.end() :], limit - len(clauses.ELLIPSIS) - 1)
        return f"{clauses.ELLIPSIS} {rest}"
    return clauses.beginning(said, limit, to_a_word=CONDITION.match(said) is not None)


def _unnumbered(text: str) -> str:
    return NUMBERING.sub("", text.strip())[:READ_CHARACTERS]


def _trimmed(text: str) -> str:
    return text.strip(" ,;:.")


def _stands(value: str, pair: Pair) -> bool:
    """Whether the words of a value occur in the pair, in order."""
    told = _bare(value)
    sides = [f"{side.lead} {side.text}" for side in pair.sides]
    return bool(told) and any(told in _bare(side) for side in sides)


def _bare(text: str) -> str:
    return " ".join(text.replace(clauses.ELLIPSIS, " ").split())
