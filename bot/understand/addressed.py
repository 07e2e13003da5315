"""What a text says about whom it is for, by where they live, and for whom other texts are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain, islice

#: Longer sentences are lists or tables.
MOST_CHARACTERS = 1_500
#: The most groups of people that are told apart in a sentence.
MOST_GROUPS = 8
#: A sentence with fewer characters besides the place is the heading of a section for it.
HEADING_REST = 12
#: The most characters of a title.
TITLE_CHARACTERS = 120
#: The number of lines at the beginning among which the title is.
TITLE_LINES = 6


class Side(Enum):
    """Where the people are that a sentence is about."""

    EUROPE = auto()
    ELSEWHERE = auto()


class Tells(Enum):
    """What a sentence says about people somewhere.

    OWN: this text binds them. OTHER: another text does. CLAUSE: this text has a rule for them.
    """

    OWN = auto()
    OTHER = auto()
    CLAUSE = auto()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence about people by where they are, and its offset in the text."""

    start: int
    side: Side
    tells: Tells


_UNION = (
    r"(?:\bEU\b|\bE\.U\.|\bEEA\b|\bEWR\b|\bEEE\b|\bEER\b|\bEOG\b|\bUE\b|\bEurop\w+|\beurop\w+"
    r"|\bUni[aąę] Europejsk)"
)
#: Parts of Europe: a text that excludes one of them may be for the others.
_PARTS = (
    r"(?:\bUK\b|\bU\.K\b|\bGB\b|\bCH\b|\bEFTA\b|\bUnited Kingdom|\bGreat Britain|\bEngland"
    r"|\bVereinigte\w* Königreich|\bRoyaume-Uni|\bRe[ig]no Uni[dt]o|\bVerenigd Koninkrijk"
    r"|\bZjednoczon\w+ Królestw|\bSwitzerland|\bSwiss|\bSchweiz|\bSuisse|\bSuiza|\bSvizzera"
    r"|\bZwitserland|\bSzwajcari|\bSuíça|\bIreland|\bGermany|\bDeutschland|\bFrance\b|\bItaly"
    r"|\bItalia\b|\bSpain|\bEspaña|\bNetherlands|\bNederland|\bPoland|\bPolsk|\bPortugal"
    r"|\bAustria|\bÖsterreich|\bBelgi|\bSweden|\bDenmark|\bNorway|\bFinland)"
)
_EUROPE = rf"(?:{_UNION}|{_PARTS})"
_AMERICA = (
    r"(?:\bUnited States\b|\bUSA?\b|\bU\.S\.|\bVereinigte\w* Staaten|\bÉtats-Unis|\bEstados Unidos"
    r"|\bStati Uniti|\bVerenigde Staten|\bStan\w+ Zjednoczon|\bCanada\b|\bAmerica\b|\bBrazil\b"
    r"|\bAustralia\b|\bIndia\b|\bJapan\b|\bChina\b|\b[Rr]est of (?:the )?[Ww]orld\b)"
)
_WHOLE = re.compile(_UNION)
_STATES = re.compile(
    r"(?:\bU\.?S\.?|\bUnited States|\bAmerican)\s+(?:state|jurisdiction)s?\b"
    r"|\bstates? (?:of|in|within) the (?:U\.?S|United States)|\bcertain states\b",
    re.I,
)
_PLACE = re.compile(rf"(?P<europe>{_EUROPE})|(?P<america>{_AMERICA})")
_OUTSIDE = re.compile(
    r"\b(?:outside|other than|except|excluding|unless"
    r"|not\s+(?:live|reside|located|resident|based|a resident|in)\b|n[’']t\s+(?:live|reside)"
    r"|außerhalb|ausserhalb|nicht\s+in|hors|dehors|fuera|al di fuori|fuori|buiten|poza|fora)\b",
    re.I,
)
_WHO = re.compile(
    r"\b(?:Nutzer\w*|Verbraucher\w*|utilisateurs?|consommateurs?|usuarios?|consumidores|utenti"
    r"|consumatori|gebruikers|consumenten|użytkowni\w+|konsument\w*|utilizadores|usuários)\b"
    r"|\b(?:if|unless|where|when|for)\s+(?:you|your|people|users?|those|consumers?|customers?"
    r"|members?|individuals|residents)\b"
    r"|\b(?:users?|people|residents?|those|consumers?|customers?|members?|individuals|visitors?"
    r"|persons|anyone|everyone|players|recipients?)\b[^.;]{0,40}?"
    r"\b(?:in|of|from|within|outside|living|located|resid\w+|based|who)\b"
    r"|\bfür (?:Personen|Kunden|Mitglieder)|\b(?:wenn|falls|sofern) (?:du|Sie)\b"
    r"|\bsi (?:vous|usted|resides|vives|reside|risiedi|vive|te encuentras|tu)\b|\bse (?:você|vive"
    r"|reside|risiedi|risiede|vivi|l.utente|residir|residi)\b|\bals (?:je|u)\b"
    r"|\bjeśli\b|\bjeżeli\b|\bpour les (?:personnes|résidents)|\bpara (?:los|os) residentes",
    re.I,
)
#: The company that speaks in the text: 'Acme LLC ("Acme", "we") provides ...'.
_SPEAKER = re.compile(r"[“\"„«]\s?(?:we|us|our|wir|uns|nous|nosotros|noi|wij|my|nós)\b", re.I)
_NAME = (
    r"(?:terms|polic(?:y|ies)|agreements?|notices?|statements?|conditions|edition|version"
    r"|addendum|\w*bedingungen|\w*richtlinie|\w*erklärung|\w*hinweise?|fassung|politique|conditions"
    r"|règles|version|aviso|términos|condiciones|política|versión|informativa|termini|condizioni"
    r"|versione|beleid|voorwaarden|verklaring|versie|polityk\w+|regulamin\w*|warunk\w+|wersj\w+"
    r"|termos|condições|versão)"
)
_OWN = re.compile(
    r"\b(?:this|these|the following|the present|the below|diese\w*|vorliegende\w*|cette|ces|cet"
    r"|la présente|les présentes|est[aeo]s?|la presente|le presenti|quest[aei]|il? present[ei]"
    r"|de(?:ze)? |dit|niniejsz\w+|t[ae]\b|te\b)"
    rf"[^.:;]{{0,60}}?\b{_NAME}\b[^.:;]{{0,90}}?"
    r"(?:\bappl(?:y|ies)\b|\bgoverns?\b|\bcovers?\b|\bis (?:intended |meant )?for\b"
    r"|\bare (?:intended |meant )?for\b|\bbinds?\b|\bconcerns?\b|\bgelten\b|\bgilt\b|\brichte[tn]\b"
    r"|s.appliqu|\bse aplica|\bsi applica|\baplica|\bvan toepassing|\bgeld(?:t|en)\b|\bdotycz"
    r"|\bma(?:ją)? zastosowanie|\bstosuje|\bobowiązuj|\bis addressed to\b|\bdestin)",
    re.I,
)
_SIGNS = re.compile(
    r"\b(?:controller|contract(?:ing)? (?:is )?(?:with|between)|contracting entity"
    r"|agreement (?:is )?(?:with|between)|company responsible|provided (?:to you )?by"
    r"|service provider is"
    r"|Verantwortliche\w*|Vertragspartner\w*|responsable d[eu]|responsable del|titolare del"
    r"|verwerkingsverantwoordelijke|administrator\w* danych|responsável pelo)\b",
    re.I,
)
_LINK = re.compile(r"‹[^›]*›")
_NAMED_LINK = re.compile(
    rf"‹[^›]*(?:\b{_NAME}\b|\bhere\b|\bthis\b|\bthese\b|\bhier\b|\bici\b|\baquí\b|\bqui\b|\btutaj\b"
    r"|\baqui\b)[^›]*›",
    re.I,
)
_BINDS = re.compile(
    r"\bappl(?:y|ies)\b|\bgovern(?:s|ed)?\b|\bunder (?:this|these|the|our)\b"
    r"|\byour (?:terms|policy)\b|\bagree(?:ing)? to\b|\binstead\b"
    r"|\bgelten\b|\bgilt\b|\bunterlieg|\bs.appliqu|\brégi|\baplica|\brige|\bsi applica|\bregola"
    r"|\bvan toepassing\b|\bgeld(?:t|en)\b|\bstosuj|\bobowiązuj|\bma(?:ją)? zastosowanie",
    re.I,
)
_BESIDES = re.compile(
    r"\bannex|\bamendment|\brider\b|\bprocess|\bcookie|\badditional|\baddition\b|\balso\b|\bsupplement|\bfurther\b|\bmore\b|\blearn\b|\bsection\b"
    r"|\baddend|\bin part\b|\brights?\b|\btransfer|\bzusätzlich|\bergänz|\bergeben|\bégalement"
    r"|\bcomplément|\badicional|\btambién|\binoltre\b|\baggiuntiv|\baanvullend|\bdodatkow|\btambém",
    re.I,
)
#: The start of a statement about another group, where that about the last one ends.
_HEADING = re.compile(
    r"^[\s•\d.()-]*(?=(?:outside|rest of the world|außerhalb|hors|fuera|fuori|buiten"
    r"|poza|fora)\b)",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:do(?:es)? not|don[’']t|doesn[’']t|shall not|will not|not) (?:apply|cover|govern|bind)"
    r"|\b(?:gelten|gilt) nicht\b|\bne s.appliqu\w+ pas\b|\bno se aplica|\bnon si applica"
    r"|\bniet van toepassing\b|\bnie (?:ma zastosowania|stosuje)|\bnão se aplica",
    re.I,
)
_EDITION = re.compile(
    r"^This is the\b.*\b(?:edition|version)\b|^Dies ist die\b.*\b(?:Ausgabe|Fassung|Version)\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\s)\]”\"]+(?=[A-ZÄÖÜÉ‹(“\"•])|\n+")
