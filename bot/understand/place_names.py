"""What places are called in prose: countries, their parts and peoples, and groups of countries."""

from __future__ import annotations

from functools import cache

from babel import Locale

from bot.regions import EEA, EU, EUROPE, LANGUAGES, all_countries

Codes = frozenset[str]

# Names that CLDR does not have: short, long, old, and those of groups.
_NAMES = """
EU: EU; E.U.; EU27; EU-27; European Union; Eurozone; eurozone; Euro area; euro area
EU: Europäische Union; Europäischen Union; Union européenne; Unione europea; Unión Europea
EU: Europese Unie; Unia Europejska; Unii Europejskiej; União Europeia
EEA: EEA; European Economic Area; EWR; Europäischen Wirtschaftsraum; EEE; EER; EOG
EEA: Europäischer Wirtschaftsraum; Espace économique européen; Spazio economico europeo
EEA: Espacio Económico Europeo; Europese Economische Ruimte; Europejski Obszar Gospodarczy
EEA: Europejskim Obszarze Gospodarczym; Espaço Económico Europeu; Espaço Econômico Europeu
EUROPE: Europe; European Region; European region; European Regional; Schengen; Schengen Area
EUROPE: Schengen area; Europa; Unión Europea y Reino Unido
GB: UK; U.K.; United Kingdom; Great Britain; Britain; Vereinigten Königreich; Großbritannien
GB: Grande-Bretagne; Gran Bretagna; Gran Bretaña; Grã-Bretanha; Groot-Brittannië
GB IE: British Isles
JE GG: Channel Islands
CH: CH; Switzerland; Swiss; Swiss Confederation; svizzera
US: US; U.S.; USA; U.S.A.; United States; United States of America; États-Unis d’Amérique
AT: Österreich
BA: Bosnia; Bosnia-Herzegovina
CD CG: Congo; Republic of the Congo
CI: Ivory Coast
CV: Cape Verde; Cabo Verde
CZ: Czech Republic
CZ SK: Czechoslovakia
DE: West Germany; East Germany
ES: Kingdom of Spain
GE US: Georgia
IE: Éire; Eire; Republic of Ireland
IR: Persia
KR: Korea; Republic of Korea
LK: Ceylon
LU: Luxemburg
MK: Macedonia
MM: Burma
MO: Macau
NL: Holland
PS: Palestine
RO: Roumania; Rumania
SK: Slovak Republic
SZ: Swaziland
TH: Siam
TL: East Timor
TR: Turkey
VA: Holy See
RS ME: Yugoslavia
BE NL LU: Benelux
DE AT CH: DACH
SE DK NO FI IS: Nordics; Nordic countries; Nordic region
SE DK NO: Scandinavia
EE LV LT: Baltics; Baltic states; Baltic States; Baltic countries
ES PT AD GI: Iberia
NO CH IS LI: EFTA
US CA MX: North America; NAFTA
US CA MX GT BZ SV HN NI CR PA CU DO HT JM PR BS BB TT CO VE EC PE BO CL AR UY PY BR GY SR: Americas
MX GT BZ SV HN NI CR PA CU DO HT PR CO VE EC PE BO CL AR UY PY BR: Latin America; LATAM
CO VE EC PE BO CL AR UY PY BR GY SR GF FK: South America
GT BZ SV HN NI CR PA: Central America
JM BS BB TT CU DO HT PR AG DM GD KN LC VC KY BM: Caribbean
CN JP KR IN ID MY SG TH VN PH TW HK MO AU NZ BD PK LK NP KH LA MM MN BN PG FJ: APAC; Asia-Pacific
CN JP KR IN ID MY SG TH VN PH TW HK MO AU NZ BD PK LK NP KH LA MM MN BN PG FJ: Asia Pacific
CN JP KR IN ID MY SG TH VN PH TW HK MO BD PK LK NP KH LA MM MN BN KZ UZ KG TJ TM: Asia
ID MY SG TH VN PH KH LA MM BN TL: Southeast Asia; South-East Asia; South East Asia
AE SA QA KW BH OM YE IQ IR IL PS JO LB SY EG TR: Middle East; MENA
"""

