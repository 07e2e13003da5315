"""Cue words that tell the people a memo is about from those it only mentions."""

from __future__ import annotations

import re

#: Nothing is new in a place, in eight languages.
_UNCHANGED = re.compile(
    r"\bnothing (?:changes|has changed|will change)\b|\b(?:is|are|remains?) (?:not affected|"
    r"unaffected|unchanged)\b|\b(?:has|have|had) not (?:been )?(?:changed|altered|moved)\b"
    r"|\bändert sich (?:\w+ ){0,4}nichts\b|\bnicht betroffen\b|\bbleib\w+ unverändert\b"
    r"|\bn[’']a rien (?:modifié|changé)|\brien ne change\b|\bn[’']ont pas changé|"
    r"\bne sont pas concerné\w*"
    r"|\bno (?:cambia|ha cambiado) nada\b|\bnada cambia\b|\bno (?:están afectad\w+|les afecta)\b"
    r"|\bnon cambia (?:nulla|niente)\b|\bnulla cambia\b|\bnon (?:sono|è) interessat\w+"
    r"|\bverandert (?:er )?(?:\w+ ){0,4}niets\b|\bniet getroffen\b|\bblijft (?:\w+ )?ongewijzigd\b"
    r"|\bnic się nie zmienia\b|\bnie dotyczy to\b|\bnão muda nada\b|\bnada muda\b|"
    r"\bnão são afetad\w+",
    re.I,
)
#: Something was so until now, so it is new.
_UNTIL_NOW = re.compile(
    r"\b(?:until|bis|jusqu\w+|hasta|finora|tot|dotąd|até|but|aber|mais)\b", re.I
)
#: A comparison with the law or the terms of a place.
_COMPARED = re.compile(
    r"^(?:anders als|im gegensatz zu\w*|contrairement (?:à|aux?)|à la différence d\w+|"
    r"a diferencia de|al contrario que|a differenza d\w+|diversamente d\w+|anders dan|"
    r"in tegenstelling tot|w przeciwieństwie do|inaczej niż|ao contrário d\w+|"
    r"unlike|in contrast (?:to|with))\b"
    r"|\b(?:as in the rest of|wie im rest|comme dans le reste|como (?:no|en el) resto|"
    r"come nel resto|zoals in de rest|jak w reszcie)\b",
    re.I,
)
#: Something comes to a place later, or applies there too, so it concerns its people already.
_LATER = re.compile(
    r"\b(?:later|soon|plans? to|will follow|follows?|next|eventually|später|demnächst|folgt|folgen|"
    r"bientôt|plus tard|suivr\w+|más (?:tarde|adelante)|pronto|seguirá\w*|più (?:tardi|avanti)|"
    r"presto|segu(?:e|ono|ir\w+)|comes? (?:in|to)|kommt|arrive|binnenkort|volgt|volgen|"
    r"później|wkrótce|mais tarde|em breve|"
    r"too|as well|the same (?:holds|applies|goes)|ebenfalls|auch|aussi|également|también|anche|ook|"
    r"także|również|também)\b",
    re.I,
)
#: Words before those whom a title excludes at its end.
_LEFT_OUT = re.compile(
    r"\b(?:outside|except(?: for)?|apart from|other than|but not|außerhalb|außer|hors(?: de)?|sauf|"
    r"excepto|salvo|fuera de|fuori da\w*|tranne|eccetto|buiten|behalve|poza|oprócz|exceto|"
    r"fora d[aoe]s?)\s+(?P<whom>(?:(?! (?:and|und|et|y|e|en|i) (?:in|en|w|em|for|für) )[^,:;])+)$",
    re.I,
)
#: "Whoever does something somewhere" means people there.
_WHOEVER = re.compile(
    r"\b(?:quienes|quien|quem|chi|wie|kto|ceux qui|celles qui|personnes inscrites|"
    r"personas registradas|persone iscritte|pessoas registadas)\s+"
    r"(?:(?:residen?|viven?|compran?|resid[ae]m?|vive[mn]?|compra|risiede|abita|woont|mieszka|"
    r"habitent|résident|vivent)\s+)?(?:en|em|n[ao]s?|in|nel\w*|w|we|au|aux)\s",
    re.I,
)


def is_unaffected(text: str) -> bool:
    """Whether a sentence of a memo names places only as unaffected, or for comparison."""
    return spares(text) or _COMPARED.search(text) is not None


def spares(text: str) -> bool:
    """Whether a sentence of a memo says that nothing is new for those it names."""
    return _UNCHANGED.search(text) is not None and _UNTIL_NOW.search(text) is None


def is_later(text: str) -> bool:
    """Whether a sentence of a memo is about something still to come, or that applies too."""
    return _LATER.search(text) is not None


def left_out_of(title: str) -> str:
    """The words for those whom a title excludes at its end, or ""."""
    found = _LEFT_OUT.search(title)
    return found["whom"] if found else ""


def with_people(text: str) -> str:
    """A sentence with "who lives in" a place replaced by "people in" it."""
    return _WHOEVER.sub("people in ", text)


#: A sentence that says for whom something new applies, in eight languages.
_RULE = re.compile(
    r"\b(?:terms|rules?|clauses?|sections?|chapters?|paragraphs?|texts?|polic(?:y|ies)|changes?|"
    r"conditions|notices?|it|they|this) (?:new )?(?:(?:now|will) )?(?:(?:is|are) )?"
    r"(?:appl(?:y|ies) to|addressed to|concerns?|affects?|for)\b"
    r"|\b(?:gilt|gelten) (?:\w+ )?für\b|\bbetroffen sind\b|\bs[’']appliqu\w+ aux?\b|"
    r"\bconcern(?:e|ent) les\b|\b(?:vale|valen|valem|valgono) (?:para|per)\b|"
    r"\bse aplican? a\b|\bsi applica(?:no)? a\w*|\bgeld(?:t|en) voor\b|\bdotycz[yą]\b|"
    r"\baplica(?:m)?-se a\w*|\btermos\b.{0,20}\bpara\b",
    re.I,
)
#: Words for what applies to all, so that a rule for some is only a part of the news.
_ALSO = re.compile(
    r"\b(?:also|separately|in addition|besides|auch|außerdem|aussi|également|también|además|anche|"
    r"inoltre|ook|daarnaast|także|również|também|everyone|everybody|all users|alle|tous|todos|"
    r"tutti|wszyscy|wszystkich)\b",
    re.I,
)


def is_rule(text: str) -> bool:
    """Whether a sentence of a memo says for whom its news applies, and for nobody else."""
    return _RULE.search(text) is not None and _ALSO.search(text) is None
