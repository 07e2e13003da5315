"""What a change is about, in the words of our labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from bot.locales import N_

#: Stems that give a topic away in German, French, Spanish, Italian, Dutch, Polish and Portuguese.
_ELSEWHERE = {
    "data_sharing": (
        "weitergabe|weitergeben|weitergegeben|übermitt|partag|communiqu[eé]es? à|compart|condivi"
        "|deel(?:t|d)? (?:uw|je)|udostępni"
    ),
    "data_collection": (
        "erheben|erhoben|erfassen|sammeln wir|collect(?:e|ons|ées?)\\b|recopil|recog(?:emos|ida)"
        "|raccogli|raccolt|verzamel|zbiera|recolh"
    ),
    "advertising_tracking": "werbung|werbe|publicit|publicid|pubblicit|reclame|reklam",
    "user_rights": (
        "widerspr|einwillig|auskunftsrecht|droit d|consentement|derecho|oponer|diritt|opporsi"
        "|rechten|bezwaar|sprzeciw|zgod[aęy]|direito"
    ),
    "data_retention": (
        "speicherdauer|aufbewahr|conserv|conservazione|bewaar|bewaren|przechow|armazen"
    ),
    "age_minors": (
        "minderjähr|kinder|jahre alt|mineur|enfants|menores|niños|minori\\b|minorenn|minderjarig"
        "|kinderen|dzieci|małolet|menor de idade"
    ),
    "account_termination": (
        "konto sperren|kündig|sperrung|résili|suspensión|cierre de|sospen|chiusura|opzegg|beëindig"
        "|zawies|encerramento"
    ),
    "payments_refunds": (
        "preis|gebühr|zahlung|erstatt|prix|frais|paiement|rembours|precio|pago|reembols|prezz"
        "|pagament|rimbors|prijs|betal|terugbetal|cen[ay]\\b|płatno|preço"
    ),
    "liability_arbitration": (
        "haftung|haften|gewährleist|responsabilit|litige|responsabilidad|controversi|aansprakelijk"
        "|geschil|odpowiedzialno|reklamacj"
    ),
    "legal_entity_jurisdiction": (
        "gerichtsstand|anwendbares recht|droit applicable|juridiction|ley aplicable|jurisdicción"
        "|legge applicabile|foro competente|toepasselijk recht|prawo właściwe"
    ),
    "content_moderation": (
        "verboten|untersagt|hassrede|interdit|haineu|prohibid|vietat|verboden|zabron|proibid"
    ),
    "intellectual_property": (
        "urheber|markenrecht|lizenz|droits? d'auteur|derechos de autor|diritti? d'autore"
        "|auteursrecht|praw[ao] autorsk"
    ),
    "political_content": (
        "politisch|wahlen|politique|élection|polític|elecci|politic[aoh]|verkiezing|wybor"
    ),
    "security": "verschlüssel|chiffr|cifrad|crittograf|versleutel|szyfrow",
    "ai_training": (
        "künstliche[rn]? intelligenz|intelligence artificielle|inteligencia artificial"
        "|intelligenza artificiale|kunstmatige intelligentie|sztuczn\\w+ inteligencj"
    ),
}

#: A topic, how a headline says it, and the words that give it away. Order is importance to a reader.
TOPICS: dict[str, tuple[str, re.Pattern[str]]] = {
    name: (words, re.compile(rf"{pattern}|\b(?:{_ELSEWHERE[name]})" if name in _ELSEWHERE else pattern, re.I))
    for name, words, pattern in (
        ("ai_training", N_("training AI on your data"),
         r"\b(?:train\w*|improv\w+|develop\w*)\b.{0,60}\b(?:AI|artificial intelligence|"
         r"machine[- ]learning|(?:language|foundation|AI) models?)\b|"
         r"\btrain\w*\b.{0,40}\bmodels?\b|\bscrap(?:e|ing)\b.{0,80}\bAI\b"
         r"|\bAI\b.{0,40}\bscrap(?:e|ing)\b"
         r"|\b(?:AI|generative)\b.{0,40}\b(?:train\w*|models?)\b|\bKI\b.{0,60}\btrain"
         r"|\bIA\b.{0,60}\bentra"),
        ("data_sharing", N_("sharing your data"),
         r"\b(?:shar(?:e|es|ing)|disclos\w+|sell|sold|transfer\w*)\b.{0,80}\b(?:data|information|"
         r"partners?|affiliates?|third part\w+)\b"),
        ("data_collection", N_("what is collected about you"),
         r"\b(?:collect\w*|receive|gather|obtain|analy[sz]e|infer)\b.{0,60}\b(?:data|information|"
         r"contacts|location|biometric)\b|\b(?:data|information) (?:about|from) you\b|"
         r"\bsensitive (?:information|data|permissions)\b"),
        ("advertising_tracking", N_("ads and tracking"),
         r"\b(?:advertis\w+|ads?\b|personali[sz]ed ads|cookies?|pixels?|tracking|profiling)\b"),
        ("user_rights", N_("your rights"),
         r"\b(?:right to|your rights|object to|opt(?:ed|ing|s)?[- ]?out|"
         r"withdraw (?:your )?consent|legitimate interests?|legal basis|appeal\w*|complain\w*"
         r"|mediation|out-of-court|consent)\b"),
        ("data_retention", N_("how long data is kept"), r"\b(?:retain\w*|retention|keep your|stored? for|delete[ds]? after|cach(?:e|ing)|how long)\b"),
        ("age_minors", N_("age and minors"), r"\b(?:minors?|child(?:ren)?(?:[’']s)?|teen\w*|under (?:the age of )?1[0-9]|age of|(?:1[0-9]|2[01]) years|years (?:old|of age|or older)|parental|age[- ](?:appropriate|restrict\w+|verif\w+|assurance|signals?)|legal age)\b"),
        ("account_termination", N_("closing or suspending accounts"),
         r"\b(?:terminat\w+|suspen\w+|disabl\w+|ban(?:ned)?|clos(?:e|ing) your account|revoke\w*|"
         r"disqualif\w+|blocked?|deactivat\w+)\b.{0,60}\b(?:accounts?|access|services?|programs?"
         r"|users?|participat\w+|members?|eligib\w+)\b"
         r"|\b(?:accounts?|access|merchant|seller|member)\b.{0,40}\b(?:terminat\w+|suspen\w+|"
         r"disabled|banned|revoked|closed|disqualif\w+)\b|\bsuspen(?:ded|sion)\b|"
         r"\bcancel\w* (?:\w+ ){0,3}orders?\b"),
        ("payments_refunds", N_("prices and payments"),
         r"\b(?:prices?|pricing|fees?|refund\w*|payments?|paid|subscriptions?|billing|invoice|"
         r"payouts?|revenue|commissions?|earn(?:s|ings?)?|monetiz\w+|monetis\w+|bonus(?:es)?"
         r"|returns? (?:policy|costs?|shipping)|purchas\w+)\b"),
        ("liability_arbitration", N_("liability and disputes"),
         r"\b(?:liab\w+|arbitration|class action|indemnif\w+|warrant(?:y|ies)|disputes?|"
         r"disclaim\w*|as is|at your own risk)\b"),
        ("legal_entity_jurisdiction", N_("the company or law you deal with"),
         r"\b(?:governing law|governed by|jurisdiction|controller|"
         r"(?:Ireland|International) (?:Limited|Unlimited)|agreement between you and|courts of"
         r"|entering into (?:this|a) contract)\b"),
        ("political_content", N_("political content"), r"\b(?:politic\w+|elections?|voters?|voting (?:behaviou?r|rights|process)|referend\w+|civic|ballot)\b"),
        ("content_moderation", N_("what may be posted"),
         r"\b(?:prohibit\w*|not allowed|don'?t (?:allow|post)|hate(?:ful)? speech|harass\w+|"
         r"nudity|violen\w+|misinformation|remove content|sexual)\b"),
        ("intellectual_property", N_("rights in what you post"),
         r"\b(?:licen[cs]e|copyright|trademarks?|intellectual property|royalt\w+)\b"),
        ("api_developers", N_("rules for developers"), r"\b(?:APIs?|SDKs?|developers?|your apps?|endpoints?|automated (?:data collection|means)|scrap(?:e|ing))\b"),
        ("security", N_("security"), r"\b(?:encrypt\w+|two-factor|passkeys?|security (?:measures|incident)|vulnerabilit\w+)\b"),
    )
}  # fmt: skip


#: What terms of a type are about whatever sentence of them changes; of the types that are about one thing.
_TYPES: dict[str, tuple[str, ...]] = {
    "Acceptable Use Policy": ("content_moderation",), "Advertising Content Policy": ("advertising_tracking",),
    "Affiliate Agreement": ("payments_refunds",), "Brand Guidelines": ("intellectual_property",),
    "Community Guidelines": ("content_moderation",), "Content Monetisation Policy": ("payments_refunds",),
    "Copyright Claims Policy": ("intellectual_property",), "Data Processor Agreement": ("data_sharing",),
    "Developer Terms": ("api_developers",), "General Conditions of Sale": ("payments_refunds",),
    "In-App Purchases Policy": ("payments_refunds",), "Law Enforcement Guidelines": ("data_sharing",),
    "Review Guidelines": ("content_moderation", "api_developers"), "Trackers Policy": ("advertising_tracking",),
}  # fmt: skip
#: The share of the changed words that must speak of a topic. Some words are rare and mean what they say;
#: others stand in every policy.
_RARE, _USUAL, _COMMON = 0.03, 0.1, 0.3
_SHARES = {
    **dict.fromkeys(TOPICS, _USUAL),
    **dict.fromkeys(
        ("ai_training", "age_minors", "account_termination", "legal_entity_jurisdiction"), _RARE
    ),
    **dict.fromkeys(("advertising_tracking", "content_moderation", "security"), _COMMON),
}


def of(texts: Iterable[str], terms_type: str = "", limit: int = 5) -> tuple[str, ...]:
    """What the texts, from terms of a type, speak of; the largest share first, none is an answer."""
    counts: Counter[str] = Counter()
    words = 0
    for text in texts:
        weight = min(len(text.split()), 30)
        words += weight
        counts.update(dict.fromkeys(_spoken_of(text), weight))
    order = list(TOPICS)
    spoken = [name for name in counts if counts[name] >= _SHARES[name] * words]
    ranked = sorted(spoken, key=lambda name: (-counts[name] / _SHARES[name], order.index(name)))
    usual = _TYPES.get(terms_type.partition(" - ")[0], ())
    return tuple(dict.fromkeys((*usual, *ranked)))[:limit]


@lru_cache(maxsize=2_000)
def _spoken_of(text: str) -> tuple[str, ...]:
    return tuple(name for name, (_, pattern) in TOPICS.items() if pattern.search(text))
