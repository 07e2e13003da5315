"""What people say without a command: a name, a list, a question; in private chats only."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum

from bot.locales import _
from bot.message import Action, Message
from bot.model import Service
from bot.platform import Request
from bot.render.blocks import say, short
from bot.render.labels import join
from handlers import _arguments, howto, letter, recent
from handlers._base import Context

#: Characters of a sentence that are read.
_LONGEST = 500
#: Words. A longer line that names no service is no misspelt name.
_NAME = 3
#: Services that a button carries.
_BUNDLED = 10


class Intent(StrEnum):
    """What a sentence wants of a service."""

    ERASE = "erase"
    STOP_TELLING = "stop telling"
    OPT_OUT = "opt out"
    NEWS = "news"
    NONE = "none"


def _any(*stems: str) -> re.Pattern[str]:
    return re.compile("|".join(stems), re.I)


#: Stems in all our languages, English first; a question is understood in any of them. The first
#: intent that is found counts.
_PATTERNS = {
    Intent.STOP_TELLING: _any(
        r"unsubscrib|unfollow",
        r"abbestell|abmeld",
        r"désabonn",
        r"disiscri",
        r"desuscri|darse de baja",
        r"uitschrijv|afmeld",
        r"wypisz",
        r"cancelar a (?:inscri|subscri)",
    ),
    Intent.ERASE: _any(
        r"\b(?:delet|eras|remov)\w*",
        r"lösch",
        r"supprim|effac",
        r"cancella|elimina",
        r"borr[ae]",
        r"verwijder",
        r"\busu[nń]|skasow",
        r"apaga",
    ),
    Intent.OPT_OUT: _any(
        r"opt(?:ing)?[- ]?out|\bstop\w*|\bobject\b|(?:switch|turn)\w* off|disabl|prevent|refus",
        r"\btrain|my data|how (?:do|can|to)\b",
        r"abschalt|ausschalt|widers[pt]r|verhinder|deaktiv|meine daten|wie (?:kann|werde|stelle)",
        r"désactiv|empêch|oppos|mes données|comment\b",
        r"disattiv|oppor|imped|miei dati|come (?:posso|si|faccio)",
        r"desactiv|evit|opon|mis datos|cómo\b",
        r"uitzet|uitschakel|bezwaar|mijn gegevens|hoe (?:kan|zet)",
        r"wyłącz|sprzeciw|moje dane|jak\b",
        r"desativ|os meus dados|como (?:posso|faço)",
    ),
    Intent.NEWS: _any(
        r"what(?:'s|’s| is| has)? (?:new|changed)|\bnews\b|\bchange[sd]?\b|recent",
        r"geändert|änderung|neues",
        r"chang[ée]|nouveau",
        r"cambia|novità|novedades",
        r"gewijzigd|wijziging|nieuws",
        r"zmieni|zmian|nowego",
        r"mudou|mudança|novidades",
    ),
}
#: What people want to end that is none of our messages: training, advertising, tracking, AI.
_TOPICS = _any(
    r"\btrain|\bads?\b|advert|track|profil|personali[sz]|using my|my data|\b(?:ai|ki|ia)\b",
    r"werbung|werben|verfolg|meine daten",
    r"entra[iî]n|\bpub\b|publicit|pistage|traç|mes données",
    r"addestra|pubblicit|annunci|tracci|miei dati",
    r"entren|publicidad|anuncio|rastre|mis datos",
    r"\btrein|reclame|adverten|volgen\b|mijn gegevens",
    r"\btreno|szkol|reklam|śledz|moje dane|moich danych",
    r"publicidade|anúncio|meus dados",
)
#: Words that end something, or say that it is not wanted.
_ENDING = _any(
    r"\bstop|\bend(?:ing)?\b|\bleav|\bcancel|\bquit|\bno\b|\bwithout\b|\bblock",
    r"\bbeend|\bkein|\bschluss|\bohne\b|aufhör|\bkünd",
    r"\barrêt|\bcess|\bpas d|\bplus d|\bsans\b|\bannul|\bbloqu|\bfini",
    r"\bferma|\bbasta|\bsmett|\btermin|\bsenza\b|\bblocc|\binterromp",
    r"\bdejar?\b|\bpar[ae]r?\b|\bsin\b|\bdet[eé]n|\bquita",
    r"\bgeen\b|\bzonder\b|\beinde|\bbeëindig|\bblokk|\bannuleer",
    r"\bzatrzym|\bprzesta|\bkoniec\b|\bbez\b|\bżadn|\bzakończ|\banuluj|\bzablok",
    r"\bdeixar?\b|\bchega\b|\bsem\b|\bacab",
)


def about_opting_out(said: str) -> bool:
    """Whether a sentence is about what a service does with people, not about what we tell them."""
    return _TOPICS.search(said) is not None


def run(request: Request, context: Context) -> Message:
    """The most helpful answer to a line that is no command; it changes nothing."""
    said = request.text.strip()[:_LONGEST]
    if not said:
        return _lost()
    listed = _arguments.several(said, context)
    if listed.services and not listed.unknown:
        return _named(listed.services, listed.regions, context)
    intent = _intent(said)
    if named := context.names.in_sentence(said):
        return _meant(intent, named, request, context)
    if intent is Intent.STOP_TELLING:
        return say(_("To hear no more of a service: /unsubscribe. To be forgotten: /forget"))
    found = _arguments.read(said, context)
    if found.nearest and len(said.split()) <= _NAME:
        return _arguments.not_found("howto", short(said, 80), found.nearest)
    return _lost()


def _intent(said: str) -> Intent:
    found = _found(said)
    ends = found is Intent.STOP_TELLING
    if found is Intent.NONE:
        ends = _ENDING.search(said) is not None
    if ends and about_opting_out(said):
        return Intent.OPT_OUT
    return found


def _found(said: str) -> Intent:
    for intent, pattern in _PATTERNS.items():
        if pattern.search(said):
            return intent
    return Intent.NONE


def _meant(intent: Intent, named: list[Service], request: Request, context: Context) -> Message:
    """The answer to a sentence that names services: of several mostly about the first."""
    first = named[0]
    match intent:
        case Intent.OPT_OUT:
            guided = next((each for each in named if context.known.guide(each.id)), first)
            return howto.run(replace(request, text=guided.id), context)
        case Intent.NEWS:
            return recent.run(replace(request, text=first.id), context)
        case Intent.ERASE:
            return letter.run(replace(request, text=f"erasure {first.id}"), context)
        case Intent.STOP_TELLING:
            return stop(named)
        case Intent.NONE:
            return _named(named, frozenset(), context)


def _named(services: list[Service], where: frozenset[str], context: Context) -> Message:
    """The answer to who only names services."""
    if len(services) == 1:
        return _about(services[0])
    return _offer(services, where, context)


def stop(named: list[Service]) -> Message:
    """A button for each service that may be meant."""
    names = join([service.name for service in named], "or")
    offers = [Action(service.name, f"unsubscribe {service.id}") for service in named]
    if len(named) == 1:
        offers = [Action(_("Unsubscribe"), f"unsubscribe {named[0].id}")]
    return say(_("To hear no more of {name}:", name=names), actions=offers)


def _about(service: Service) -> Message:
    return say(
        _("{name}: what would you like?", name=service.name),
        actions=[
            Action(_("Follow {name}", name=short(service.name, 40)), f"subscribe {service.id}"),
            Action(_("How to opt out"), f"howto {service.id}"),
            Action(_("Recent changes"), f"recent {service.id}"),
            Action(_("Write a letter"), f"letter {service.id}"),
        ],
    )


def _offer(listed: list[Service], where: frozenset[str], context: Context) -> Message:
    """Everything of a pasted list with one tap.

    A button carries ten services and a few regions, so a long list has several.
    """
    behind = " ".join(sorted(where)[:3])
    buttons: list[Action] = []
    for start in range(0, len(listed), _BUNDLED):
        part = listed[start : start + _BUNDLED]
        names = short(", ".join(service.name for service in part), 60)
        bundle = context.names.bundled(service.id for service in part)
        command = f"subscribe {_arguments.BUNDLE}{bundle} {behind}".strip()
        buttons.append(Action(_("Follow {names}", names=names), command))
    all_names = join([service.name for service in listed[: _arguments.MANY]])
    return say(_("Shall I watch these for you: {names}?", names=all_names), actions=buttons)


def _lost() -> Message:
    return say(
        _(
            "I did not understand that. "
            "Send me the name of a service, or several, and I tell you what you can do."
        ),
        actions=[
            Action(_("Choose services"), "setup"),
            Action(_("How to opt out"), "howto linkedin"),
            Action(_("Help"), "help"),
        ],
    )
