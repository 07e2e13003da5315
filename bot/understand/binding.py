"""Binding language: whether a sentence sets a rule, gives a right or says how data is used."""

from __future__ import annotations

import re

from bot.understand import boilerplate
from bot.understand.text import Sentence

#: Words that can set a rule.
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
#: Words that make the removal of a sentence matter: more than that something is done.
_PROMISE = re.compile(
    r"\b(?:must|shall|may not|cannot|can[’']t|won[’']t|don[’']t|do not|does not|will not|not|never|"
    r"no longer|prohibit\w*|forbid\w*|allowed|permitted|ban(?:s|ned)?|"
    r"right to|your rights?|entitled?|protect(?:s|ed|ion)?|guarantee\w*|refund\w*|consent"
    r"|free of charge|only|liab\w+|opt[- ](?:in|out)|"
    r"nicht|kein\w*|niemals|recht|verboten|pas|jamais|droit|interdit\w*|derecho|nunca|prohib\w+"
    r"|diritto|vietat\w+|recht|niet|verbod\w+)\b",
    re.I,
)
#: Acts of the service ("we", "our") that nobody should learn of too late.
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


def rule(sentence: Sentence) -> bool:
    """Whether a sentence, or the lead of its list, sets a rule or says how data is used."""
    if _RULE.search(sentence.lead):
        return True
    if sentence.fragment:
        return False
    return bool(_RULE.search(_without_urls(sentence.text)))


def promise(sentence: Sentence) -> bool:
    """Whether a sentence protects, allows or forbids something.

    Its removal is a loss or a licence. A list entry is judged by the list's lead.
    """
    if sentence.lead:
        return bool(_PROMISE.search(_without_urls(sentence.lead)))
    if sentence.fragment:
        return False
    return bool(_PROMISE.search(_without_urls(sentence.text)))


def strong(sentence: Sentence) -> bool:
    """Whether a new sentence is a rule on its own, however short: it gives or takes something.

    "We sell your data." has four words.
    """
    if sentence.fragment:
        return False
    if boilerplate.instruction(sentence.text):
        return False
    if boilerplate.notice(sentence.text):
        return False
    if not _STRONG.search(_without_urls(sentence.text)):
        return False
    return not boilerplate.address(sentence.text)


def _without_urls(text: str) -> str:
    return _URL.sub("", text)
