"""What a change is about: topics, and the words that give them away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

#: So many words of a sentence count at most: a long one is no more about its topics.
MAX_WEIGHT_WORDS = 30

#: The words that give a topic away in English. Order is importance to a reader.
_ENGLISH = {
    "ai_training": (
        r"\b(?:train\w*|improv\w+|develop\w*)\b.{0,60}\b(?:AI|artificial intelligence|"
        r"machine[- ]learning|(?:language|foundation|AI) models?)\b|\btrain\w*\b.{0,40}\bmodels?\b|"
        r"\bscrap(?:e|ing)\b.{0,80}\bAI\b|\bAI\b.{0,40}\bscrap(?:e|ing)\b"
        r"|\b(?:AI|generative)\b.{0,40}\b(?:train\w*|models?)\b|\bKI\b.{0,60}\btrain"
        r"|\bIA\b.{0,60}\bentra"
    ),
    "data_sharing": (
        r"\b(?:shar(?:e|es|ing)|disclos\w+|sell|sold|transfer\w*)\b.{0,80}\b(?:data|information|"
        r"partners?|affiliates?|third part\w+)\b"
    ),
    "data_collection": (
        r"\b(?:collect\w*|receive|gather|obtain|analy[sz]e|infer)\b.{0,60}\b(?:data|information|"
        r"contacts|location|biometric)\b|\b(?:data|information) (?:about|from) you\b|"
        r"\bsensitive (?:information|data|permissions)\b"
    ),
    "advertising_tracking": (
        r"\b(?:advertis\w+|ads?\b|personali[sz]ed ads|cookies?|pixels?|tracking|profiling)\b"
    ),
    "user_rights": (
        r"\b(?:right to|your rights|object to|opt(?:ed|ing|s)?[- ]?out|withdraw (?:your )?consent|"
        r"legitimate interests?|legal basis|appeal\w*|complain\w*|mediation|out-of-court|consent)\b"
    ),
    "data_retention": (
        r"\b(?:retain\w*|retention|keep your|stored? for|delete[ds]? after|cach(?:e|ing)|"
        r"how long)\b"
    ),
    "age_minors": (
        r"\b(?:minors?|child(?:ren)?(?:[’']s)?|teen\w*|under (?:the age of )?1[0-9]|age of|"
        r"(?:1[0-9]|2[01]) years|years (?:old|of age|or older)|parental"
        r"|age[- ](?:appropriate|restrict\w+|verif\w+|assurance|signals?)|legal age)\b"
    ),
    "account_termination": (
        r"\b(?:terminat\w+|suspen\w+|disabl\w+|ban(?:ned)?|clos(?:e|ing) your account|revoke\w*|"
        r"disqualif\w+|blocked?|deactivat\w+)\b.{0,60}\b(?:accounts?|access|services?|programs?"
        r"|users?|participat\w+|members?|eligib\w+)\b|"
        r"\b(?:accounts?|access|merchant|seller|member)\b.{0,40}\b(?:terminat\w+|suspen\w+|"
        r"disabled|banned|revoked|closed|disqualif\w+)\b|\bsuspen(?:ded|sion)\b|"
        r"\bcancel\w* (?:\w+ ){0,3}orders?\b"
    ),
    "payments_refunds": (
        r"\b(?:prices?|pricing|fees?|refund\w*|payments?|paid|subscriptions?|billing|invoice|"
        r"payouts?|revenue|commissions?|earn(?:s|ings?)?|monetiz\w+|monetis\w+|bonus(?:es)?"
        r"|returns? (?:policy|costs?|shipping)|purchas\w+)\b"
    ),
    "liability_arbitration": (
        r"\b(?:liab\w+|arbitration|class action|indemnif\w+|warrant(?:y|ies)|disputes?|disclaim\w*|"
        r"as is|at your own risk)\b"
    ),
    "legal_entity_jurisdiction": (
        r"\b(?:governing law|governed by|jurisdiction|controller|"
        r"(?:Ireland|International) (?:Limited|Unlimited)|agreement between you and|courts of"
        r"|entering into (?:this|a) contract)\b"
    ),
    "political_content": (
        r"\b(?:politic\w+|elections?|voters?|voting (?:behaviou?r|rights|process)|referend\w+|"
        r"civic|ballot)\b"
    ),
    "content_moderation": (
        r"\b(?:prohibit\w*|not allowed|don'?t (?:allow|post)|hate(?:ful)? speech|harass\w+|nudity|"
        r"violen\w+|misinformation|remove content|sexual)\b"
    ),
    "intellectual_property": (
        r"\b(?:licen[cs]e|copyright|trademarks?|intellectual property|royalt\w+)\b"
    ),
    "api_developers": (
        r"\b(?:APIs?|SDKs?|developers?|your apps?|endpoints?|automated (?:data collection|means)|"
        r"scrap(?:e|ing))\b"
    ),
    "security": (
        r"\b(?:encrypt\w+|two-factor|passkeys?|security (?:measures|incident)|vulnerabilit\w+)\b"
    ),
}
#: Stems in German, French, Spanish, Italian, Dutch, Polish and Portuguese.
_ELSEWHERE = {
    "data_sharing": (
        r"weitergabe|weitergeben|weitergegeben|übermitt|partag|communiqu[eé]es? à|compart|condivi"
        r"|deel(?:t|d)? (?:uw|je)|udostępni"
    ),
    "data_collection": (
        r"erheben|erhoben|erfassen|sammeln wir|collect(?:e|ons|ées?)\b|recopil|recog(?:emos|ida)"
        r"|raccogli|raccolt|verzamel|zbiera|recolh"
    ),
    "advertising_tracking": r"werbung|werbe|publicit|publicid|pubblicit|reclame|reklam",
    "user_rights": (
        r"widerspr|einwillig|auskunftsrecht|droit d|consentement|derecho|oponer|diritt|opporsi"
        r"|rechten|bezwaar|sprzeciw|zgod[aęy]|direito"
    ),
    "data_retention": (
        r"speicherdauer|aufbewahr|conserv|conservazione|bewaar|bewaren|przechow|armazen"
    ),
    "age_minors": (
        r"minderjähr|kinder|jahre alt|mineur|enfants|menores|niños|minori\b|minorenn|minderjarig"
        r"|kinderen|dzieci|małolet|menor de idade"
    ),
    "account_termination": (
        r"konto sperren|kündig|sperrung|résili|suspensión|cierre de|sospen|chiusura|opzegg|beëindig"
        r"|zawies|encerramento"
    ),
    "payments_refunds": (
        r"preis|gebühr|zahlung|erstatt|prix|frais|paiement|rembours|precio|pago|reembols|prezz"
        r"|pagament|rimbors|prijs|betal|terugbetal|cen[ay]\b|płatno|preço"
    ),
    "liability_arbitration": (
        r"haftung|haften|gewährleist|responsabilit|litige|responsabilidad|controversi|aansprakelijk"
        r"|geschil|odpowiedzialno|reklamacj"
    ),
    "legal_entity_jurisdiction": (
        r"gerichtsstand|anwendbares recht|droit applicable|juridiction|ley aplicable|jurisdicción"
        r"|legge applicabile|foro competente|toepasselijk recht|prawo właściwe"
    ),
    "content_moderation": (
        r"verboten|untersagt|hassrede|interdit|haineu|prohibid|vietat|verboden|zabron|proibid"
    ),
    "intellectual_property": (
        r"urheber|markenrecht|lizenz|droits? d'auteur|derechos de autor|diritti? d'autore"
        r"|auteursrecht|praw[ao] autorsk"
    ),
    "political_content": (
        r"politisch|wahlen|politique|élection|polític|elecci|politic[aoh]|verkiezing|wybor"
    ),
    "security": r"verschlüssel|chiffr|cifrad|crittograf|versleutel|szyfrow",
    "ai_training": (
        r"künstliche[rn]? intelligenz|intelligence artificielle|inteligencia artificial"
        r"|intelligenza artificiale|kunstmatige intelligentie|sztuczn\w+ inteligencj"
    ),
}


def _compiled(topic: str) -> re.Pattern[str]:
    words = _ENGLISH[topic]
    if topic in _ELSEWHERE:
        words += rf"|\b(?:{_ELSEWHERE[topic]})"
    return re.compile(words, re.I)


#: The topics, the most important to a reader first, and the words that give each away.
TOPICS: dict[str, re.Pattern[str]] = {topic: _compiled(topic) for topic in _ENGLISH}

#: What terms of a type are about whatever sentence of them changes; of the types that are about one
#: thing.
_TYPES: dict[str, tuple[str, ...]] = {
    "Acceptable Use Policy": ("content_moderation",),
    "Advertising Content Policy": ("advertising_tracking",),
    "Affiliate Agreement": ("payments_refunds",),
    "Brand Guidelines": ("intellectual_property",),
    "Community Guidelines": ("content_moderation",),
    "Content Monetisation Policy": ("payments_refunds",),
    "Copyright Claims Policy": ("intellectual_property",),
    "Data Processor Agreement": ("data_sharing",),
    "Developer Terms": ("api_developers",),
    "General Conditions of Sale": ("payments_refunds",),
    "In-App Purchases Policy": ("payments_refunds",),
    "Law Enforcement Guidelines": ("data_sharing",),
    "Review Guidelines": ("content_moderation", "api_developers"),
    "Trackers Policy": ("advertising_tracking",),
}
#: The share of the changed words that must speak of a topic whose words are rare, and say what
#: they mean;
_RARE = 0.03
#: of most topics;
_USUAL = 0.1
#: and of those whose words stand in every policy.
_COMMON = 0.3
_SHARES = {
    **dict.fromkeys(TOPICS, _USUAL),
    **dict.fromkeys(
        ("ai_training", "age_minors", "account_termination", "legal_entity_jurisdiction"), _RARE
    ),
    **dict.fromkeys(("advertising_tracking", "content_moderation", "security"), _COMMON),
}


def of(texts: Iterable[str], terms_type: str = "", limit: int = 5) -> tuple[str, ...]:
    """The topics that texts, from terms of a type, speak of; the largest share first.

    None is an answer.
    """
    counts: Counter[str] = Counter()
    words = 0
    for text in texts:
        weight = min(len(text.split()), MAX_WEIGHT_WORDS)
        words += weight
        counts.update(dict.fromkeys(spoken_of(text), weight))
    order = list(TOPICS)
    spoken = [name for name in counts if counts[name] >= _SHARES[name] * words]
    ranked = sorted(spoken, key=lambda name: (-counts[name] / _SHARES[name], order.index(name)))
    usual = _TYPES.get(terms_type.partition(" - ")[0], ())
    return tuple(dict.fromkeys((*usual, *ranked)))[:limit]


@lru_cache(maxsize=2_000)
def spoken_of(text: str) -> tuple[str, ...]:
    """The topics that a text has words of. Kept for a while: a sentence is asked about twice."""
    return tuple(name for name, pattern in TOPICS.items() if pattern.search(text))