# A part stands for its country where it is named, and excludes nobody: "outside Texas" is not
# outside the United States.
_PARTS = """
EUROPE: Western Europe; Eastern Europe; Northern Europe; Southern Europe; Central Europe
EUROPE: western Europe; eastern Europe; northern Europe; southern Europe; central Europe
EUROPE: South-Eastern Europe; EMEA
GB: England; Scotland; Wales; Northern Ireland; Cymru
US: Alabama; Alaska; Arizona; Arkansas; California; Colorado; Connecticut; Delaware; Florida
US: Hawaii; Idaho; Illinois; Indiana; Iowa; Kansas; Kentucky; Louisiana; Maine; Maryland
US: Massachusetts; Michigan; Minnesota; Mississippi; Missouri; Montana; Nebraska; Nevada
US: New Hampshire; New Jersey; New Mexico; New York; North Carolina; North Dakota; Ohio
US: Oklahoma; Oregon; Pennsylvania; Rhode Island; South Carolina; South Dakota; Tennessee
US: Texas; Utah; Vermont; Virginia; Washington; West Virginia; Wisconsin; Wyoming
US: District of Columbia; Washington, D.C.; Washington, DC; Washington D.C.; New England
US: New York City; San Francisco; Los Angeles; Chicago; Boston; Seattle; Miami; Houston
US: Santa Clara County; San Francisco County; Silicon Valley; Philadelphia; Dallas; Atlanta
CA: Alberta; British Columbia; Manitoba; New Brunswick; Newfoundland; Labrador; Nova Scotia
CA: Ontario; Prince Edward Island; Quebec; Québec; Saskatchewan; Northwest Territories
CA: Nunavut; Yukon; Toronto; Montreal; Montréal; Vancouver; Ottawa
AU: New South Wales; Queensland; Victoria; Tasmania; South Australia; Western Australia
AU: Northern Territory; Sydney; Melbourne; Brisbane
BR: São Paulo; Rio de Janeiro
CN: Beijing; Shanghai; mainland China; Mainland China
IN: Maharashtra; Karnataka; Tamil Nadu; Mumbai; Delhi; New Delhi; Bangalore; Bengaluru
JP: Tokyo; Osaka
KR: Seoul
MX: Mexico City
AE: Dubai; Abu Dhabi
ID: Jakarta
TH: Bangkok
PH: Manila
TW: Taipei
TR: Istanbul; Ankara
AR: Buenos Aires
EG: Cairo
NG: Lagos
ZA: Johannesburg; Cape Town
"""

# Said of people: "Dutch users". "US" and the like are names and do for both.
_ADJECTIVES = """
EUROPE: European
AL: Albanian; AD: Andorran; AR: Argentine Argentinian; AT: Austrian; AU: Australian
BA: Bosnian; BE: Belgian; BG: Bulgarian; BR: Brazilian; BY: Belarusian
CA: Canadian; CH: Swiss; CL: Chilean; CN: Chinese; CO: Colombian; CY: Cypriot; CZ: Czech
DE: German; DK: Danish; DZ: Algerian; EE: Estonian; EG: Egyptian; ES: Spanish; FI: Finnish
FR: French; GB: British English Scottish Welsh Northern_Irish; GR: Greek Hellenic
GE US: Georgian; HR: Croatian Croat; HU: Hungarian; ID: Indonesian; IE: Irish; IL: Israeli
IN: Indian; IR: Iranian; IS: Icelandic; IT: Italian; JP: Japanese; KE: Kenyan
KR: Korean South_Korean; LI: Liechtenstein; LT: Lithuanian; LU: Luxembourgish; LV: Latvian
MA: Moroccan; MC: Monegasque; MD: Moldovan; ME: Montenegrin; MK: Macedonian; MT: Maltese
MX: Mexican; MY: Malaysian; NG: Nigerian; NL: Dutch; NO: Norwegian; NZ: New_Zealand
PH: Filipino Philippine; PK: Pakistani; PL: Polish; PT: Portuguese; RO: Romanian; RS: Serbian
RU: Russian; SA: Saudi; SE: Swedish; SG: Singaporean; SI: Slovenian Slovene; SK: Slovak
TH: Thai; TR: Turkish; TW: Taiwanese; UA: Ukrainian; US: American; VN: Vietnamese
ZA: South_African; SE DK NO FI IS: Nordic; SE DK NO: Scandinavian; EE LV LT: Baltic
US: Californian Texan Floridian Virginian Coloradan; CA: Quebecois; ES PT: Iberian
MX BR AR CL CO PE EC BO PY UY VE GT HN NI CR PA SV CU DO PR: Latin_American
US CA MX: North_American; CO VE EC PE BO CL AR UY PY BR GY SR: South_American
"""
# A word of another language, or a person, that an English text says of something else.
_OTHERWISE = frozenset(
    "Indie Dominique Maurice Grenade Granada Dania Man Nova Eland Indes Inde Bonaire".split()
)
# Who lives in a territory may well have said that they live in its country.
_OWNERS = {
    **dict.fromkeys(("AX",), "FI"),
    **dict.fromkeys(("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"), "FR"),
    **dict.fromkeys(("AW", "BQ", "CW", "SX"), "NL"),
    **dict.fromkeys(("FO", "GL"), "DK"),
    **dict.fromkeys(("EA", "IC"), "ES"),
    **dict.fromkeys(("GG", "GI", "IM", "JE"), "GB"),
    "SJ": "NO",
}
_NEVER_EXCLUDED: Codes = frozenset()


