"""Cue words for what a date means in a text of terms: the effective date, a deadline, the past."""

from __future__ import annotations

import re
from enum import IntEnum

#: Cue words are searched for within this many characters before a date,
BEFORE_CHARACTERS = 80
#: or after it.
AFTER_CHARACTERS = 70
#: Two cue words with at most this many characters between are one phrase: "updated as of".
ONE_PHRASE = 2


class Role(IntEnum):
    """The role of a date for the change, the surest last."""

    OLD = 0
    PAST = 1
    SINCE = 2
    FOREIGN = 3
    AHEAD = 4
    DEADLINE = 5
    START = 6
    EFFECT = 7
    HEADER = 8


_EFFECT = (
    # English
    r"\beffect(?:ive)? date|\beffective|\bin effect"
    r"|\btak(?:e|es|ing) effect|\bto take effect|\btook effect"
    r"|\binto (?:effect|force)|\bin force|\bwith effect|\bvalid(?: from| as of)|\bapplies|\bapply"
    r"|\bapplicable|\bon or after|\bcommencement|\benforce[ds]?\b|\bin compliance"
    r"|\bbecomes? binding"
    # German
    r"|\bwirksam|\bgültig|\bin kraft|\binkraft|\bgelten\b|\bgilt\b|\bmit wirkung|\banwendbar"
    # French
    r"|\bvigueur|\b(?:prend|prendra|prendront|prennent|prenant) effet|\bd[’']effet|\bapplicables?\b"
    r"|\ben application|\bvau(?:t|dra|dront)\b|\bs[’']appliqu\w+|\bd[’']application"
    # Italian
    r"|\boperativ[aieo]|\bin vigore|\bentrata in vigore|\befficac\w+|\b(?:avr\w+|hanno|ha"
    r"|con) effetto"
    r"|\bdata di decorrenza|\bapplicabil[ei]"
    # Spanish, Portuguese
    r"|\ben vigor|\bvigencia|\bvigentes?\b|\bvigência|\bem vigor|\bsurt\w+ efectos?|\bcon efectos?"
    r"|\bproduz\w* efeitos?|\bcom efeitos?|\befe(?:c)?tiv[oa]s?\b|\bpass\w+ a valer"
    r"|\b[vV][aá]lid[oae]s?\b|\bserán? aplicables?|\baplicáve(?:l|is)|\bse aplica\w*"
    r"|\bvigora\w*"
    # Dutch, Polish
    r"|\bvan kracht|\bingang(?:sdatum)?|\bga(?:an|at) in\b|\bgeldig|\bin ?werking|\bingaande?\b"
    r"|\bvan toepassing"
    r"|\bobowiązu\w+|\bw życie|\bskuteczn\w+|\bmoc\w* od|\bze skutkiem|\bobowiązywani\w+"
    # others
    r"|\bgælder|\bgäller|\bgjelder|\bi kraft|\bvoimaan|\bplatn|\búčin|\bhatály|\bέναρξη|\bισχύ"
    r"|生效|施行|発効|시행|적용"
)
_START = (
    r"\bstart(?:s|ing|ed)?(?: on| from)?|\bbegin(?:s|ning)?(?: on| from)?|\bfrom|\bas (?:of|from)"
    r"|\bcommencing|\bonwards"
    r"|\bab(?:\sdem)?\b|\bvom\b|\bbeginnend\b|\bzum\b"
    r"|\bà (?:compter|partir)|\bdès\b|\ba (?:partire|decorrere|contar|partir)|\bdal(?:l[’'])?"
    r"|\bda\b(?=\s?$)"
    r"|\bdesde\b|\bentra\b|\bvanaf\b|\bper\b(?=\s?$)|\bod(?: dnia)?\b|\bpocząwszy|\bz dniem\b"
)
#: A day by which one has to act.
_DEADLINE = (
    r"\buntil|\btill\b|\bno later than|\bby\b(?=\s|$)|\bdeadline|\bends? (?:on|after)|\bending"
    r"|\b(?:closes?|expires?|retires?|shuts? down) on|\bbefore\b"
    r"|\bbis(?: einschließlich)?(?: zum)?\b|\bspätestens|\bendet\b"
    r"|\bjusqu[’']au|\bavant le|\bau plus tard|\bfino al(?:l[’'])?|\bentro\b|\bhasta\b|\bantes de"
    r"|\ba más tardar|\btot(?: en met)?\b|\buiterlijk|\bvóór\b|\bdo(?: dnia)?\b(?=\s?$)"
    r"|\bnajpóźniej|\baté\b|\bo mais tardar"
    r"|\bafter\b|\bnach dem\b|\baprès le\b|\bdopo il\b|\bdespués del?\b|\bapós\b"
)
#: A day up to which the old text applies.
_END = (
    r"(?:(?:em|en|in|im|van) )?(?:effective|valid|(?:effect|force)|appl(?:y|ies|icables?)|gültig"
    r"|gilt|gelten|kraft|vigueur"
    r"|applicable|vigore|valid[oaie]|vigor|vigentes?|kracht|geldig|obowiązu\w+|ważn\w+|runs?"
    r"|fr\.?o\.?m"
    r")(?: noch| nur)? (?:until|till|through|bis(?: zum)?|jusqu[’']\w+|fino al|hasta"
    r"|tot(?: en met)?"
    r"|do(?: dnia)?|até)|\b(?:expired|ended|superseded)\b"
)
#: The date of an earlier text.
_OLD = (
    r"\b(?:old|previous|prior|former|earlier|archived) (?:version|terms|policy|edition)"
    r"|\b(?:alte|bisherige|vorherige|frühere)\w? (?:fassung|version)|\bancienne version"
    r"|\bversion précédente|\bversione precedente|\bversión anterior|\bversão anterior"
    r"|\b(?:oude|vorige) versie|\bpoprzedni\w+ wersj\w+"
)
#: The date of a law.
_LAW = (
    r"\b(?:law|act|regulation|directive|decree) (?:of|no)\b"
    r"|\b(?:verordnung|gesetz|richtlinie)\b[^.]{0,30}\bvom\b|\b(?:loi|décret"
    r"|règlement)\b[^.]{0,25}\bdu\b"
    r"|\b(?:decreto|legge|regolamento)\b[^.]{0,25}\bdel\b|\b(?:ley|lei|decreto"
    r"|reglamento)\b[^.]{0,25}\bde\b"
    r"|\b(?:wet|besluit|verordening)\b[^.]{0,25}\bvan\b|\b(?:ustaw|rozporządzeni)\w+ z(?: dnia)?"
)
#: A day since which something is so: since the change, or long ago.
_SINCE = r"\b(?:since|seit(?:dem)?|depuis|sinds)\b"
#: A day on which somebody wrote the text, or of another past event.
_PAST = (
    r"\b(?:(?:last|most recently|recently|latest) )?(?:updat(?:ed?s?)|revis(?:ed|ion)|modified"
    r"|changed|amended|edited|reviewed)(?: date)?(?: as of| on| from)?|\bdated\b|\bversion (?:of"
    r"|from"
    r"|date)|\bpublished|\bposted|\bfounded|\bregistered|\bsigned|\bjoined|\bcreated"
    r"|\bstand(?:\svom)?\b|\b(?:zuletzt )?(?:geändert|aktualisiert|überarbeitet)(?: am)?"
    r"|\baktualisierung|\bänderung vom|\bveröffentlicht|\bfassung vom"
    r"|\bmise?s? à jour(?: (?:du|le|au))?|\bmodifiée?s?\b|\bversion du|\bpubliée?s?\b"
    r"|\baggiorna(?:t[oaie]|mento)(?: (?:al|il|dal))?|\bmodificat[oaie]|\bpubblicat[oaie]"
    r"|\bactualiza(?:ci[óo]n|d[oa]s?)|\bmodificad[oa]s?|\brevisad[oa]s?|\bpublicad[oa]s?"
    r"|\batualiza(?:ção|d[oa]s?)|\bbijgewerkt|\bgewijzigd op|\bgepubliceerd|\bversie\b"
    r"|\baktualizac\w+|\bzaktualizowan\w+|\bzmienion\w+|\bopublikowan\w+|\bwersja z"
    r"|更新|修订|修訂|改定|发布|發布|업데이트|개정"
)
#: The text replaces an earlier one: the date is this text's.
_REPLACES = re.compile(
    r"\b(?:replac|supersed|ersetz|remplac|sostitui|sustitu|vervang|zastęp|substitu)\w*", re.I
)
_NEW = re.compile(
    r"\b(?:new|current|neue\w?|aktuelle\w?|nouvel\w*|nuov\w+|nuev\w+|nieuwe|now[aey]|nov[ao]s?)\b",
    re.I,
)
_CUE = re.compile(
    f"(?P<end>{_END})|(?P<old>{_OLD}|{_LAW})|(?P<past>{_PAST})|(?P<since>{_SINCE})"
    f"|(?P<effect>{_EFFECT})"
    f"|(?P<deadline>{_DEADLINE})|(?P<start>{_START})",
    re.I,
)
_ROLES = {
    "end": Role.OLD,
    "old": Role.OLD,
    "past": Role.PAST,
    "since": Role.SINCE,
    "deadline": Role.DEADLINE,
    "start": Role.START,
    "effect": Role.EFFECT,
}
#: A line or heading that labels the date below it or in the next cell.
_LABEL = re.compile(_EFFECT, re.I)
#: People whom a date concerns: those who already use the service, as readers do.
_EXISTING = re.compile(
    r"\b(?:existing|current) (?:users?|customers?|members?|sellers?|accounts?)|\bbestandskund\w+"
    r"|\bbestehende\w* (?:nutzer|kund)\w*|\b(?:utilisateurs|clients) (?:existants|actuels)"
    r"|\b(?:utenti|clienti) (?:esistenti|attuali)|\b(?:usuarios|clientes) (?:existentes|actuales)"
    r"|\b(?:utilizadores|usuários|clientes) (?:existentes|atuais)|\bbestaande (?:gebruikers"
    r"|klanten)"
    r"|\b(?:obecn|dotychczasow|istniejąc)\w+ (?:użytkownik|klient)\w*",
    re.I,
)
_NEWCOMERS = re.compile(
    r"\bnew (?:users?|customers?|members?|sellers?|accounts?)|\bneukund\w+|\bneue\w? (?:nutzer"
    r"|kund)\w*"
    r"|\bnouveaux (?:utilisateurs|clients)|\bnuovi (?:utenti|clienti)|\bnuevos (?:usuarios"
    r"|clientes)"
    r"|\bnovos (?:utilizadores|usuários|clientes)|\bnieuwe (?:gebruikers|klanten)"
    r"|\bnow\w+ (?:użytkownik|klient)\w*",
    re.I,
)
#: Laws take effect on dates of their own.
_STATUTE = re.compile(
    r"\b(?:regulation|directive|act|law|legislation|statute|verordnung|gesetz|richtlinie|loi|direttiva"
    r"|legge|directiva|ley|verordening|richtlijn|wet|rozporządzenie|dyrektywa|ustawa|diretiva|lei"
    # The same word is used for a service's own rules.
    r"|(?:règlement|regolamento|reglamento|regulamento) (?:\(?ue|europ|sur|su[li]|de[li]? ))\b",
    re.I,
)
#: Words for the service's own texts.
_OURS = re.compile(
    r"\b(?:we|our|you|your|terms|policy|notice|agreement|version|update\w*|wir|unsere?|sie"
    r"|bedingungen"
    r"|nous|nos|vous|conditions|noi|condizioni|nosotros|condiciones|términos|wij|voorwaarden|my"
    r"|warunki|nós|termos)\b",
    re.I,
)
_WILL = re.compile(
    r"\b(?:will|shall|going to|wird|werden|zal|zullen|będzi\w+)\b|[’']ll\b"
    r"|\b(?:va|vont|allons|vamos|vai|vão|van) (?:a )?\w+[eaio]r\b",
    re.I,
)


