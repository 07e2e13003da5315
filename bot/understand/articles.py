"""A memo or an article as a change: the services, dates and places that its words give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.catalogue.names import Names
from bot.model import Change, Excerpt, Item, OptOut, Verdict
from bot.reasons import Noise, Origin, Reason
from bot.understand import dates, opt_out, places, significance, topics
from bot.understand.changes import EXCERPT
from bot.understand.diff import Pair
from bot.understand.document import sentences
from bot.understand.text import Sentence, plain

#: What an article about a service must speak of. The single words for privacy are not enough: they stand in
#: everything that a regulator or a digital rights group writes.
_NEWS_CUE = re.compile(
    r"privacy polic|terms of (?:service|use)|user agreement|opt[- ]?out|opting out"
    r"|train\w{0,12} (?:\w{1,20} ){0,4}(?:AI|models?)|"
    # "Protect your data" stands in half of what a company writes.
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
#: In a title it is what the article is about.
_YOURS = re.compile(r"\b(?:your|users['’]?) data\b", re.I)


def understand_text(item: Item, names: Names) -> Change:
    """A memo or an article: the services, dates and places that its words give."""
    services = names.services_of(item)
    spoken = sentences(_as_markdown(f"{item.title}\n\n{item.text}"))
    body = " ".join(sentence.text for sentence in spoken)
    of_the_terms = bool(item.services)
    relevant = of_the_terms or bool(
        services and (_NEWS_CUE.search(body) or _YOURS.search(item.title))
    )
    verdict = Verdict.MATERIAL if relevant else Verdict.NOISE
    told = Origin.MEMO if of_the_terms else Origin.ARTICLE
    effective = dates.effective(body, item.when.date()) or _stated(item, body)
    return Change(
        uid=item.uid, services=services, terms_type=", ".join(item.terms_types), recorded=item.when,
        title=plain(_as_markdown(item.title))[:300], link=item.link, record=item.record, commits=item.commits,
        verdict=verdict, why=(Reason(told if relevant else Noise.NOT_ABOUT_TERMS),),
        area=places.stated(item.title, [sentence.text for sentence in spoken[1:]]), effective=effective, topics=topics.of(s.text for s in spoken),
        opt_out=OptOut.AVAILABLE if opt_out.offered(body) else OptOut.NONE,
        excerpts=tuple(Excerpt("", s.text[:EXCERPT]) for s in _gist(spoken)),
        updates=item.updates,
    )  # fmt: skip


def _as_markdown(words: str) -> str:
    """Words that look like markup are words: those of an entry were decoded when it was read."""
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _stated(item: Item, body: str) -> date | None:
    """An article that names one future day means that one."""
    ahead = {day for _, _, day in dates.find(body) if day >= item.when.date()}
    return ahead.pop() if len(ahead) == 1 else None


def _gist(spoken: Sequence[Sentence]) -> list[Sentence]:
    """Up to two sentences of an article that say the most."""
    pairs_of_one = [Pair(None, sentence) for sentence in spoken[1:] if len(sentence.text) > 40]
    return [pair.after for pair in significance.telling(pairs_of_one[:60], limit=2) if pair.after]