_EVERYWHERE = re.compile(
    r"\b(?:elsewhere|worldwide|everywhere|globally|around the world|all (?:other )?countries)\b"
)
_GOES_ON = re.compile(
    r"\s*(?:(?:and|or|und|oder|et|ou|y|o|e|en|of|i|lub|including|if|you|live|reside|in|the|any|other"
    rf"|der|die|das|la|le|el|den|von|dans|de)\s+){{0,6}}(?:{_EUROPE}|{_AMERICA}|Norway|Iceland"
    r"|Liechtenstein|countr(?:y|ies)\b|jurisdictions?\b|territor(?:y|ies)\b)",
)


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text about people by where they are.

    Links are written as ‹label›, without their addresses.
    """
    start = 0
    for end in [*(match.start() for match in _SENTENCE_END.finditer(text)), len(text)]:
        sentence = text[start:end]
        if len(sentence) <= MOST_CHARACTERS and _PLACE.search(sentence):
            yield from _statement(sentence, start)
        start = end


def titled(text: str) -> Side | None:
    """The side that a text's title says it is for, or None."""
    lines = [line.strip() for line in text[: TITLE_LINES * 300].splitlines()]
    for line in [line for line in lines if line][:TITLE_LINES]:
        if len(line) > TITLE_CHARACTERS or _LINK.search(line):
            continue
        if line.endswith(".") and not _EDITION.search(line):
            continue
        if not re.search(rf"\b{_NAME}\b", line, re.I):
            continue
        if side := _side(line):
            return side
    return None


