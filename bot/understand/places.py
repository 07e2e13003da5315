"""The area of a text: the countries that its sentences say they are for, or not for.

A place narrows only where a sentence says so (docs/decisions/0032).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot import regions
from bot.regions import EUROPE, all_countries
from bot.understand import headings, memo_words
from bot.understand.place_lists import Line
from bot.understand.scopes import Said, headed, said
from bot.understand.spotting import Codes, Terms
from bot.understand.text import Sentence
from bot.verdicts import Area

_DEFINITION = re.compile(
    r"[“\"]\*{0,2}([A-Z][\w ]{3,40})\*{0,2}[”\"]\W{1,5}(?:to (?:refer to|mean)|means?|"
    r"refers? to)\s+([^.]{5,200})"
)
#: The most words of a defined term; longer ones are not places.
MAX_TERM_WORDS = 5
#: A change with more sentences concerns everybody: it is another text.
MAX_SENTENCES = 2_000
#: The most words of a version's date line, which does not say whom it is for.
FEW_WORDS = 8
_OF_A_VERSION = re.compile(r"\b(?:updated?|effective|modified|revised|version|revision)\b", re.I)
_NOBODY = frozenset[str]()


def area_of(changed: list[Sentence], defined: Mapping[str, Codes], edition: Codes) -> Area:
    """The area that a change concerns, or None if a sentence does not say so clearly.

    A sentence that does not say is placed by the headings and leads above it. `edition` are the
    countries whose edition the collection sees. It decides only if the text does not, and only
    outside Europe, because European editions overlap and a missed alert is worse than a superfluous
    one.
    """
    if len(changed) > MAX_SENTENCES:
        return None
    area = _NOBODY
    for sentence in changed:
        if _says_nothing(sentence):
            continue
        reach = _reach(sentence, defined)
        if reach is None:
            return _area_of_edition(edition, changed, defined)
        area |= reach
    if not area or area == all_countries():
        return None
    return area


def _says_nothing(sentence: Sentence) -> bool:
    """Whether it is the date of a version, or the heading of its own section."""
    if sentence.text and sentence.section.endswith(sentence.text):
        return True
    return sentence.words <= FEW_WORDS and _OF_A_VERSION.search(sentence.text) is not None


def _reach(sentence: Sentence, defined: Mapping[str, Codes]) -> Area:
    """The countries that a sentence is for, by its words or headings; None if neither says."""
    own = said(sentence.text, _terms_in(sentence.text, defined))
    if own.vague:
        return None
    if own.scoped:
        return own.reach or None
    terms = _terms_in(f"{sentence.lead} {sentence.section}", defined)
    above = headings.scope(sentence.section, sentence.lead, terms)
    if above is None:
        return None
    return above | (own.loose & EUROPE)


def _terms_in(text: str, defined: Mapping[str, Codes]) -> Terms:
    """The document's defined terms that occur in a text."""
    return tuple((term, codes) for term, codes in sorted(defined.items()) if term in text)


def _area_of_edition(edition: Codes, changed: list[Sentence], defined: Mapping[str, Codes]) -> Area:
    """The countries of an edition; None if it, or a place that is named, is in Europe."""
    if not edition or edition & EUROPE:
        return None
    for sentence in changed:
        found = said(sentence.text, _terms_in(sentence.text, defined))
        if found.vague or (found.included | found.loose) & EUROPE:
            return None
    return edition


def named(text: str, defined: Mapping[str, Codes] | None = None) -> list[str]:
    """The region codes that a text names, in order: groups as groups, the rest as countries.

    Places in names of laws and companies do not count.
    """
    found: dict[str, None] = {}
    line = Line(text, _terms_in(text, defined or {}))
    if not any(piece.place for piece in line.pieces):
        return []
    for listed in line.lists():
        if listed.is_name and not line.is_of_a_thing(listed.last - 1):
            for place in listed.places:
                found.update(dict.fromkeys(regions.codes(place.codes)))
    return list(found)


def definitions(text: str) -> dict[str, Codes]:
    """Terms that a document defines as places: "Designated Countries" means the EU, EEA and ..."""
    found = {}
    for term, meaning in _DEFINITION.findall(text):
        area = _whole(meaning)
        if area and len(term.split()) <= MAX_TERM_WORDS:
            found[term] = area
    return found


def _whole(meaning: str) -> Codes:
    """The countries of a definition, if every place in it is known: half would exclude people."""
    found = _NOBODY
    for listed in Line(meaning).lists():
        if listed.vague:
            return _NOBODY
        if listed.is_name:
            found |= listed.codes
    return found


