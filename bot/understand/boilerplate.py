"""Text around the terms on a page: widgets, banners, pointers, version notices, addresses."""

from __future__ import annotations

import re

from bot.understand.lines import SUMMARY
from bot.understand.text import Sentence

#: Text that changes without a decision about terms: what web pages in general say around their
#: content, specific to no service.
_WIDGET = re.compile(
    r"\b(?:was|is) this (?:page|article|information|answer|content|section|"
    r"translation)?\s?(?:helpful|useful|clear)\b"
    r"|\bthank(?:s| you) for (?:your|the) (?:feedback|rating|vote|response)\b"
    r"|\b(?:give|send|share|submit|provide|leave) (?:us )?(?:your )?feedback\b"
    r"|\bhow (?:can we improve|helpful was|satisfied)\b|\bhelp us improve\b|\brate this\b"
    r"|\bwhat went wrong\b"
    r"|\byour (?:web ?browser|device) (?:does not|doesn[’']t|is not|isn[’']t)\b"
    r"|\benable javascript\b|\bjavascript (?:is|must|to)\b"
    r"|\b(?:video|audio) (?:player|can(?:not|[’']t))\b|\bplay(?:ing)? (?:the )?video\b"
    r"|\bnewsletter\b|\bsubscribe (?:now|today|to our)\b"
    r"|\bsign up (?:for|to) (?:our|the|get|receive|stay)\b|\bdownload (?:the|our) app\b"
    r"|\bfollow us\b|\bstay organi[sz]ed with\b|\bsave and categori[sz]e content\b"
    r"|\bstay (?:up[- ]to[- ]date|informed|in the loop|tuned)\b|\bdon[’']t miss\b|\bdiscover more\b"
    r"|\b(?:accept|allow|reject|decline) (?:all|essential|optional|the use of)?\s?cookies\b"
    r"|\bcookie (?:banner|settings|preferences|consent)\b"
    r"|\bwe use cookies (?:and|to)\b.{0,80}\b(?:experience|site|website|help provide)\b"
    r"|\bskip to (?:main |the )?(?:content|navigation)\b|\bback to (?:the )?top\b|\bcopy link\b"
    r"|\b(?:on|in) this (?:page|article)$|\btable of contents\b"
    r"|\brelated (?:articles?|links?|topics?|content|pages?)\b|\ball rights reserved\b|©"
    r"|\b(?:page|something|content) (?:isn[’']t available|not found|went wrong|is unavailable)\b"
    r"|\bplease try again\b|\bcaptcha\b"
    r"|\bverify (?:that )?you are (?:a )?human\b|\baccess denied\b"
    r"|\bnot available in your (?:country|region|location)\b"
    r"|\btranslate this page\b|\bmarked for translation\b|\bretrieved from\b|^jump to\b"
    r"|\b(?:AI|machine|automatically)[- ]generated\b"
    r"|\bgenerated (?:by|with|using) (?:AI|artificial|machine)\b|\bmachine translat\w+\b"
    r"|\btranslated version of\b|\bthis (?:page|article) (?:is|was|"
    r"has been) (?:also )?(?:a )?translat|\bother languages\b|\bredirected from\b|\brevision id\b"
    r"|\bwar diese (?:seite|information)|\bcet (?:article|page) (?:vous )?a-t-|\bha sido útil\b"
    r"|\bè stat[ao] utile\b",
    re.I,
)
_WIDGET_HEADING = re.compile(
    r"\b(?:AI|machine)[- ]generated\b|\bkey takeaways\b"
    r"|^(?:page summary|summary generated|related\b|feedback|newsletter|was this|on this page|"
    r"in this article|need more help|"
    r"popular (?:topics|articles)|recommended|more (?:help|resources)|navigation|tools|languages)",
    re.I,
)
#: Style sheets and scripts that the tracker took for text.
_CODE = re.compile(
    r"\{[^{}]{0,300}[:;][^{}]{0,300}\}|function\s?\(|^\s*[.#@][\w-]+\s*\{|</?\w+>|\bvar \w+ ?="
)
#: Headings that the tracker ran together: "OverviewBest PracticesSteps to Take".
_RUN_TOGETHER = re.compile(r"(?:[a-z)][A-Z][a-z]+[^.;]{0,80}?){3}")
_ATTRIBUTION = re.compile(
    r"\b(?:licensed under|open (?:government|data|database) licen[cs]e|open data|creative commons|"
    r"creativecommons\.org|contains (?:information|data|public sector))\b",
    re.I,
)
#: Instructions for a screen, or where to read on: not rules.
_STEP = re.compile(
    r"^(?:\d+\.\s*)?(?:(?:in|on|at|from|under|to|next to|if)\b[^,]{0,60},\s*)?(?:click|tap|select|"
    r"hover|go to|open|navigate|scroll|press|right-click|choose|enter|log ?in|sign ?in|"
    r"turn (?:the|on)|toggle|copy|paste|for (?:more |further |additional )?(?:information|details|"
    r"help)|(?:to|if you(?:[’']d| would) like to|if you want to) (?:learn|find out|read|see)|"
    r"(?:then )?you can (?:click|tap|select|go to|hover)|learn|see|read|find out|visit|refer|check"
    r"|please (?:see|refer|visit|note)|note)\b",
    re.I,
)
_REACH = re.compile(
    r"\b(?:can|may) (?:be )?(?:contact|reach)(?:ed)?\b"
    r"|\b(?:contact|call|write to|email|e-mail) (?:us|our|the|your local)\b|\bhotline\b"
    r"|\(\d{3}\)\s?\d{3}|\+\d[\d\s]{7,}",
    re.I,
)
_POINTER = re.compile(
    r"\b(?:learn more|find out more|read more|more (?:information|details|info)|refer to|"
    r"click (?:here|on|the)|see (?:the|our|here|this|below|also)|"
    r"visit|check (?:out )?(?:the|our|this|below)|available (?:here|at)|(?:be|is|are) found"
    r"|listed (?:here|below|at)|preview|download|https?://|www\.)",
    re.I,
)
_NOTICE = re.compile(
    r"\b(?:we(?:[’']ve| have)? (?:made )?(?:some )?(?:updated?|changed|revised)\b|"
    r"we(?:[’']re| are) (?:making|updating|changing)"
    r"|(?:last|date of last) (?:updated?|modified|revised|edited|revision)|"
    r"(?:prior|previous|earlier|current|new|updated|archived?) versions?|version \d"
    r"|(?:go|goes|come|comes|came|take|takes|took|enters?|be|become|becomes|is|"
    r"are) (?:in)?(?:to)?\s?(?:effect|force|effective)|"
    r"effective (?:as of|date|from|on|until|immediately)|until then|will be updated|stand: "
    r"|letzte aktualisierung|dernière (?:mise à jour|modification)|"
    r"última (?:actualización|modificación)|ultimo aggiornamento|laatst (?:bijgewerkt|gewijzigd)"
    r"|fassung vom|en vigueur)",
    re.I,
)
_CONTACT = re.compile(
    r"\b(?:address(?:es)?|registered (?:office|agent|seat)|headquarter\w*|located at|"
    r"p\.?\s?o\.? box|floor|suite|street|road|avenue|quay|postal|postcode|zip|"
    r"tel(?:ephone)?|phone|fax|e-?mail|contact(?:ed)?|hotline|registration number|vat|straße|str\."
    r"|rue|adresse|dirección|indirizzo|adres)\b|[\w.+-]+@[\w-]+\.\w+",
    re.I,
)
_ADDRESS = re.compile(
    r"\b(?:registered (?:office|address|agent)|address:|located at|p\.?\s?o\.? box|floor|suite|"
    r"quay)\b|\b[A-Z]\d\d\s?[A-Z\d]{4}\b|\b\d{5}(?:-\d{4})?,\s",
    re.I,
)
_FIGURE_OR_NAME = re.compile(r"^\W*(?:[A-Z0-9].*|\W*|of|and|the|de|la|d[’'].*)$")


