"""The words that bind: duties, permissions, choices, prices, ages; and whether a rewording turns them round."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz

from bot.understand import boilerplate, opt_out, places
from bot.understand.dates import mask
from bot.understand.diff import Pair, words_apart
from bot.understand.spelling import levelled
from bot.understand.text import Sentence, folded

#: What a rewording took away and what it brought; one of the two may be empty.
Turn = tuple[str, str]

#: Words of one class can stand for each other; a rewording that changes how many there are of a class turns a rule.
_CLASSES = {
    "may": (
        r"may|might|can|could|kann|können|darf|dürfen|peut|peuvent|puede|pueden|può|possono|mag"
        r"|mogen|może|mogą"
    ),
    "must": (
        r"must|shall|requires?|required to|ha(?:ve|s) to|needs? to|obliged|muss|müssen|doi(?:ven)?t"
        r"|deben?|deve|devono|moet|moeten|musi"
    ),
    "will": r"will|going to|wird|werden",
    "not": (
        r"not|cannot|\w+n[’']t|never|no longer|neither|nor|without|nicht|keine?[nmrs]?|nie|pas"
        r"|jamais|nunca|mai|niet|geen|nooit"
    ),
    "only": (
        r"only|solely|exclusively|nur|ausschließlich|seulement|uniquement|sólo|solo|únicamente"
        r"|alleen|tylko"
    ),
    "opt in": r"opt(?:s|ed|ing)?[- ]?in",
    "opt out": r"opt(?:s|ed|ing)?[- ]?out",
    "consent": (
        r"consent|permission|einwilligung|consentement|consentimiento|consenso|toestemming"
        r"|zgod[aęy]"
    ),
    "share": r"affiliates?|third[- ]part(?:y|ies)|sell|sells|sold|advertisers",
    "train": r"train|trains|training",
    "free": r"free|free of charge|kostenlos|gratuit\w*|gratis",
}
_WORDS = re.compile(
    "|".join(rf"(?P<c{n}>\b(?:{words})\b)" for n, words in enumerate(_CLASSES.values())), re.I
)
#: Numbers that bind: money, shares, times, ages. Others number sections, floors and versions.
_AMOUNT = re.compile(
    r"(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF))\s?\d+(?:[.,]\d+)*"
    r"|\b\d+(?:[.,]\d+)*\s?(?:€|£|EUR\b|USD\b|CHF\b)"
    r"|\b\d+(?:[.,]\d+)*\s?(?:%|per ?cent\b)(?=[^.]{0,60}\b(?:fees?|rates?|commission|revenue|"
    r"interest|tax|vat|discount|refund|pay\w*|charge|earn\w*|price|royalt\w+))"
    r"|\b\d+\s+(?:business\s+|calendar\s+|working\s+)?(?:seconds?|minutes?|hours?|days?|weeks?|"
    r"months?|years?|times?|Tagen?|Wochen?|Monaten?|Jahren?|jours?|mois|ans|días|meses|años|giorni"
    r"|mesi|anni|dagen|maanden|jaar)\b"
    r"|\b(?:age(?:d)?(?: of)?|under|over|at least|minimum of|maximum of|up to|no more than|"
    r"fewer than|less than)\s+\d[\d.,]*\b(?!\s?(?:%|per|million|billion))",
    re.I,
)
#: How alike (0 to 100) two wordings must be for their small words to be compared.
SAME_RULE = 60.0
#: A sentence with so many entries between commas is a list.
LIST = 3

_LISTED = re.compile(r"[,;:()]|\b(?:or|and|und|oder|et|ou|y|o|e|en|of|lub|oraz)\b", re.I)
_FILLER = re.compile(
    r"^(?:for (?:example|instance)|such as|including.*|in each case|if applicable|as applicable|"
    r"where applicable|without limitation|[ivx]+)$"
)
_RULE = re.compile(
    r"\b(?:must|shall|may|cannot|can[’']t|won[’']t|don[’']t|do not|does not|doesn[’']t|not|never|"
    r"no longer|requires?d?|requirements?|prohibit\w*|forbid\w*|"
    r"allow\w*|permit\w*|ban(?:s|ned)?|eligib\w+|entitled?|oblig\w+|responsib\w+|liab\w+|consent"
    r"|agrees?|rights?|terminat\w+|suspen\w+|remov(?:e[sd]?|al)|"
    r"restrict\w*|limit(?:s|ed)?|fees?|pric\w+|charg\w+|pay(?:s|ments?|outs?)?|refunds?"
    r"|collect(?:s|ed|ing)?|process(?:es|ed|ing)?|shar(?:e|es|ed|ing)|"
    r"disclos\w+|sell|transfer\w*|retain\w*|stor(?:e|es|ed|age)|train(?:s|ed|ing)?|delet\w+|reserve"
    r"|waive\w*|arbitrat\w+|disput\w+|warrant\w*|licen[cs]\w+|"
    r"dürfen|darf|müssen|muss|verboten|doi(?:t|vent)|interdit\w*|droits?|debe[ns]?|prohibid\w+"
    r"|derechos?|dev(?:e|ono)|vietat\w+|diritt[oi]|moet(?:en)?|verboden|mag|musi|zabron\w+|"
    r"opt|object|withdraw|govern(?:s|ed|ing)?|jurisdiction|law|penalt\w+|violat\w+|comply"
    r"|compliance|protect(?:s|ed|ion)?|guarantee\w*|legitimate|profil\w+|track\w*|"
    r"we (?:will|use|receive|obtain|combine|analy[sz]e|infer|automatically)|using your"
    r"|use (?:of )?(?:your|the) (?:data|information|content)|will)\b",
    re.I,
)
#: What a sentence must hold for its removal to matter: more than that something is done or described.
_PROMISE = re.compile(
    r"\b(?:must|shall|may not|cannot|can[’']t|won[’']t|don[’']t|do not|does not|will not|not|never|"
    r"no longer|prohibit\w*|forbid\w*|allowed|permitted|ban(?:s|ned)?|"
    r"right to|your rights?|entitled?|protect(?:s|ed|ion)?|guarantee\w*|refund\w*|consent"
    r"|free of charge|only|liab\w+|opt[- ](?:in|out)|"
    r"nicht|kein\w*|niemals|recht|verboten|pas|jamais|droit|interdit\w*|derecho|nunca|prohib\w+"
    r"|diritto|vietat\w+|recht|niet|verbod\w+)\b",
    re.I,
)
#: Acts that nobody should learn of too late, done by the service ("we", "our").
_STRONG = re.compile(
    r"\b(?:we|us|our)\b.{0,80}\b(?:sell|rent|share|disclose|transfer|train|profile|monitor|scan|"
    r"record|retain|keep|charge|terminate|suspend|delete|remove)\b"
    r"|\b(?:you|your)\b.{0,60}\b(?:waive|agree not|must pay|lose|forfeit|no longer|may not|"
    r"must not|cannot|are not (?:allowed|permitted|entitled))\b"
    r"|\b(?:arbitrat\w+|class action|biometric|facial recognition)\b"
    r"|\bwir\b.{0,80}\b(?:verkaufen|teilen|weiter|speichern|trainier)"
    r"|\bnous\b.{0,80}\b(?:vendons|partageons|conservons|transmettons)"
    r"|\b(?:vendemos|compartimos|vendiamo|condividiamo|verkopen|delen)\b",
    re.I,
)
_URL = re.compile(r"(?:https?://|www\.)\S+")
_RULE_HEADING = re.compile(
    r"\b(?:prohibit\w*|not allowed|don[’']?t|restrict\w*|banned|allowed|requirements?|eligib\w+|"
    r"must|policy details|examples|violat\w+|rules|we (?:may )?(?:collect|share|use)|"
    r"information we|rights|fees|prices?)\b",
    re.I,
)


def rule(sentence: Sentence) -> bool:
    """Whether a sentence, or the list it stands in, sets a rule, gives a right or says what is done with data."""
    if _RULE.search(sentence.lead):
        return True
    if sentence.fragment:
        return False
    return bool(_RULE.search(_URL.sub("", sentence.text)))


def promise(sentence: Sentence) -> bool:
    """Whether a sentence protected, allowed or forbade something, so that its going is a loss or a licence."""
    text = sentence.lead if sentence.lead else "" if sentence.fragment else sentence.text
    return bool(_PROMISE.search(_URL.sub("", text)))


def strong(sentence: Sentence) -> bool:
    """Whether a new sentence, however short, gives or takes something: "We sell your data." has four words."""
    if (
        sentence.fragment
        or boilerplate.instruction(sentence.text)
        or boilerplate.notice(sentence.text)
    ):
        return False
    return bool(_STRONG.search(_URL.sub("", sentence.text))) and not boilerplate.address(
        sentence.text
    )


def says_what_holds(sentence: Sentence, language: str | None) -> bool:
    """Whether new text binds. In languages whose words we do not know, all prose does."""
    if sentence.fragment and not sentence.lead:
        return False
    if boilerplate.pointer(sentence.text) and not _RULE.search(_URL.sub("", sentence.text)):
        return False
    if boilerplate.instruction(sentence.text) and not (
        promise(sentence) or opt_out.offered(sentence.text)
    ):
        return False
    if language != "en":
        return True
    return rule(sentence) or bool(_RULE_HEADING.search(sentence.section.rpartition(" › ")[2]))


def turned(pair: Pair) -> Iterator[Turn]:
    """The small words and amounts by which a rewording turns a rule round."""
    if (
        not (pair.before and pair.after)
        or boilerplate.notice(pair.after.text)
        or boilerplate.notice(pair.before.text)
    ):
        return
    before, after = (levelled(mask(side.text).casefold()) for side in (pair.before, pair.after))
    amounts = [
        {match.group().casefold() for match in _AMOUNT.finditer(text)} for text in (before, after)
    ]
    if boilerplate.contact(after, words_apart(pair.before.text, pair.after.text)[1]):
        return
    if amounts[0] != amounts[1]:
        yield _turn(amounts[0] - amounts[1], amounts[1] - amounts[0])
    if pair.after.only_link or pair.before.only_link or fuzz.ratio(before, after) < SAME_RULE:
        return
    if not (pair.after.fragment and not pair.after.lead):
        was, now = _counts(before), _counts(after)
        if +was != +now:
            yield _turn(was - now, now - was)
        yield from _scopes(pair)
        yield from _entries(pair)


def entered(pair: Pair, older: str) -> Iterator[Turn]:
    """What came into a list of rules that the older text had already."""
    new = pair.after
    if (
        pair.before
        or not new
        or not new.fragment
        or not new.lead
        or boilerplate.instruction(new.lead)
    ):
        return
    if rule(new) and _last(new.lead) in older:
        yield "", new.text[:60]


def _last(lead: str) -> str:
    """The end of a lead, as it stands in Markdown too."""
    return re.split(r"[*_`\[\]()\\]", lead)[-1][-30:]


def _counts(text: str) -> Counter[str]:
    classes = list(_CLASSES)
    return Counter(
        classes[int(match.lastgroup[1:])] for match in _WORDS.finditer(text) if match.lastgroup
    )


def _scopes(pair: Pair) -> Iterator[Turn]:
    """For whom a rule holds: the places that it names."""
    assert pair.before
    assert pair.after
    if rule(pair.after) and not boilerplate.instruction(pair.after.text):
        was, now = (set(places.named(side.text)) for side in (pair.before, pair.after))
        if was != now:
            yield _turn(was - now, now - was)


def _entries(pair: Pair) -> Iterator[Turn]:
    """What a rule lists: an entry that came, or was exchanged for another, without being the old one reworded."""
    assert pair.before
    assert pair.after
    if not rule(pair.after):
        return
    if boilerplate.instruction(pair.after.text) or boilerplate.instruction(pair.after.lead):
        return
    if _renamed(pair):
        return
    if pair.after.lead and pair.after.fragment:
        yield pair.before.text[:40], pair.after.text[:40]
        return
    was, now = (_listed(side.text) for side in (pair.before, pair.after))
    if len(now) < LIST or len(was) < LIST:
        return
    gone, come = [e for e in was if e not in now], [e for e in now if e not in was]
    fresh = [e for e in come if not any(fuzz.token_set_ratio(e, old) >= SAME_RULE for old in was)]
    lost = [e for e in gone if not any(fuzz.token_set_ratio(e, new) >= SAME_RULE for new in now)]
    if "".join(sorted(lost)).replace(" ", "") == "".join(sorted(fresh)).replace(" ", ""):
        return
    if any(len(e.split()) >= 2 for e in fresh) or (fresh and lost):
        yield _turn(set(lost[:2]), set(fresh[:2]))


def _renamed(pair: Pair) -> bool:
    """Whether only names differ, of a policy or a page, which is no entry."""
    assert pair.before
    assert pair.after
    sides = words_apart(pair.before.text, pair.after.text)
    return all(
        side and len(side) <= 4 and all(word[:1].isupper() for word in side) for side in sides
    )


def _listed(text: str) -> list[str]:
    """The entries of a list inside a sentence, folded."""
    return [
        entry
        for part in _LISTED.split(text)
        if 3 < len(entry := folded(part)) <= 80 and not _FILLER.match(entry)
    ]


def _turn(gone: set[str] | Counter[str], come: set[str] | Counter[str]) -> Turn:
    return "/".join(sorted(gone)), "/".join(sorted(come))