#: The first sentences of a memo say what it is about; more of them if its title names a place.
FIRST_SENTENCES = 1
FIRST_BELOW_A_PLACE = 3
#: The separator between the services, terms and dates of a memo.
_HEAD_OF_A_MEMO = "▪"
#: Words with which a memo mentions another time, another service or an example.
_ASIDE = re.compile(
    r"\b(?:previously|until (?:now|then)|already|since|for example|for instance|such as|compared|"
    r"comparison|unlike|similar|like|likewise|in contrast|warned|fined|earlier|formerly|used to|"
    r"had (?:the|an?)|last year|in (?:19|20)\d\d|at (?:a|the) time|court|lawsuit|sued|"
    r"elections?|regulators?|"
    r"complained|critici\w+|protest\w*|doubt\w*|welcomed|noticed|discovered|petition\w*|"
    r"headquarters|report(?:ed|s)?|spokes\w+|known from|popular)\b"
    # A single person is an occasion.
    r"|\b(?:an?|one)\s+(?:[\w-]+\s+){0,3}(?:user|teenager|teen|student|resident|citizen|customer|man|"
    r"woman|girl|boy|child|politician|activist|journalist|mother|father|lawyer|creator|developer)\b",
    re.I,
)
#: A title with these words is about everybody.
_EVERYBODY = re.compile(
    r"\b(?:everybody|everyone|everywhere|every (?:user|customer|account|member)|"
    r"all (?:users|accounts|members|customers)|for all|to all|worldwide|globally|"
    r"around the world)\b",
    re.I,
)
#: What applies only somewhere counts wherever a memo says it.
_ONLY = re.compile(r"\b(?:only|exclusively|solely|limited to|restricted to)\b", re.I)
#: Words in a title that names places without saying whom the news is for.
_TITLE_ASIDE = re.compile(
    r"\b(?:headquarters|regulators?|watchdog|court|lawsuit|sued|sues|fined?|elections?|law|laws|"
    r"data cent(?:er|re)s?|servers?|translations?|versions?|convention|agreement|ruling|"
    r"parent company|scandal|based on|language|frameworks?|shield|authorit(?:y|ies)|compar\w+|"
    r"after|following|despite|than|clauses?|invasion|war|embargo\w*|sanction\w*|citing|cites|"
    r"offices?|sub-?processors?|subsidiar(?:y|ies)|entit(?:y|ies)|vendors?|suppliers?|contractors?|"
    r"providers?|imprint|address|seat|example|left|police|government|ministers?|law enforcement|"
    r"response|because|under pressure|critici\w+|researchers?|hackers|hosting|hosted|"
    r"stor(?:es|ed|age)|"
    r"owner|parent|activists?|newspapers?|critics|say|says|claims?|"
    r"protests?|journalists?|scholars?|academics?|ngos?|founded|incorporated|jurisdiction)\b",
    re.I,
)


def stated(title: str, sentences: list[str]) -> Area:
    """The area that a memo or an article states in its title, or about people or a rule.

    Laws, seats and comparisons name places too; a text with only those leaves the area open: None.
    """
    heading = said(title)
    if heading.vague or (_EVERYBODY.search(title) and not heading.excluded):
        return None
    spoken = [text for text in sentences if _HEAD_OF_A_MEMO not in text]
    later = _NOBODY.union(*map(_where_later, spoken))
    spared = _NOBODY.union(*map(_spared, spoken))
    spoken = [text for text in spoken if not memo_words.is_unaffected(text)]
    body = [said(memo_words.with_people(text)) for text in spoken]
    named = heading.included | _named_in_title(title, heading, body)
    left_out = _left_out_of_title(title)
    below = _stated_below(spoken, body, named - left_out - spared, heading.wide | left_out)
    if below is None:
        return None
    included, excluded = below
    if included:
        included |= later
    return _left(included, excluded - later, heading)


def _spared(text: str) -> Codes:
    """The countries for which a sentence says that nothing changes."""
    return said(text).included if memo_words.spares(text) else _NOBODY


def _where_later(text: str) -> Codes:
    """The countries of Europe to which a sentence says that the news comes later."""
    if not memo_words.is_later(text):
        return _NOBODY
    found = said(text)
    return (found.included | found.loose) & EUROPE


def _left_out_of_title(title: str) -> Codes:
    """The countries that a title excludes at its end: "outside the EEA"."""
    whom = memo_words.left_out_of(title)
    if not whom:
        return _NOBODY
    return frozenset().union(*(listed.codes for listed in Line(whom).lists()))


def _stated_below(
    spoken: list[str], body: list[Said], included: Codes, excluded: Codes
) -> tuple[Codes, Codes] | None:
    """The countries that a memo includes and excludes, given its title's; None if it is vague."""
    most = FIRST_BELOW_A_PLACE if included | excluded else FIRST_SENTENCES
    also = _NOBODY
    for place, (text, found) in enumerate(zip(spoken, body, strict=True)):
        if _is_aside(text):
            also |= found.included & EUROPE
            continue
        if found.vague:
            return None
        included |= found.included & EUROPE
        limits = _ONLY.search(text) is not None or memo_words.is_rule(text)
        if place >= most and not limits:
            continue
        if included | excluded or limits:
            included |= found.included
        if not found.included:
            excluded |= found.wide
    if included:
        included |= also
    return included, excluded


def _is_aside(text: str) -> bool:
    """Whether a sentence of a memo is a question, or about another time, an example or a reason."""
    return text.endswith("?") or _ASIDE.search(text) is not None


def _named_in_title(title: str, heading: Said, body: list[Said]) -> Codes:
    """The places that a title names as affected, or that its body says are.

    Places that it names as a seat, a law or a reason do not count.
    """
    below = frozenset().union(*(found.included for found in body))
    again = heading.loose & below
    if heading.scoped or title.endswith("?") or _TITLE_ASIDE.search(title):
        return again
    return headed(title) | again


def _left(included: Codes, excluded: Codes, heading: Said) -> Area:
    """The area of the included countries without the excluded ones; None if it is open."""
    if heading.excluded and not heading.included:
        return all_countries() - excluded
    if included - excluded:
        area = included - excluded
        return None if area == all_countries() else area
    if excluded:
        return all_countries() - excluded
    return None