def widget(sentence: Sentence) -> bool:
    """Whether a sentence is part of the page rather than of the terms."""
    text = sentence.text
    if _WIDGET.search(text):
        return True
    if _CODE.search(text[:2000]) or _RUN_TOGETHER.search(text[:500]):
        return True
    heading = sentence.section.rpartition(" › ")[2]
    return bool(_WIDGET_HEADING.search(heading) or _WIDGET_HEADING.search(sentence.lead))


def pointer(text: str) -> bool:
    """Whether a text refers to another place; the caller checks whether it also binds."""
    return bool(_POINTER.search(text))


def summary(sentence: Sentence) -> bool:
    """Whether a sentence is in a box that summarises the terms."""
    return bool(SUMMARY.match(sentence.lead))


def instruction(text: str) -> bool:
    """Whether a text is an instruction, a way to reach somebody, or an attribution."""
    return bool(_STEP.match(text) or _REACH.search(text) or _ATTRIBUTION.search(text))


def notice(text: str) -> bool:
    """Whether a text is about the version itself: its date, its effect, or an older version."""
    return bool(_NOTICE.search(text))


def address(text: str) -> bool:
    """Whether a text gives a postal address, which names a country without concerning it."""
    return bool(_ADDRESS.search(text))


def contact(text: str, words: list[str]) -> bool:
    """Whether the words that differ are names and numbers of an address."""
    if not words:
        return False
    if not _CONTACT.search(text):
        return False
    return all(map(_FIGURE_OR_NAME.match, words))