def _codes(written: str) -> Codes:
    groups = {"EU": EU, "EEA": EEA, "EUROPE": EUROPE}
    if written in groups:
        return groups[written]
    return frozenset(written.split())


def _table(written: str) -> dict[str, Codes]:
    found: dict[str, Codes] = {}
    for line in written.strip().splitlines():
        codes, _, names = line.partition(": ")
        found |= dict.fromkeys(names.split("; "), _codes(codes))
    return found


@cache
def names() -> dict[str, Codes]:
    """Every name of a place and the countries that it means, the table's before CLDR's."""
    found = _table(_NAMES) | _table(_PARTS)
    for language in LANGUAGES:
        territories = Locale(language).territories
        for code in sorted(all_countries()):
            for name in _variants(territories.get(code, "")):
                found.setdefault(name, frozenset({code}))
    for name, codes in found.items():
        found[name] = codes | {_OWNERS[code] for code in codes if code in _OWNERS}
    found["Africa"] = frozenset(_africa())
    return found


def _variants(name: str) -> list[str]:
    """A name of CLDR's as people write it: "Myanmar (Burma)", "Bosnia & Herzegovina"."""
    short, _, other = name.removesuffix(" SAR China").partition(" (")
    written = [short, other.rstrip(")"), short.replace(" & ", " and ")]
    written += [form.replace("St. ", "Saint ") for form in written]
    written += [form.replace("’", "'") for form in written]
    return [form for form in written if len(form) > 3 and form not in _OTHERWISE]


def _africa() -> list[str]:
    return (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG "
        "ML MR MU MW MZ NA NE NG RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG ZA ZM ZW"
    ).split()


@cache
def excluded() -> dict[str, Codes]:
    """Whom names exclude that mean fewer countries behind "outside" than elsewhere.

    "Users in Europe" may be anybody in Europe; "outside Europe" is surely outside the EEA only.
    """
    europe = [name for name, codes in _table(_NAMES).items() if codes == EUROPE]
    regional = {"European Regional": EUROPE, "European": EEA, "Europeans": EEA}
    parts = dict.fromkeys(_table(_PARTS), _NEVER_EXCLUDED)
    territories = _without_owners()
    georgia = {"Georgia": _NEVER_EXCLUDED}
    return territories | dict.fromkeys(europe, EEA) | regional | parts | georgia


def _without_owners() -> dict[str, Codes]:
    """Names of territories, of which nobody else in the country that owns them is left out."""
    owners = frozenset(_OWNERS.values())
    found = {}
    for name, codes in names().items():
        if codes & _OWNERS.keys():
            found[name] = codes - owners
    return found


@cache
def adjectives() -> dict[str, Codes]:
    """What people of a place are called; "Americans" is in `peoples`."""
    found: dict[str, Codes] = {"African": frozenset(_africa())}
    for line in _ADJECTIVES.strip().splitlines():
        for entry in line.split("; "):
            codes, _, words = entry.partition(": ")
            for word in words.split():
                found[word.replace("_", " ")] = _codes(codes)
    return found


@cache
def peoples() -> dict[str, Codes]:
    """Names of peoples: "Germans", "Europeans"."""
    endings = ("an", "ek", "ak")
    found = {}
    for word, codes in adjectives().items():
        if word.endswith(endings):
            found[f"{word}s"] = codes
    return found
