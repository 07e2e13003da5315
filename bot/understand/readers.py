"""The readers a recorded text is written for: people in Europe, elsewhere, or everywhere.

A text says so itself: by its title, by whom it binds, by whom it refers to another text, by the law
it mentions and by who signs it. If it does not say, the readers stay unknown: nobody is excluded on
a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from bot import regions
from bot.regions import EUROPE
from bot.understand import addressed, parties
from bot.understand.addressed import Side, Tells
from bot.understand.memory import Edition
from bot.understand.parties import Signers
from bot.verdicts import Readers

#: The characters of a text that are read; statements of whom it binds come earlier.
MOST = 400_000
#: The characters at the beginning in which a text says that it is not for Europe; later it says so
#: only about a section.
HEAD = 6_000
#: The characters in which such a statement is as good as a title.
TOP = 1_500
#: The most statements that are read.
MOST_STATEMENTS = 1_000
#: With this many kinds of words of European law, a text was written with it in mind.
LAW_KINDS = 2
#: Terms types that somebody signs.
_SIGNED = ("Privacy Policy", "Terms of Service", "Commercial Terms", "Trackers Policy")
_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\([^)\s]{0,1000}\)")
_MARKS = re.compile(r"[*_`\\#]+")
_VERSION = re.compile(r"country version\W{1,6}((?-i:[A-Z])[A-Za-z ]{3,30})", re.I)
#: Words of European law, each kind in the eight languages, in lower case.
_LAW = (
    "legal basis; legal bases; legitimate interest; rechtsgrundlage; berechtigte interesse;"
    "berechtigten interesse; base légale; bases légales; intérêt légitime; intérêts légitimes;"
    "base jurídica; interés legítimo; intereses legítimos; base giuridica; legittimo interesse;"
    "legittimi interessi; rechtsgrond; gerechtvaardigd belang; gerechtvaardigde belang;"
    "podstawa prawna; podstawy prawne; podstawie prawnej; prawnie uzasadnion; interesse legítimo;"
    "interesses legítimos",
    "gdpr; general data protection regulation; 2016/679; dsgvo; datenschutz-grundverordnung; rgpd;"
    "datenschutzgrundverordnung; règlement général sur la protection des données; (avg); (rodo)",
    "supervisory authorit; lodge a complaint with; data protection commission; aufsichtsbehörde;"
    "autorité de contrôle; cnil; autoridad de control; autorità di controllo; garante per la;"
    "toezichthoudende autoriteit; organ nadzorcz; organu nadzorcz; autoridade de controlo;"
    "information commissioner; autoriteit persoonsgegevens",
    "standard contractual clauses; adequacy decision; standardvertragsklausel;"
    "clauses contractuelles types; cláusulas contractuales tipo; clausole contrattuali tipo;"
    "modelcontractbepalingen; standardowe klauzule; cláusulas contratuais-tipo",
    "digital services act; 2022/2065; 2019/1150; right of withdrawal; widerrufsrecht; eu consumer;"
    "droit de rétractation; derecho de desistimiento; diritto di recesso; herroepingsrecht;"
    "prawo odstąpienia; direito de livre resolução; eea consumer",
    "eu representative; european representative; eea representative; uk representative;"
    "representative in the eu; representative in the uk; vertreter in der eu;"
    "représentant dans l’union; représentant dans l'union",
)
_LAW_WORDS = tuple(tuple(word.strip() for word in kind.split(";")) for kind in _LAW)


@dataclass(slots=True)
class _Found:
    """What a text says about its readers.

    `title` is the side that its title names, `binds` those it says it binds, `sends` those it
    refers to another text, `clauses` those it has rules for.
    """

    title: Side | None = None
    binds: set[Side] = field(default_factory=set)
    sends: set[Side] = field(default_factory=set)
    clauses: set[Side] = field(default_factory=set)
    law: int = 0
    signers: Signers = field(default_factory=Signers)

    def take(self, statement: addressed.Statement) -> None:
        """Add a statement; most count only near the beginning."""
        early = statement.start < HEAD
        side = statement.side
        if statement.tells is Tells.CLAUSE:
            self.clauses.add(side)
        elif statement.tells is Tells.OTHER and early:
            self.sends.add(side)
        elif statement.tells is Tells.OWN and (early or side is Side.EUROPE):
            self.binds.add(side)
            if statement.start < TOP and self.title is None:
                self.title = side

    @property
    def knows_europe(self) -> bool:
        """Whether the text was written with people in Europe in mind."""
        if self.signers.europe or self.law >= LAW_KINDS:
            return True
        return Side.EUROPE in self.clauses

    @property
    def with_europe(self) -> Readers:
        """EUROPE if the text is only for Europe, else ALL."""
        if Side.ELSEWHERE in self.binds:
            return Readers.ALL
        if self.title is Side.EUROPE or Side.ELSEWHERE in self.sends:
            return Readers.EUROPE
        return Readers.ALL


def readers_of(text: str, terms_type: str, edition: Edition) -> Readers:
    """The readers for whom a text is written.

    `edition` gives the companies responsible to people in Europe, and the readers noted earlier,
    which are returned if the text does not say. Reads at most MOST characters.
    """
    plain = _plain(text[:MOST])
    if _country(plain) is Side.ELSEWHERE:
        return Readers.ELSEWHERE
    found = _found(plain)
    if terms_type in _SIGNED:
        found.signers = parties.signed(plain, edition.controllers)
    said = _said(found)
    if said is Readers.UNKNOWN:
        return edition.noted
    return said


def _found(plain: str) -> _Found:
    title = addressed.titled(plain) or _country(plain)
    found = _Found(title)
    if title:
        found.binds.add(title)
    for each in islice(addressed.statements(plain), MOST_STATEMENTS):
        found.take(each)
    small = plain.casefold()
    found.law = sum(any(word in small for word in kind) for kind in _LAW_WORDS)
    return found


def _said(found: _Found) -> Readers:
    if Side.EUROPE in found.binds:
        return found.with_europe
    if Side.ELSEWHERE in found.binds:
        return Readers.ALL if found.knows_europe else Readers.ELSEWHERE
    if found.knows_europe or found.sends == {Side.ELSEWHERE}:
        return found.with_europe
    if found.sends == {Side.EUROPE} or found.signers.none_of_europe:
        return Readers.ELSEWHERE
    return Readers.UNKNOWN


def _country(plain: str) -> Side | None:
    """The side of the country that a text names as that of its version, or None."""
    version = _VERSION.search(plain[:HEAD])
    code = regions.parse(version[1]) if version else None
    if code is None:
        return None
    return Side.EUROPE if regions.countries(code) & EUROPE else Side.ELSEWHERE


def _plain(text: str) -> str:
    """A text without Markdown markup; links are written as ‹label›."""
    return _MARKS.sub("", _LINK.sub(r"‹\1›", text))
