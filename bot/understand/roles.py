"""The roles a change is for: private people, sellers, advertisers, developers, and so on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.understand import concepts
from bot.understand.diff import Pair
from bot.understand.text import Sentence
from bot.verdicts import Role

#: The most pairs of a change that are read.
MAX_PAIRS = 400
#: The most words of a sentence that count.
MAX_WEIGHT_WORDS = 30
#: A sentence is about the people that its first words name,
FIRST_WORDS = 4
#: or that it names this near before a modal.
NEAR_WORDS = 4
#: The share of words that must be about a role for it to be told,
SPOKEN = 0.2
#: and for the change to be for nobody else.
ONLY = 0.6

_NOUNS: dict[str, Role] = {
    "seller": Role.SELLERS,
    "advertiser": Role.ADVERTISERS,
    "developer": Role.DEVELOPERS,
    "creator": Role.CREATORS,
    "business": Role.BUSINESS,
    "moderator": Role.MODERATORS,
    "person": Role.USERS,
}
#: Words that address the reader, without accents; none that may also mean "their".
_READER = frozenset(
    "you your yours du dich dir dein deine deinen deinem deiner vous votre vos tu toi tuo tua tuoi"
    " tue usted ustedes tus jij jouw uw twoj twoje twoja twoich voce teu tua teus tuas".split()
)
_SPOKEN_TO: dict[str, Role] = {
    f"as_{noun}": role for noun, role in _NOUNS.items() if role is not Role.USERS
}

#: Terms types that are for some roles only.
_TYPES: dict[str, tuple[Role, ...]] = {
    "Advertising Content Policy": (Role.ADVERTISERS,),
    "Affiliate Agreement": (Role.CREATORS, Role.BUSINESS),
    "Brand Guidelines": (Role.BUSINESS, Role.DEVELOPERS),
    "Business Mentions": (Role.BUSINESS,),
    "Business Privacy Policy": (Role.BUSINESS,),
    "Business Terms": (Role.BUSINESS,),
    "Closed Captioning Policy": (Role.CREATORS,),
    "Content Monetisation Policy": (Role.CREATORS,),
    "Content Monetization Policy": (Role.CREATORS,),
    "Creator Terms": (Role.CREATORS,),
    "Data Controller Agreement": (Role.BUSINESS,),
    "Data Processor Agreement": (Role.BUSINESS,),
    "Developer Terms": (Role.DEVELOPERS,),
    "Marketplace Sellers Conditions": (Role.SELLERS,),
    "Premium Partner Conditions": (Role.CREATORS,),
    "Ranking Parameters Description": (Role.SELLERS,),
    "Review Guidelines": (Role.DEVELOPERS,),
    "Seller Warranty": (Role.SELLERS,),
    "Service Level Agreement": (Role.BUSINESS,),
    "User Consent Policy": (Role.BUSINESS, Role.DEVELOPERS, Role.ADVERTISERS),
    "Vendor Terms": (Role.SELLERS,),
}
#: Terms types about everybody's data: they are for private people, whomever else they name.
_OF_EVERYBODY = ("Privacy Policy", "Trackers Policy", "Imprint", "Law Enforcement Guidelines")

#: A title about ads needs one of these: a document of rules about ads is for advertisers, while a
#: section about ads is for those who see them.
_A_DOCUMENT = re.compile(
    r"\b(?:terms|polic(?:y|ies)|guidelines?|rules|agreement|conditions|standards|requirements)\b"
    r"|bedingungen|richtlinie|vereinbarung|politique|règles|política|politica|normas|condizioni"
    r"|condiciones|condições|regole|beleid|voorwaarden|regels|zasady|regulamin|warunki",
    re.I,
)

#: Terms types for which whoever posts is a creator.
_OF_WHO_POSTS = ("Community Guidelines", "Acceptable Use Policy")


def of(pairs: Sequence[Pair], terms_type: str = "", service: str = "") -> tuple[Role, ...]:
    """The roles that a change binds or affects, in a fixed order; empty if that is unknown.

    `service` is the name that the record gives the service.
    """
    kind = terms_type.partition(" - ")[0]
    named = _named(service, _title(pairs))
    if kind.startswith(_OF_EVERYBODY):
        return _ordered((Role.USERS, *named))
    spoken = _spoken(pairs)
    others = {role for role, share in spoken.items() if share >= SPOKEN}
    usual = _TYPES.get(kind, ()) or named
    if usual:
        return _ordered((*usual, *(others - {Role.USERS})))
    others.discard(Role.USERS)
    if not pairs:
        return ()
    if kind in _OF_WHO_POSTS:
        spoken[Role.USERS] = max(spoken.get(Role.USERS, 0.0), spoken.get(Role.CREATORS, 0.0))
    if others and not _is_for_people(spoken):
        return _ordered(others)
    return _ordered((Role.USERS, *others))


def _named(service: str, title: str) -> tuple[Role, ...]:
    """The roles in the name of a service or the title of its terms."""
    meant = concepts.of_text(f"{service} {title}")
    found: list[Role] = []
    for noun, role in _NOUNS.items():
        if role is not Role.USERS and not meant.isdisjoint((noun, f"as_{noun}")):
            found.append(role)
    if not found and _is_about_ads(service, title):
        found.append(Role.ADVERTISERS)
    return tuple(found)


def _is_about_ads(service: str, title: str) -> bool:
    """Whether a service is one for ads, or its terms are rules for them."""
    if "ads" in concepts.of_text(service):
        return True
    return "ads" in concepts.of_text(title) and _A_DOCUMENT.search(title) is not None


def _title(pairs: Sequence[Pair]) -> str:
    """The heading above all pairs, which is the title of the terms; "" if there are several."""
    titles = {pair.newest.section.partition(" › ")[0] for pair in pairs[:MAX_PAIRS]}
    if len(titles) == 1:
        return titles.pop()
    return ""


def _spoken(pairs: Sequence[Pair]) -> dict[Role, float]:
    """The share (0 to 1) of the words of the pairs that is about each role."""
    counts: Counter[Role] = Counter()
    words = 0
    for pair in pairs[:MAX_PAIRS]:
        weight = min(pair.newest.words, MAX_WEIGHT_WORDS)
        words += weight
        for role in _about(pair.newest):
            counts[role] += weight
    return {role: count / max(words, 1) for role, count in counts.items()}


def _about(sentence: Sentence) -> set[Role]:
    """The roles that a sentence is about, by its words or the heading above it."""
    heading = sentence.section.rpartition(" › ")[2]
    found = set(_named("", heading))
    found.update(spoken_to(f"{sentence.lead} {sentence.text}"))
    return found


def spoken_to(text: str) -> set[Role]:
    """The roles that a sentence is about: it addresses them, begins with them or binds them.

    "Sellers will see your address" is about others, and for the reader: a private person.
    """
    said = concepts.words(text)
    meanings = [set(concepts.at(said, place)) for place in range(len(said))]
    addressed: set[Role] = set()
    found: set[Role] = set()
    for place, meant in enumerate(meanings):
        addressed.update(role for code, role in _SPOKEN_TO.items() if code in meant)
        if _is_subject(meanings, place):
            found.update(role for noun, role in _NOUNS.items() if noun in meant)
    if found and not addressed and not _READER.isdisjoint(said):
        found.add(Role.USERS)
    return found | addressed


def _is_subject(meanings: Sequence[set[str]], place: int) -> bool:
    """Whether the word at a place can be the subject: it is near the start, or before a modal.

    Things that others have, or that come from them, bind the reader.
    """
    if place and "ours" in meanings[place - 1]:
        return False
    if place < FIRST_WORDS:
        return True
    return any("modal" in meant for meant in meanings[place + 1 : place + 1 + NEAR_WORDS])


def _is_for_people(spoken: dict[Role, float]) -> bool:
    """Whether private people must hear of a change: most of it is not about anybody else."""
    others = [share for role, share in spoken.items() if role is not Role.USERS]
    if spoken.get(Role.USERS, 0.0) >= SPOKEN:
        return True
    return max(others, default=0.0) < ONLY


def _ordered(found: Iterable[Role]) -> tuple[Role, ...]:
    there = set(found)
    return tuple(role for role in Role if role in there)