def _statement(sentence: str, start: int) -> Iterator[Statement]:
    end = 0
    for who in islice(chain(_HEADING.finditer(sentence), _WHO.finditer(sentence)), MOST_GROUPS):
        if who.start() < end:
            continue
        where, rest = _apart(sentence, who.start())
        if said := _said(sentence, where, rest):
            end = who.start() + len(where)
            side, tells = said
            yield Statement(start, side, tells)
            if _EVERYWHERE.search(where):
                yield from (Statement(start, each, tells) for each in Side if each is not side)


def _said(sentence: str, where: str, rest: str) -> tuple[Side, Tells] | None:
    """The side and meaning of a sentence about one group of people, or None.

    A sentence that sends or excludes only a part of Europe says nothing about the other parts.
    """
    side = _side(where)
    tells = _tells(sentence, rest)
    if side is None or tells is None:
        return None
    is_partial = side is Side.EUROPE and not _WHOLE.search(where)
    if tells is Tells.OTHER and is_partial:
        return None
    if tells is Tells.OWN and _DENIED.search(rest):
        if side is Side.ELSEWHERE or is_partial:
            return None
        return Side.ELSEWHERE, tells
    return side, tells


def _apart(sentence: str, start: int) -> tuple[str, str]:
    """The part of a sentence that says where people are, and the rest."""
    pieces = re.split(r"([,:]\s|\s[–—]\s|\)\s)", sentence[start:])
    where = pieces[0]
    taken = 1
    while taken + 1 < len(pieces) and "," in pieces[taken] and _GOES_ON.match(pieces[taken + 1]):
        where += pieces[taken] + pieces[taken + 1]
        taken += 2
    rest = sentence[:start] + "".join(pieces[taken:])
    last = max((match.end() for match in _PLACE.finditer(where)), default=len(where))
    return where, f"{rest} {where[last:]}"


def _side(where: str) -> Side | None:
    """The side of a place, or None; after "outside", the other side."""
    outside = _OUTSIDE.search(where)
    left_out = _PLACE.search(where, outside.end()) if outside else None
    if left_out:
        if left_out["europe"] and _WHOLE.search(where, left_out.start()):
            return Side.ELSEWHERE
        return Side.EUROPE  # outside the United States, or only outside Germany
    kinds = {match.lastgroup for match in _PLACE.finditer(_STATES.sub(" ", where))}
    if "europe" in kinds:
        return Side.EUROPE
    if "america" in kinds:
        return Side.ELSEWHERE
    return None


def _tells(sentence: str, rest: str) -> Tells | None:
    """What a sentence says about a group, or None if it only points to further reading."""
    if _SPEAKER.search(sentence):
        return Tells.OWN
    if _NAMED_LINK.search(rest) and not _OWN.search(_LINK.sub(" ", sentence)):
        if _BESIDES.search(rest):
            return Tells.CLAUSE
        return Tells.OTHER if _BINDS.search(sentence) else None
    if _OWN.search(sentence) or _SIGNS.search(sentence):
        return Tells.OWN
    if len(_LINK.sub(" ", rest).strip(" #:()*-•–—0123456789.\n")) < HEADING_REST:
        return Tells.OWN
    return Tells.CLAUSE
