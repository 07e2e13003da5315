"""Opt-out patterns that are alike in all languages: buttons, conditions, settings."""

from __future__ import annotations

#: Buttons, conditions and voluntary parts.
ANYWHERE = (
    r"\b(?:reject|refus|declin|block|rifiut|rechaz|weiger|odrzu|rejeit|recus"
    r"|bloque)\w* (?:\w+ ){0,3}?cookies?\b"
    r"|\bcookies?\b[^.]{0,50}\b(?:ablehnen|weigeren|odrzucić|uitschakelen|blockieren|blokkeren)"
    r"|\b(?:reject|refus|rifiut|rechaz|weiger|odrzu|rejeit|recus)\w* (?:all|tout|tutto|todo"
    r"|wszystk\w+|tudo)\b"
    r"|\ball(?:es|e) (?:weigeren|ablehnen)|\btout refuser"
    r"|\b(?:repl\w+|send|text|répond\w*|envoy\w*|antwort\w*|rispond\w*|respond\w*|stuur|odpisz"
    r"|envi\w+)"
    r" (?:\w+ )?[“\"«'‘]?\s?stop\b"
    r"|\b(?:participation|teilnahme|partecipazione|participación|deelname|udział"
    r"|participação)\b[^.]{0,40}"
    r"\b(?:voluntary|optional|freiwillig|facultative|facoltativa|volontaria|voluntaria|vrijwillig"
    r"|dobrowoln\w+|voluntária|opcional)"
)
#: The reader does not want something,
UNWILLING = (
    r"(?:\bif you (?:do not|don[’']t|no longer|would rather not|prefer not) (?:want|wish|like|to)\b"
    r"|\bshould you (?:not wish|prefer (?:not|that [^.]{0,40}\bnot))"
    r"|\b(?:möchte\w*|wollen|willst|wünsche\w*)\b[^.]{0,60}\b(?:nicht|keine)\b"
    r"|\b(?:wenn|falls)\b[^.]{0,50}\b(?:nicht|keine)\b[^.]{0,60}\b(?:möchte|woll|willst|wünsch)\w*"
    r"|\bsi vous ne (?:souhaitez|voulez|désirez) (?:pas|plus)|\bse non (?:desider|vuo|vole"
    r"|volet)\w+"
    r"|\bsi (?:ya )?no (?:dese|quier)\w+|\b(?:wil|wilt) (?:je|u)\b[^.]{0,40}\b(?:niet|geen)\b"
    r"|\bals (?:je|u)\b[^.]{0,40}\b(?:niet|geen)\b[^.]{0,40}\bwilt?\b|\bjeśli nie (?:chce|życz)\w+"
    r"|\bse não (?:quiser|desej)\w*)"
)
#: and can do something other than leave.
ACT = (
    r"[^.]{0,160}\b(?:toggle|settings?|contact|click|e-?mail|notify|let us know|write to|turn"
    r"|switch|disable"
    r"|einstellung|klick|schreib|schalt|meld|link|paramètr|cliqu|écri(?:vez|re)|lien|impostazion"
    r"|scriv|clicc"
    r"|ajustes|configur|escr[ií]|haz clic|instelling|klik|schrijf|ustawie|napisz|klikn|wypis"
    r"|definiç|escrev"
    r"|cliqu)\w*"
)
#: The reader decides.
DECIDES = (
    r"\b(?:du entscheide(?:st|n)|sie entscheiden|entscheide(?:st|n)? (?:du|sie)|vous décidez"
    r"|tu décides"
    r"|decid[ie] tu|decides tú|tú decides|usted decide|je (?:bepaalt|beslist)|jij (?:bepaalt"
    r"|beslist)"
    r"|u (?:bepaalt|beslist)|decydujesz|você decide|decide você)\b,? (?:\w+ ){0,2}?(?:ob|si|se"
    r"|of|czy)\b"
)
#: It can be done, by whomever.
PASSIVE = (
    r"\b(?:peu(?:ven)?t|pourront) être (?:désactivé|refusé|bloqué)\w*"
    r"|\b(?:può|possono) essere (?:disattivat|disabilitat|rifiutat|bloccat)\w+"
    r"|\b(?:kan|kunnen)\b[^.]{0,40}\bworden (?:uitgeschakeld|uitgezet|geweigerd)"
    r"|\bpode(?:m)? ser (?:desativad|desabilitad|recusad|rejeitad|bloquead)\w+"
    r"|\bpueden? ser (?:desactivad|deshabilitad|rechazad|bloquead)\w+"
    r"|\b(?:kann|können)\b[^.]{0,60}\b(?:deaktiviert|abgeschaltet|ausgeschaltet|abgelehnt) werden"
)
#: It depends on a setting of the reader's.
DEPENDS = (
    r"\b(?:depend\w* (?:up)?on|subject to|based on|according to) (?:\w+ ){0,3}?settings\b"
    r"|\bje nach (?:\w+ ){0,3}?einstellung\w*|\b(?:selon|en fonction de) (?:\w+ ){0,3}?paramètres"
    r"|\bin base alle (?:\w+ ){0,2}?impostazioni|\bsegún (?:\w+ ){0,2}?(?:ajustes|configuración)"
    r"|\bafhankelijk van (?:\w+ ){0,3}?instellingen|\bzależ\w+ od (?:\w+ ){0,3}?ustawień"
    r"|\b(?:dependendo|consoante|de acordo com) (?:\w+ ){0,3}?(?:definições|configurações)"
    r"|(?:您|你)[^。]{0,40}(?:关闭|拒绝|撤回|退出|取消授权)"
)
