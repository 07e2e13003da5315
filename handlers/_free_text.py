"""What people say without a command: a name, a list of services, a question; in private chats only."""

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


class Intent(StrEnum):
    """What a sentence wants of a service."""

    ERASE = "erase"
    STOP_TELLING = "stop telling"
    OPT_OUT = "opt out"
    NEWS = "news"
    NONE = "none"


#: Stems in all our languages; a question is understood in any of them. The first that is found counts.
_PATTERNS = tuple((intent, re.compile("|".join(stems), re.I)) for intent, stems in (
    (Intent.STOP_TELLING, (
        r"unsubscrib|unfollow", r"abbestell|abmeld", r"désabonn", r"disiscri", r"desuscri|darse de baja", r"uitschrijv|afmeld",
        r"wypisz", r"cancelar a (?:inscri|subscri)",
    )),
    (Intent.ERASE, (
        r"\b(?:delet|eras|remov)\w*", r"lösch", r"supprim|effac", r"cancella|elimina", r"borr[ae]", r"verwijder", r"\busu[nń]|skasow",
        r"apaga",
    )),
    (Intent.OPT_OUT, (
        r"opt(?:ing)?[- ]?out|\bstop\w*|\bobject\b|(?:switch|turn)\w* off|disabl|prevent|refus|\btrain|my data|how (?:do|can|to)\b",
        r"abschalt|ausschalt|widers[pt]r|verhinder|deaktiv|meine daten|wie (?:kann|werde|stelle)",
        r"désactiv|empêch|oppos|mes données|comment\b", r"disattiv|oppor|imped|miei dati|come (?:posso|si|faccio)",
        r"desactiv|evit|opon|mis datos|cómo\b", r"uitzet|uitschakel|bezwaar|mijn gegevens|hoe (?:kan|zet)",
        r"wyłącz|sprzeciw|moje dane|jak\b", r"desativ|os meus dados|como (?:posso|faço)",
    )),
    (Intent.NEWS, (
        r"what(?:'s|’s| is| has)? (?:new|changed)|\bnews\b|\bchange[sd]?\b|recent", r"geändert|änderung|neues", r"chang[ée]|nouveau",
        r"cambia|novità|novedades", r"gewijzigd|wijziging|nieuws", r"zmieni|zmian|nowego", r"mudou|mudança|novidades",
    )),
))  # fmt: skip


def _any(*stems: str) -> re.Pattern[str]:
    return re.compile("|".join(stems), re.I)


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
    """Whether a sentence is about what a service does with people, and not about what we tell them."""
    return _TOPICS.search(said) is not None


def _intent(said: str) -> Intent:
    found = next((intent for intent, pattern in _PATTERNS if pattern.search(said)), Intent.NONE)
    ends = found is Intent.STOP_TELLING or (found is Intent.NONE and _ENDING.search(said))
    return Intent.OPT_OUT if ends and about_opting_out(said) else found


def run(request: Request, context: Context) -> Message:
    """The most helpful answer to a line that is no command; it changes nothing."""
    said = request.text.strip()[:500]
    if not said:
        return _lost()
    listed, where, unknown = _arguments.several(said, context)
    if listed and not unknown:
        return _offer(listed, where, context) if len(listed) > 1 else _about(listed[0])
    intent = _intent(said)
    named = context.names.in_sentence(said)
    if named:
        return _meant(intent, named, request, context)
    if intent is Intent.STOP_TELLING:
        return say(_("To hear no more of a service: /unsubscribe. To be forgotten: /forget"))
    found = _arguments.read(said, context)
    return (
        _arguments.not_found("howto", short(said, 80), found.nearest)
        if found.nearest and len(said.split()) < 4
        else _lost()
    )


def _meant(intent: Intent, named: list[Service], request: Request, context: Context) -> Message:
    first = named[0]
    line = replace(request, text=first.id)
    match intent:
        case Intent.OPT_OUT:
            guided = next((each for each in named if context.known.guide(each.id)), first)
            return howto.run(replace(request, text=guided.id), context)
        case Intent.NEWS:
            return recent.run(line, context)
        case Intent.ERASE:
            return letter.run(replace(request, text=f"erasure {first.id}"), context)
        case Intent.STOP_TELLING:
            return stop(named)
    return _about(first) if len(named) == 1 else _offer(named, frozenset(), context)


def stop(named: list[Service]) -> Message:
    """A button for each service that may be meant."""
    names = join([service.name for service in named], "or")
    if len(named) == 1:
        offers = [Action(_("Unsubscribe"), f"unsubscribe {named[0].id}")]
    else:
        offers = [Action(service.name, f"unsubscribe {service.id}") for service in named]
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
    """Everything of a pasted list with one tap; a button carries ten services and a few regions, so a long list has several."""
    many = [listed[start : start + 10] for start in range(0, len(listed), 10)]
    behind = " ".join(sorted(where)[:3])
    names = join([service.name for service in listed[:60]])
    buttons = [
        Action(_("Follow {names}", names=short(", ".join(each.name for each in part), 60)),
               f"subscribe {_arguments.BUNDLE}{context.names.bundled(service.id for service in part)} {behind}".strip())
        for part in many
    ]  # fmt: skip
    return say(_("Shall I watch these for you: {names}?", names=names), actions=buttons)


def _lost() -> Message:
    return say(
        _(
            "I did not understand that. Send me the name of a service, or several, and I tell you what you can do."
        ),
        actions=[
            Action(_("Choose services"), "setup"),
            Action(_("How to opt out"), "howto linkedin"),
            Action(_("Help"), "help"),
        ],
    )
