"""Patterns of statements: who acts, what the reader must or may do, which words weigh."""

from __future__ import annotations

import re

from bot.verdicts import Verb

MODAL = (
    r"(?P<modal>may|might|can|could|will(?! not)|shall(?! not)|do not|don[’']t|will not|won[’']t"
    r"|never|no longer)?"
)
ADVERB = r"(?:\s*,?\s*(?:also|now|then|always|generally|currently|sometimes|therefore))?"
#: A main clause in which the service is "we"; any clause before it could be a condition.
WE = re.compile(
    r"^(?:(?:also|and|however|additionally|in addition|moreover|finally|for example),?\s+)?"
    rf"we{ADVERB}\s*{MODAL}{ADVERB}\s*\b(?P<verb>[a-z]+)\b\s+(?P<object>\S.*)$",
    re.I,
)
YOU = re.compile(
    r"^you\s+(?P<modal>(?:must|may|can|shall) (?:never|no longer)"
    r"|must not|may not|cannot|can[’']t|shall not|must|shall|may|can|agree"
    r"|are not (?:allowed|permitted) to|are (?:required|obliged) to|will have to|have to"
    r"|no longer have to|do not have to|need not)(?:\s+(?:also|now))?\s+(?P<object>\S.*)$",
    re.I,
)
#: After "you may" or "we", these say less than the verb, or the opposite: "you may only", "we
#: collect no", "you may be charged".
LIMITED = re.compile(
    r"^(?:only|solely|merely|just|not|never|no longer|neither|nor|hardly|rarely|no|none|nothing"
    r"|nobody|few|little)\b",
    re.I,
)
PASSIVE = re.compile(r"^(?:be|get|have been|become)\b", re.I)
TRAINING = re.compile(
    r"^(?P<object>.{3,200}?)\s+(?:in order\s+)?(?:to|for)\s+(?:help\s+)?"
    r"(?:train|training|fine-tune|fine-tuning)\b.{0,80}?\b(?:AI|artificial intelligence|models?)\b",
    re.I,
)
#: The acts of a service, by the verbs after "we may" and "we".
ACTS = {
    "sell": "sell rent",
    "share": "share disclose transfer",
    "collect": "collect receive gather record obtain log",
    "use": "use process analyze analyse combine",
    "keep": "keep retain store",
    "charge": "charge",
    "close": "terminate suspend close deactivate ban",
    "remove": "remove delete",
    "monitor": "monitor review scan track",
    "change": "change modify amend update revise",
}
ACT_OF = {verb: act for act, verbs in ACTS.items() for verb in verbs.split()}
#: How a modal verb changes the claim.
FORMS = {
    "": "",
    "will": "",
    "shall": "",
    "may": "may_",
    "might": "may_",
    "can": "may_",
    "could": "may_",
    "do not": "never_",
    "don't": "never_",
    "will not": "never_",
    "won't": "never_",
    "never": "never_",
    "no longer": "never_",
}
YOURS = {
    "must": Verb.YOU_MUST,
    "shall": Verb.YOU_MUST,
    "will have to": Verb.YOU_MUST,
    "have to": Verb.YOU_MUST,
    "are required to": Verb.YOU_MUST,
    "are obliged to": Verb.YOU_MUST,
    "may": Verb.YOU_MAY,
    "can": Verb.YOU_MAY,
    "agree": Verb.YOU_AGREE,
}
FORBIDDEN = re.compile(
    r"\b(?:must not|(?:you|users|members|customers) (?:may not|shall not|cannot|can[’']t)(?! be\b)"
    r"|prohibit\w*|forbid\w*|do not allow|don[’']t allow|not (?:allowed|permitted))\b",
    re.I,
)
#: Promises; a disclaimer ("we do not guarantee") is none.
PROMISED = re.compile(
    r"\b(?:we|us)\s+(?:will never|never|do not|don[’']t|will not|won[’']t|shall not)\s+(?:\w+\s+)?"
    r"(?:sell|rent|share|disclose|use|collect|train|track|store|retain|keep|transfer|read|scan)\b",
    re.I,
)
#: A list entry that states a purpose: an infinitive without a main clause.
PURPOSE = re.compile(
    r"^to (?!the\b|a\b|an\b|you\b|your\b|our\b|this\b)[a-z]{3,}\b"
    r"(?!.*[,:;]\s+(?:we|you|it|they|users?|members?|customers?|the|this|that|your|our|please)\b)",
    re.I | re.S,
)
#: Numbering of list entries: "(k)", "d.", "3.1".
NUMBERING = re.compile(
    r"^(?:(?:\(?(?:[a-z]|[ivx]{1,4}|\d{1,2}(?:\.\d{1,2})*)[.)]\)?|\d{1,2}(?:\.\d{1,2})+)\s+)+", re.I
)
#: Introductory phrases that can be left out without claiming more.
LEADING = re.compile(
    r"^(?:however|in addition|additionally|moreover|furthermore|for (?:the )?avoidance of doubt"
    r"|for clarity|please note that|as of [^,]{3,30}|in accordance with [^,]{3,80}"
    r"|without limiting [^,]{3,80}|notwithstanding [^,]{3,60}|to help [^,]{3,80}"
    r"|depending on [^,]{3,60}|in order to [^,]{3,80}|by using [^,]{3,60}"
    r"|(?:außerdem|zudem|darüber hinaus|en outre|de plus|toutefois|inoltre|además|bovendien|ponadto"
    r"|além disso))[,:]\s+",
    re.I,
)
#: Conditions, without which a sentence claims more than it does.
CONDITION = re.compile(
    r"^(?:if|when|where|while|unless|until|subject to|provided|only|except|wenn|falls|sofern|si"
    r"|lorsque|sauf|se|quando|cuando|als|indien|jeśli|gdy|caso)\b",
    re.I,
)