_COMING = re.compile(
    r"\b(?:we(?:[’']re| are| will be)|will be|are being|is being) (?:updat|chang|revis|amend|"
    r"introduc|replac|mak)\w*"
    r"|\b(?:updated|new|revised|amended|these|this|following|version \d+ of the|"
    r"our) (?:\w+ ){0,6}?(?:will|shall) (?:take|come|go|enter|become|be|apply)\b"
    r"|\b(?:takes?|comes?|goes?|enters?) (?:in)?to? ?(?:effect|force)\b"
    r"|\b(?:will|shall) (?:\w+ ){0,3}(?:effect|force|effective|apply)\b"
    r"|\beffective (?:as of|on|from|date|starting)\b"
    r"|\bfrom [^.]{0,40}(?:version|terms|policy)[^.]{0,40} will\b"
    r"|\b(?:will|shall) (?:no longer|include|change|start|begin|stop)\b"
    r"|\baktualisier\w+|\b(?:ge|ver)?änder\w+|\b(?:treten|tritt|gelten|gilt|wirksam)\b"
    r"|\b(?:entr(?:e|era|ent|eront|ée) en vigueur|mettons à jour|modifi\w+|prendr(?:a|ont) effet|"
    r"à compter du)\b"
    r"|\b(?:entrar(?:á|án|ão)? en vigor|actualizamos|entra(?:rá|rão|rà|nno)? em? vigor|"
    r"entr\w+ in vigore|aggiorn\w+|atualiz\w+)\b|\b(?:van kracht|gaan in|gaat in|wijzig\w+)\b|"
    r"\bwejd\w+ w życie|\bzmieni\w*"
    r"|\b(?:changent|changer(?:a|ont)|remplacée?s?|cambi(?:er|ar)\w+|sostitui\w+|sustitui\w+"
    r"|verander\w+|vervang\w+|mud(?:am|ar)\w*|alter(?:am|ar)\w*|substituíd\w+|replac(?:es|ed))\b",
    re.I,
)


