"""Patterns of opt-outs in eight languages."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.understand import opt_out_anywhere
from bot.understand.opt_out_denials import none_offered

_CHANGE = (
    r"\b(?:manag|chang|adjust|updat|control|review|set|customi[sz]|configur|edit|choos)"
    r"(?:e|l?ing|ting)?"
)
_ENGLISH = (
    r"\bopt(?:s|ed|ing)?[ -]?out\b|\bopt (?:your|their|its) (?:\w+ ){1,4}out\b|\bunsubscrib\w+"
    r"|\bcookies? preferences: |(?<!we )\bdo not (?:sell|share) (?:or (?:sell"
    r"|share) )?my\b|\bsay no\b"
    r"|\brights? to (?:\w+,? ){0,6}?(?:object|refuse)\b"
    r"|\b(?:you|users?|individuals?|they|people|residents?) (?:\w+ ){0,4}?object to\b"
    r"|\bobject(?:ing)? to (?:\w+ ){0,3}?(?:processing|use|uses|using|collection|sharing"
    r"|profiling)\b"
    r"|\b(?:withdraw|revok)\w* (?:\w+ ){0,4}?consents?\b|\bconsents? (?:\w+ ){0,4}?(?:withdrawn"
    r"|revoked)"
    rf"|{_CHANGE} (?:\w+ ){{0,3}}?(?:cookies?|ads?|advertising|privacy|marketing|tracking|consents?"
    r"|communications?|data|personali[sz]ation|sharing|e-?mail"
    r"|notifications?)[- ](?:\w+ )?(?:settings?"
    r"|preferences|choices|options|controls)\b"
    rf"|{_CHANGE} (?:your|their|these) (?:\w+ ){{0,2}}?(?:cookies|preferences|choices|consents?)\b"
    r"|\b(?:control|limit|restrict)(?:l?ing)? (?:\w+ ){0,2}?(?:advertising|ads|tracking|cookies"
    r"|profiling)\b"
    r"|\bcontrol over (?:\w+ ){0,4}?(?:cookies|data|information|ads)\b"
    r"|\b(?:configure|choose) (?:\w+ ){0,3}?(?:way|how) (?:\w+ ){1,8}?cookies\b"
    r"|\b(?:click\w*|via|through|under|in) (?:\w+ ){0,3}?[“\"‘']?(?:cookies?|privacy) (?:settings"
    r"|preferences|choices)\b"
    r"|\byou (?:can |may )?(?:control|choose|decide) (?:whether"
    r"|if) your (?:\w+ ){1,4}?(?:appears?|are|is|can be)\b"
    r"|\bmak(?:e|ing) choices about\b|\bcookies? (?:settings|preferences|choices)$"
    r"|\bchoose not to\b|\bchoose to (?:limit|restrict|stop)\b"
    r"|\b(?:control|choos|decid)(?:e|ing|ling)? (?:whether|if|what|which"
    r"|how) (?:or not )?(?:\w+ ){0,3}?(?:we|us|shar\w+|us(?:e|es|ed)"
    r"|collect\w*|show\w*|process\w*|receiv\w+|sell\w*|track\w*|personal\w*|sav\w+|sent|send)\b"
    r"|\b(?:you|users?|individuals?|customers?|residents?|consumers?|parents?|members?|people"
    r"|they|guests?|visitors?"
    r"|viewers?|readers?|listeners?|subscribers?|players?|patients?|students?|employees?|owners?"
    r"|anyone"
    r"|browsers?)(?:[’']re| are)? (?:\w+ )?(?:can|may|could|have the (?:option|choice"
    r"|ability) (?:to|of)"
    r"|(?:are )?(?:able|free|welcome) to|allow you to|wish to|want to)\b[^.;]{0,60}?"
    r"\b(?:disabl|deactivat|declin|refus|reject|turn(?:ing)? (?:\w+ ){0,5}off|switch(?:ing)? "
    r"(?:\w+ ){0,5}off|toggle (?:\w+ ){0,5}off|stop (?:receiv|us\b|the|shar)"
    r"|block (?:\w+ )?cookies)"
    r"|\b(?:can|may) (?:\w+ ){0,2}?be (?:disabled|turned off|switched off|deactivated|declined"
    r"|refused|rejected)\b"
    r"|\bby disabling\b|\b(?:reject|decline|opt) (?:\w+ ){0,4}?arbitration|\b(?:visit|go to|use"
    r"|open|click|under) [^.]{0,60}\bto (?:disable"
    r"|turn off|switch off|decline|refuse|reject)\b"
    r"|\bprevent (?:\w+ ){0,5}?from (?:being )?(?:us|shar|collect|track|process)\w+"
    r"|(?<!we may )(?<!we can )(?<!we will )\b(?:turn|switch"
    r"|toggl)\w* (?:\w+ ){1,5}off\b"
    r"|\byou (?:\w+ ){0,3}?(?:revok\w+|withdraw\w*) (?:\w+ ){0,3}?(?:permissions?"
    r"|authori[sz]ations?)"
    r"|\bwith[eho]+ld (?:\w+ )?consent|\bunti(?:ck|cking)\b|\buncheck(?:ing)?\b"
    r"|\b(?:can|may|could) (?:\w+ )?(?:ask|request|choose|have|tell"
    r"|instruct)\b[^.;]{0,50}\b(?:not to be|excluded?"
    r"|left out|leave \w+(?: \w+)? out|not be (?:used|shared|contacted))\b"
    r"|\b(?:can|may) be (?:limited|changed|stopped|managed|controlled) (?:in|under|through"
    r"|via) (?:\w+ ){0,3}?settings\b"
    r"|(?:^|: |, )(?:disable|deactivate|pause) (?:\w+ ){1,6}"
    r"|\b(?:instruct|ask|tell|request) (?:us|that we|\w+ at any time)\b[^.]{0,40}\b(?:stop|not"
    r"|cease|disable|restrict)\b"
    r"|\bto (?:stop|disable|turn off|switch off) (?:\w+ ){1,5}?(?:,|go to|visit|click|use)\b"
)
_GERMAN = (
    r"(?:^|, )(?:deaktivier|schalt)\w+ [^.]{0,60}\b(?:willst|wollen|möchte\w*|aus|ab"
    r"|einstellung\w*)\b"
    r"|\b(?:wer|wenn)\b[^.]{0,30}\bnicht (?:möchte|will)\w*\b[^.]{0,60}(?:aus|ab|deaktiv)"
    r"|\b(?:kannst|können)\b[^.]{0,80}\b(?:verknüpfung|freigabe|zustimmung)\b[^.]{0,40}\baufheben"
    r"|\b(?:verknüpfung|freigabe)\b[^.]{0,40}\b(?:kannst|können) (?:du|sie)\b[^.]{0,60}\baufheben"
    r"|\bwidersprechen\b|\bwidersprich\b|(?<!im )\bwiderspruch(?:s?recht\w*|s)?\b"
    r"|\b(?:einwilligung|zustimmung)\w*\b[^.]{0,80}\b(?:widerr\w+|zurück\w+)"
    r"|\b(?:widerr\w+|rücknahme)\b[^.]{0,40}\b(?:einwilligung|zustimmung)|\bab(?:zu)?(?:meld"
    r"|bestell)\w+"
    r"|\bmeld\w+ (?:sie|du|dich) [^.]{0,80}\bab\b"
    r"|\b(?:(?:können|kannst|könnt|kann|möchten|möchtest) (?:\w+ ){0,3}?(?:sie|du|ihr|man)"
    r"|(?:sie|du|ihr"
    r"|man|nutzer\w*) (?:\w+ ){0,3}?(?:können|kannst|könnt|kann|möchten|möchtest)|lässt sich"
    r"|lassen sich"
    r"|möglichkeit)\b[^.]{0,120}?"
    r"\b(?:deaktivier|aus(?:zu)?schalt|ab(?:zu)?schalt|ab(?:zu)?lehn|ab(?:zu)?wähl|unterbinden"
    r"|abstellen)"
    r"|\b(?:cookie|datenschutz|werbe|privatsphäre)[- ]?(?:einstellungen|präferenzen)\b[^.]{0,60}"
    r"\b(?:verwalten|ändern|anpassen)"
)
_FRENCH = (
    r"\b(?:s|vous|t|nous)[’' ]oppos\w+|\bdroits? d[’']opposition|\bopposition (?:aux?|à|contre)\b"
    r"|\b(?:retir|révoqu)\w+ (?:\w+ ){0,3}?consentement|\bretrait (?:\w+ ){0,3}?consentement"
    r"|\brevenir sur (?:\w+ )?consentement"
    r"|\b(?:vous|pour|se|nous|de|lien de) dés(?:abonner|inscrire|abonnement|inscription)"
    r"|\b(?:vous (?:pouvez|pourrez|avez)|tu peux|utilisateurs? (?:peu(?:ven)?t|a|ont)"
    r"|est possible de"
    r"|(?:avez|offr\w+|donn\w+) la possibilité de|navigateurs?)\b[^.]{0,70}?"
    r"\b(?:désactiv(?:er|é)|refuser|bloquer|rejeter|décocher|couper|ne pas (?:donner|fournir"
    r"|partager))"
    r"|\blibres? de ne pas\b|\bchoisir de ne pas\b|\bdécochez\b|(?:^|, )désactivez\b|(?:^"
    r"|, )refusez\b"
    r"|\b(?:gér|modifi|chang|paramétr|personnalis)\w+ (?:\w+ ){0,3}?(?:cookies|préférences|choix"
    r"|consentements?)"
)
_ITALIAN = (
    r"\boppor(?:si|ti|vi)\b|\bdiritto di opposizione|\b(?:scegliere|decidere) di non\b"
    r"|\bdeselezion\w+|\bopposizione al\b"
    r"|\b(?:revoc|ritir)\w+ (?:\S+ ){0,4}?consenso|\bconsenso\b[^.]{0,40}\brevocat\w+"
    r"|\bannullare l[’']iscrizione|\bdisiscri\w+|\bcancellar\w+ dalla"
    r"|\b(?:puoi|potete|può|possono|potrai|è possibile|possibilità di)\b[^.]{0,70}?"
    r"\b(?:disattivare|rifiutare|disabilitare|bloccare|negare)"
    r"|\b(?:gesti|modific|cambi|personalizz)\w+ (?:\w+ ){0,3}?(?:cookie|preferenze|consens\w+)"
)
_SPANISH = (
    r"\boponer(?:se|te|nos|le)?\b|\bderechos? (?:\w+ )?(?:de )?oposición|\b(?:elegir"
    r"|decidir) no\b|\boptar por no\b|\bdesmar\w+|\boposición al\b|\boponga\w*"
    r"|\b(?:retir|revoc)\w+ (?:\w+ ){0,4}?consentimiento|\bdar(?:se|te|me)? de baja"
    r"|\bconsentimiento\b[^.]{0,40}\b(?:revoc|retir)\w+"
    r"|\bcancelar (?:\w+ ){0,2}?suscripción|\bexclusión voluntaria"
    r"|\b(?:puedes?|pueden|podrás?|podrán|es posible|posibilidad de)\b[^.]{0,70}?"
    r"\b(?:desactivar|rechazar|deshabilitar|inhabilitar|bloquear|negar(?:se|te))"
    r"|\b(?:gestion|administr|configur|modific|cambi)\w+ (?:\w+ ){0,3}?(?:cookies|preferencias"
    r"|consentimientos?)"
)
_DUTCH = (
    r"\bbezwaar (?:\w+ ){0,6}?(?:maken|aantekenen|indienen|maakt)|\bmaak\w* (?:\w+ ){0,3}?bezwaar"
    r"|\bkiezen\b[^.]{0,40}\bniet te\b|\bvink\b[^.]{0,30}\buit\b|\brecht (?:\w+ ){0,3}?bezwaar"
    r"|\btoestemming\b[^.]{0,60}\bin(?:trek|getrok| te trek)\w+"
    r"|\bintrekk?\w+ (?:\w+ ){0,4}?toestemming|\baf(?:te )?meld\w+|\bmeld (?:je"
    r"|u) [^.]{0,40}\baf\b|\buit(?: te )?schrijv\w+"
    r"|\b(?:je|jij|u|gebruikers?|men)\b[^.]{0,20}\b(?:kunt|kan|kunnen|mogelijkheid)\b[^.]{0,80}?"
    r"\b(?:uit(?: te )?(?:schakel|zet)|weiger|af(?: te )?wijz|deactiveer|deactiver)"
    r"|\b(?:kun|kunt|kan) (?:je|u|men)\b[^.]{0,80}?\b(?:uitschakel|uitzet|weiger|afwijz|deactiver)"
    r"|\b(?:cookie|privacy)?-?(?:voorkeuren|instellingen)\b[^.]{0,30}\b(?:beheren|wijzigen"
    r"|aanpassen)"
    r"|\b(?:beheer|wijzig) (?:\w+ ){0,2}?(?:cookie|privacy)?-?(?:voorkeuren|instellingen)"
)
_POLISH = (
    r"\bsprzeciw\w*|\bodznacz\w*|\bmożesz nie (?:udostępniać|podawać|wyrażać)"
    r"|\bzdecydować[^.]{0,20}\bnie\b|\b(?:wycof|cofn|odwoł)\w+ (?:\w+ ){0,4}?zgod\w+"
    r"|\bzgod\w+ [^.]{0,40}\b(?:wycof|cofn|odwoł)\w+"
    r"|\b(?:zrezygn|rezygn|wypis)\w+"
    r"|\b(?:możesz|można|możecie|mogą|może|możliwość)\b[^.]{0,70}?"
    r"\b(?:wyłącz|odrzuc|odmów|odmówi|zablokow|dezaktyw)\w*"
    r"|\b(?:zarządza|zmieni|dostosowa)\w+ (?:\w+ ){0,3}?(?:cookie|preferencj\w+|zgod\w+)"
)
_PORTUGUESE = (
    r"\bopor(?:-se|-te)?\b|\bdireito de oposição|\boptar por não\b|\bescolher não\b|\bdesmar\w+"
    r"|\boposição ao\b|\bse opor\b"
    r"|\b(?:retir|revog)\w+ (?:\w+ ){0,4}?consentimento|\bcancelar (?:\w+ ){0,2}?(?:inscri"
    r"|subscri)\w+"
    r"|\bconsentimento\b[^.]{0,40}\b(?:revog|retir)\w+"
    r"|\bdescadastr\w+"
    r"|\b(?:pode|podes|podem|poderá|poderão|é possível|possibilidade de)\b[^.]{0,70}?"
    r"\b(?:desativar|recusar|rejeitar|desabilitar|bloquear)"
    r"|\b(?:ger|gerenci|modific|configur|alter|muda)\w+ (?:\w+ ){0,3}?(?:cookies|preferências"
    r"|consentimentos?)"
)
#: Each language's patterns, with the stems of which a matching lower-case text holds one: a cheap
#: pre-check.
_LANGUAGES = tuple(
    (tuple(stems.split("|")), re.compile(pattern))
    for stems, pattern in (
        (
            "opt out|opt-out|optout|opting|opts out|opted|object|consent|unsubscri| off"
            "|toggl|disab|deactiv|declin|refus|reject|choos|choice|decid|opt your|opt their|opt its"
            "|arbitrat|preference|setting|control"
            "|cookie"
            "|advertis|do not s|say no|stop|block|instruct|that we|ask|tell us|not be|left out"
            "|untick"
            "|uncheck|pause|exclu|leave|revok|authori",
            _ENGLISH,
        ),
        (
            "widerspr|widerr|einwillig|zustimmung|melde|bestell|deaktiv|schalt|lehn|wähl"
            "|einstellung"
            "|unterbind|abstell|aufheb|rücknahme",
            _GERMAN,
        ),
        (
            "oppos|désabonn|désinscri|désactiv|désinscription|préfér|consentement|refus|bloqu|rejet"
            "|décoch|couper|ne pas|cookie|choix",
            _FRENCH,
        ),
        (
            "oppor|opposizione|consenso|disattiv|disabilit|rifiut|iscri|cancellar|bloccar|negare"
            "|cookie|preferenze|consens|di non|deselez",
            _ITALIAN,
        ),
        (
            "opon|oposici|consentim|de baja|suscripc|exclusión|desactiv|rechaz|habilit|bloque|negar"
            "|cookie|preferencias|legir no|decidir no|por no|desmar",
            _SPANISH,
        ),
        (
            "bezwaar|toestemming|meld|schrijv|schakel|zet|weiger|wijz|deactiv|voorkeur|instelling"
            "|niet te|vink",
            _DUTCH,
        ),
        (
            "sprzeciw|zgod|wyłącz|odrzuc|odmów|rezygn|wypis|zablok|dezaktyw|preferencj|odznac"
            "|możesz nie|zdecydować",
            _POLISH,
        ),
        (
            "opor|oposição|consentim|cancelar|descadastr|desativ|recus|rejeit|desabilit|bloque"
            "|cookie"
            "|preferên|por não|escolher não|desmar",
            _PORTUGUESE,
        ),
        (
            "setting|einstellung|paramètre|impostazioni|ajustes|configura|instelling|ustawie"
            "|definiç"
            "|关闭|拒绝|撤回|退出|取消",
            opt_out_anywhere.DEPENDS,
        ),
        (
            "du entscheide|sie entscheide|entscheide|décide|decid|bepaalt|beslist|decyduj",
            opt_out_anywhere.DECIDES,
        ),
        (
            "désactivé|refusé|bloqué|disattivat|disabilitat|rifiutat|bloccat|uitge|geweigerd"
            "|desativad"
            "|desabilitad|recusad|rejeitad|bloquead|desactivad|rechazad|deaktiviert|schaltet"
            "|abgelehnt",
            opt_out_anywhere.PASSIVE,
        ),
        (
            "cookie|all|tout|tutto|todo|wszystk|tudo|stop|volunt|optional|freiwillig|facultat"
            "|facolt"
            "|volontari|vrijwillig|dobrowoln|opcional",
            opt_out_anywhere.ANYWHERE,
        ),
        (
            "if you do|if you no|if you would|if you prefer|should you|möchte|woll|willst|wünsch"
            "|si vous ne"
            "|se non |si no |si ya no |wil|jeśli nie|se não",
            opt_out_anywhere.UNWILLING + opt_out_anywhere.ACT,
        ),
    )
)
#: The number of cached answers: the same sentences are asked about repeatedly.
KEPT = 4_000


@lru_cache(maxsize=KEPT)
def offered(text: str) -> bool:
    """Whether a text offers its readers an opt-out."""
    small = text.lower()
    for stems, pattern in _LANGUAGES:
        if any(stem in small for stem in stems) and pattern.search(small):
            return not none_offered(text)
    return False
