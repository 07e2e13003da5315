"""Memos and articles as changes: the services, dates and places that they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.catalogue.names import Names
from bot.model import Change, Item
from bot.understand import dates, effective_dates, opt_out, places, telling, topics
from bot.understand.date_words import Role
from bot.understand.diff import Pair
from bot.understand.document import sentences
from bot.understand.excerpts import excerpt_of
from bot.understand.text import Sentence, plain
from bot.understand.traits import Place
from bot.verdicts import Excerpt, Noise, Origin, Reason, Verdict

#: The most sentences of an article that are judged, and the least length of one.
READ_SENTENCES = 60
LONG_CHARACTERS = 40
TITLE_CHARACTERS = 300
#: What an article about a service must mention. The single words for privacy are not enough: they
#: are in everything that a regulator or a digital rights group writes.
_NEWS_CUE = re.compile(
    r"privacy polic|terms of (?:service|use)|user agreement|opt[- ]?out|opting out"
    r"|train\w{0,12} (?:\w{1,20} ){0,4}(?:AI|models?)|"
    # "Protect your data" is in half of what a company writes.
    r"\b(?:us|shar|sell|train|process|collect|transfer|combin)\w{0,6} (?:\S{1,20} ){0,3}your data"
    r"|legitimate interest|"
    # German
    r"datenschutz(?:erklärung|richtlinie|bestimmung|hinweis)|nutzungsbedingung|geschäftsbedingung"
    r"|\bAGB\b|"
    r"(?:KI|AI)[- ](?:training|modelle?n? (?:\w{1,20} ){0,3}trainier)"
    r"|trainier\w{0,12} (?:\w{1,20} ){0,4}(?:KI|AI)\b|"
    # French
    r"(?:politique|charte|règles) de confidentialité|conditions (?:générales|d['’]utilisation)|"
    r"entra[iî]n\w{1,20} (?:\S{1,30} ){0,5}(?:IA|modèles?)\b|"
    # Spanish, Portuguese, Italian
    r"pol[ií]tica de privaci?dade?|(?:condiciones|t[ée]rminos|termos|condições) (?:generales |"
    r"gerais )?d[eo]l? (?:uso|servi)|"
    r"(?:entrena|treina|addestra)\w{0,12} (?:\S{1,30} ){0,5}(?:IA|AI|modelos?|modelli)\b|"
    r"informativa (?:sulla |sul |di )?(?:privacy|trattamento)"
    r"|(?:termini|condizioni) (?:di servizio|d['’]uso|di utilizzo|generali)|"
    # Dutch, Swedish
    r"privacy(?:beleid|verklaring|voorwaarden)|(?:gebruiks|algemene )voorwaarden|AI[- ]training|"
    r"integritetspolicy|(?:användar|användnings)villkor|tränar? (?:\S{1,30} ){0,4}AI\b|"
    # Polish, Czech, Croatian, Estonian
    r"polity[kc]\w{1,20} prywatności|regulamin\w{0,12} (?:serwisu|usług|platformy)"
    r"|warunk\w{1,20} (?:korzystania|użytkowania)|"
    r"zásad\w{0,12} (?:ochrany (?:osobních údajů|soukromí))|(?:obchodní|smluvní)\w{0,12} podmín"
    r"|podmín\w{1,20} (?:používání|služby)|"
    r"(?:pravila|politik\w{1,20}) privatnosti|uvjet\w{1,20} korištenja"
    r"|privaatsus(?:poliitika|tingimus)|kasutustingimus",
    re.I,
)
#: In a title, this is what the article is about.
_YOURS = re.compile(r"\b(?:your|users['’]?) data\b", re.I)


def understand_text(item: Item, names: Names) -> Change:
    """Understand a memo or an article: the services, dates and places that it names."""
    services = names.services_of(item)
    spoken = sentences(_as_markdown(f"{item.title}\n\n{item.text}"))
    body = " ".join(sentence.text for sentence in spoken)
    verdict, why = _judge(item, services, body)
    return Change(
        uid=item.uid,
        services=services,
        terms_type=", ".join(item.terms_types),
        recorded=item.when,
        title=plain(_as_markdown(item.title))[:TITLE_CHARACTERS],
        link=item.link,
        verdict=verdict,
        why=(why,),
        area=places.stated(item.title, [sentence.text for sentence in spoken[1:]]),
        effective=_effective(item, spoken) or _only_day_ahead(item, body),
        topics=topics.of(sentence.text for sentence in spoken),
        opt_out=opt_out.in_texts(spoken),
        excerpts=_gist(spoken),
        record=item.record,
        commits=item.commits,
        updates=item.updates,
    )


def _judge(item: Item, services: Sequence[str], body: str) -> tuple[Verdict, Reason]:
    """The verdict and its reason.

    Memos, which name their services, are always news; articles must mention terms.
    """
    if item.services:
        return Verdict.MATERIAL, Reason(Origin.MEMO)
    if not services:
        return Verdict.NOISE, Reason(Noise.NOT_ABOUT_TERMS)
    if _NEWS_CUE.search(body) or _YOURS.search(item.title):
        return Verdict.MATERIAL, Reason(Origin.ARTICLE)
    return Verdict.NOISE, Reason(Noise.NOT_ABOUT_TERMS)


def _as_markdown(words: str) -> str:
    """Plain text with its markup escaped; an entry's text was decoded when it was read."""
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _effective(item: Item, spoken: Sequence[Sentence]) -> date | None:
    """The effective date that an article states. Dates that it only mentions may be anything's."""
    return effective_dates.of_text(spoken, item.when.date(), least=Role.DEADLINE)


def _only_day_ahead(item: Item, body: str) -> date | None:
    """The one future day that an article names; None if there are several, or none."""
    ahead = {day for _, _, day in dates.find(body) if day >= item.when.date()}
    if len(ahead) == 1:
        return ahead.pop()
    return None


def _gist(spoken: Sequence[Sentence]) -> tuple[Excerpt, ...]:
    """The two most telling sentences of an article, or fewer."""
    long = [sentence for sentence in spoken[1:] if len(sentence.text) > LONG_CHARACTERS]
    pairs = [Pair(None, sentence) for sentence in long[:READ_SENTENCES]]
    ranked = telling.ranked(pairs[:READ_SENTENCES], Place("", ("", "")))
    return tuple(map(excerpt_of, ranked[:2]))