def before(text: str) -> tuple[Role | None, int]:
    """The role of a date by the cue words before it, and their distance from it.

    The last cue word counts, but "in force as of" is one phrase, and "old version, effective" is
    old. The role is None if there is no cue word.
    """
    role = None
    far = len(text)
    for cue in _CUE.finditer(text):
        found = _ROLES[str(cue.lastgroup)]
        runs_on = far - (len(text) - cue.start()) <= ONE_PHRASE
        far = len(text) - cue.end()
        if role is Role.PAST and found is Role.START and runs_on:
            continue
        if role is Role.OLD and not _REPLACES.search(text) and not _NEW.search(text):
            continue
        if role is not Role.EFFECT or found not in (Role.START, Role.SINCE):
            role = found
    if role in (Role.START, Role.EFFECT) and _is_of_a_statute(text):
        role = Role.FOREIGN
    return role, far


def _is_of_a_statute(text: str) -> bool:
    return bool(_STATUTE.search(text)) and not _OURS.search(text)


def is_of_the_new(text: str) -> bool:
    """Whether the words turn from an old text to the new one."""
    return bool(_NEW.search(text))


def after(text: str) -> Role | None:
    """The role of a date by the words after it, or None."""
    if _LABEL.search(text[:AFTER_CHARACTERS]):
        return Role.EFFECT
    return None


def is_label(text: str) -> bool:
    """Whether a heading or cell labels the date below or beside it as the effective date."""
    cues = [match.lastgroup for match in _CUE.finditer(text)]
    return bool(cues) and cues[-1] == "effect"


def coming(text: str) -> bool:
    """Whether a sentence is about the future."""
    return bool(_WILL.search(text))


def for_whom(text: str) -> int:
    """1 if a date is for existing users, -1 if it is for new ones, else 0."""
    if _EXISTING.search(text):
        return 1
    if _NEWCOMERS.search(text):
        return -1
    return 0


def announces(text: str) -> bool:
    """Whether a sentence says that terms change or take effect."""
    return bool(_COMING.search(text))
