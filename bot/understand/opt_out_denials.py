"""Cue words of sentences about saying no that offer no opt-out."""

from __future__ import annotations

import re

#: A way to say no is denied.
_DENIED = re.compile(
    r"\b(?:cannot|can[’']t|(?:may|must|shall|can|could|do) not|no longer|unable to"
    r"|not (?:be )?able to"
    r"|not possible|impossible|no (?:way|option|possibility) (?:to|of)"
    r"|without (?:the )?(?:option|ability"
    r"|possibility))\b[^.;,]{0,50}\b(?:opt|unsubscrib|object|withdr|turn|switch|disabl|deactivat"
    r"|declin"
    r"|refus|reject)"
    r"|\b(?:unsubscrib|opting|turning|disabling|objecti)\w* [^.]{0,30}\bnot (?:be )?(?:possible"
    r"|available|allowed)"
    r"|\b(?:remov|withdr|eliminat|discontinu|end)\w* (?:the |this |your )?(?:option|ability"
    r"|possibility|right"
    r"|choice) to\b|\b(?:nicht (?:mehr )?möglich|niet (?:meer )?mogelijk|nie (?:jest|są"
    r"|będzie) możliw\w+)"
    r"|\bno (?:es|será) posible"
    r"|\b(?:nicht(?: mehr)?|keine? \w+)\b[^.,]{0,40}\b(?:widersprechen|widerrufen|abschalten"
    r"|ausschalten|deaktiviert?"
    r"|ablehnen|abwählen|abmelden|abbestellen)"
    r"|\bne (?:pouvez|pourrez|peut|pouvons|peuvent|sera|serez)[^.]{0,30}\b(?:pas"
    r"|plus)\b[^.,;]{0,60}"
    r"\b(?:oppos|désactiv|refus|retir|bloqu|désabon)"
    r"|\b(?:n[’']est|plus) (?:pas |plus )?possible|\bimpossible de"
    r"|\bnon (?:è|sarà|puoi|potrai|può|potete)\b[^.,;]{0,40}\b(?:oppor|disattiv|disabilit|rifiut"
    r"|revoc)"
    r"|\bnon (?:più )?possibile|\bnon è (?:più )?possibile"
    r"|\b(?:ya )?no (?:podrás?|puedes?|podrán|pueden|es posible|será posible)\b[^.,;]{0,40}"
    r"\b(?:opon|desactiv|deshabilit|rechaz|retir|revoc|baja)"
    r"|\b(?:niet|geen)\b[^.,]{0,30}\b(?:uitschakel|uitzet|weiger|afmeld|intrek|bezwaar)"
    r"|\bnie (?:można|możesz|mogą|będzie można|ma możliwości)\b[^.,;]{0,40}"
    r"\b(?:wyłącz|odrzuc|odmów|wycof|zrezygn|sprzeciw)"
    r"|\bnão (?:é|será|pode|poderá|podem|poderão)\b[^.,;]{0,40}"
    r"\b(?:opor|desativ|desabilit|recus|rejeit|retir|revog)",
    re.I,
)
#: The no is not the reader's: it is somebody else's duty, or a right of sellers.
_OTHERS = re.compile(
    r"\b(?:must|shall|required to|have to|obliged to|agrees? to) (?:\w+ )?(?:offer|provide|give"
    r"|include"
    r"|honou?r|respect|enable|obtain)\b"
    r"|\b(?:sellers?|merchants?|drivers?|vendors?|couriers?) (?:can|may|could)\b"
    r"|\b(?:vendeurs?|marchands?|venditor[ei]|vendedor(?:es)?|comerciantes?|verkopers?|sprzedawc\w+"
    r"|händler|verkäufer|anbieter) (?:\w+ )?(?:peu(?:ve)?t|può|possono|puede|pueden|pode|podem"
    r"|mag|mogen|kan"
    r"|kunnen|może|mogą|darf|dürfen|kann|können)\b",
    re.I,
)
#: Declining the terms means leaving.
_TERMS = re.compile(
    r"\b(?:(?:do not|don[’']t) (?:want|wish|like) to (?:accept|agree|be bound)|(?:object|reject"
    r"|refuse|decline)\w* "
    r"(?:to )?(?:\w+ ){0,3}?(?:terms?|agreement|conditions?|changes))\b",
    re.I,
)
#: Things that are switched off or declined without objecting to a use of data.
_THINGS = re.compile(
    r"\b(?:turn off|switch off|disabl\w+|deactivat\w+|declin\w+|reject\w*|refus\w+) (?:the "
    r"|your |an? |any )?"
    r"(?:device|computer|phone|order|payment|offer|bid|invitation|trip|delivery|security"
    r"|accounts?)s?\b|\b(?:accounts?|comptes?|kont[oa]|konten|cuentas?|contas?|conto|orders?"
    r"|commandes?|pedidos?|ordini|bestell\w+)\b[^.]{0,40}\b(?:be|être|essere|ser"
    r"|deaktiviert|abgelehnt)\b",
    re.I,
)


def none_offered(text: str) -> bool:
    """Whether a sentence denies an opt-out, or is about somebody else's, or about things."""
    return any(pattern.search(text) for pattern in (_DENIED, _OTHERS, _TERMS, _THINGS))
