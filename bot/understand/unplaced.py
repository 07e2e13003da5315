"""Words that stand where a place stands, and that no table knows."""

from __future__ import annotations

import re

#: What stands for a known place in a text that is looked at here;
KNOWN = "◆"
#: and for a known word that is no scope.
ASIDE = "◇"

PEOPLE = (
    r"(?:users?|residents?|members?|customers?|consumers?|citizens?|visitors?|subscribers?|people|"
    r"persons?|individuals?|nationals?|teens?|children|creators?|sellers?|merchants?|advertisers?|"
    r"developers?|business(?:es)?|travell?ers?|accounts?|viewers?|participants?|players?|"
    r"account holders?|data subjects?)"
)
#: Lands and states, which an adjective makes a name: "European countries", "the Slovak Republic".
LANDS = r"(?:[Cc]ountries|(?:[Mm]ember )?[Ss]tates|Republic|Federation|Confederation|Kingdom)"

_WORD = r"[A-ZÀ-ÞŁŚŻŽŠČ][\w’'.-]*"
_THE = r"(?:(?:the|der|den|die|la|le|les|el|los|il|lo|a|an)\s+)?"
_NAME = rf"{_WORD}(?:\s+(?:of\s+(?:the\s+)?)?{_WORD}){{0,3}}"
_AND = r"(?:and(?:/or)?|or|nor|&|und|oder|sowie|et|ou|y|o|e|ed|en|of(?=\s+in\s)|i|oraz|lub)"
_IN = r"(?:in|within|from|of|across|throughout|inside|into|en|au|aux|à|w|na|em|na|no)"

#: "users in X", "residents of X", "you live in X"; members "of" something are no place's.
_BEING = (
    r"(?:who|that|are|is|living|residing|located|based|resident|domiciled|established|live|reside|"
    r"currently|legally|habitually|or)"
)
_OF_PEOPLE = re.compile(
    rf"\b(?:(?:{PEOPLE}|anyone|everyone|those|you|who)\b(?:\s+{_BEING}){{0,4}}\s+"
    r"(?:in|within|across|throughout|outside)|"
    r"(?:residents?|citizens?|nationals?|people|inhabitants?)\s+(?:of|from)|"
    r"\b(?:live|lives|living|reside|resides|residing)\s+in)"
    rf"\s+{_THE}(?P<name>{_NAME})",
)
#: "within X" with nobody before it.
_WITHIN = re.compile(rf"\b(?i:within|outside(?:\s+of)?|except\s+in)\s+{_THE}(?P<name>{_NAME})")
_AFTER = re.compile(rf"{KNOWN}\s+{_AND}\s+(?:{_IN}\s+)?{_THE}(?P<name>{_NAME})")
#: "in Springfield, Ohio" is one place, and known.
_BEFORE = re.compile(
    rf"\b{_IN}\s+{_THE}(?P<name>{_NAME})"
    rf"(?:,?\s+{_AND}\s+(?:{_IN}\s+)?{_THE}{KNOWN}|,\s+{_THE}{KNOWN}(?=,?\s+{_AND}\b))"
)
_LISTED = re.compile(
    rf"{KNOWN}(?P<list>(?:,\s+{_THE}(?:{KNOWN}|{_NAME}))+),?\s+{_AND}\s+{_THE}"
    rf"(?P<last>{KNOWN}|{_NAME})(?P<end>\W|$)"
)
#: "Xish users"; any word before "residents", which products do not have.
_ADJECTIVE = re.compile(
    rf"(?P<name>[A-Z][\w-]*?(?:[a-z]an|ish|ese|[a-z]ch|lander))\s+(?:[a-z][\w-]*\s+)?(?:{PEOPLE}|"
    rf"law)\b"
    rf"|(?<=\w )(?P<land>{_WORD})\s+(?:residents?|citizens?|nationals?)\b"
    rf"|(?P<based>{_WORD})-based\s+{PEOPLE}\b"
)
_OPENING = re.compile(r"(?:If|In|For|Within|When|Where|Outside)\b")

# What a capitalised word is where it is no place.
_PLAIN = frozenset(
    """
    january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday you we it they this that these those our your
    their all any some other others each every no none if when where the a an i only both such
    certain many most eligible new existing additional adult minor business personal professional
    privacy policy policies terms term service services settings setting account accounts section
    sections agreement schedule annex appendix table part article exhibit chapter app apps store
    center centre hub program programme page pages group groups content data information notice
    notices rights right regional region regions country countries territory territories state
    states area areas jurisdiction jurisdictions world worldwide global international local products
    product product's platform site website web internet user users member members resident
    residents customer customers consumer consumers party parties affiliate affiliates company
    companies law laws act regulation regulations directive code court courts rules guidelines
    supplemental supplementary applicable disclosures disclosure contact us how what who why which
    to for and or by with under as per at is are ai api sdk ads ad marketplace premium pro plus
    messenger help controls control tools tool beta human woman german-language english-language
    member-state law-enforcement electronic online commerce
    european american than from on
    """.split()
)


def found(text: str) -> str:
    """The first word in `text` that stands where a place stands, or "".

    Known places are written as `KNOWN` in it, known words that say nothing of whom as `ASIDE`.
    """
    for pattern in (_OF_PEOPLE, _WITHIN, _AFTER, _BEFORE, _ADJECTIVE):
        for match in pattern.finditer(text):
            for name in filter(None, match.groups()):
                if not plain(name):
                    return str(name)
    return _listed(text)


def plain(name: str) -> bool:
    """Whether any word of a name says that it is a thing, a month, a heading, or somebody's."""
    words = {word.strip(".'’,-").casefold() for word in name.split()}
    if not words:
        return True
    if name.endswith(("’s", "'s")):
        return True
    return not words.isdisjoint(_PLAIN)


def _listed(text: str) -> str:
    """A member of a list that holds known places.

    "In the US, Acme and Emca may ..." has a list behind the comma that is the subject.
    """
    for match in _LISTED.finditer(text):
        subject = _OPENING.match(text) and match["end"] not in ("", ",", ".", ";", ":", ")")
        if subject and KNOWN not in match["list"] + match["last"]:
            continue
        for name in re.finditer(_NAME, f"{match['list']}, {match['last']}"):
            if not plain(name.group()):
                return name.group()
    return ""
