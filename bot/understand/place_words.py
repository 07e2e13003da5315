"""Words around places that say whether a rule is for the people there."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


#: Words for people in English,
PEOPLE = _words(
    "user users resident residents member members customer customers consumer consumers citizen",
    "citizens visitor visitors subscriber subscribers people persons person individual individuals",
    "national nationals teen teens teenager teenagers child children kids minors adults adult",
    "creator creators seller sellers merchant merchants trader traders advertiser advertisers",
    "developer developers business businesses traveller travellers traveler travelers account",
    "accounts viewer viewers participant participants player players accountholders holders",
    "subjects anyone everyone everybody anybody those inhabitants shoppers buyers drivers riders",
    "couriers hosts guests publishers streamers influencers parents guardians students pupils",
    "schools employees workers freelancers professionals patients households profiles listeners",
    "landlords tenants farmers artists musicians authors photographers podcasters bloggers gamers",
    "fans tourists commuters families mothers fathers youths pensioners seniors voters taxpayers",
    "shops restaurants hotels clubs teachers",
    "rollout roll launch readers audiences recruiters applicants candidates partners'",
    "newcomers owners borrowers",
)
#: and in the seven other languages.
PEOPLE_ELSEWHERE = _words(
    "nutzer nutzern nutzers nutzerinnen benutzer benutzern kunden kundinnen kunde mitglieder",
    "mitgliedern verbraucher verbrauchern einwohner einwohnern bürger bürgern personen menschen",
    "konten händler entwickler werbetreibende anwender abonnenten ersteller verkäufer",
    "utilisateur utilisateurs utilisatrices client clients membre membres consommateur",
    "consommateurs résident résidents habitants citoyens personnes abonnés créateurs vendeurs",
    "comptes développeurs annonceurs internautes enfants mineurs",
    "usuario usuarios cliente clientes miembros consumidor consumidores residente residentes",
    "ciudadanos personas suscriptores creadores vendedores cuentas desarrolladores anunciantes",
    "utente utenti clienti membri consumatore consumatori residenti cittadini persone abbonati",
    "creatori venditori account sviluppatori inserzionisti",
    "utilizador utilizadores usuário usuários assinantes cidadãos pessoas contas criadores membros",
    "gebruiker gebruikers klant klanten leden consument consumenten inwoners burgers personen",
    "mensen abonnees makers verkopers accounts ontwikkelaars adverteerders",
    "użytkownik użytkownicy użytkowników użytkownikom użytkownikami klient klienci klientów",
    "klientom konsument konsumenci konsumentów konsumentom mieszkańcy mieszkańców osoby osób",
    "osobom członkowie twórcy twórców sprzedawcy sprzedawców konta kont",
)
ANYBODY = PEOPLE | PEOPLE_ELSEWHERE
#: Words for people that take "of": "residents of Texas".
OF_THESE = _words(
    "resident residents citizen citizens national nationals people inhabitants person persons",
    "usuarios utilizadores usuários utenti utilisateurs einwohner habitants mieszkańcy mieszkańców",
    "residentes residenti résidents inwoners ciudadanos cittadini cidadãos citoyens clientes",
)
#: Words for people of a place, whatever word precedes them: "Xland residents".
OF_A_PLACE = _words("resident residents citizen citizens national nationals inhabitants")
#: Words that may be between people and the place where they are.
BEING = _words(
    "who that which are is am 're was be being living residing located based resident domiciled",
    "established live lives reside resides currently legally habitually ordinarily physically",
    "permanently only also or and under over above below aged age older younger least years year",
    "old of the a an our this these at for to use uses using used access accesses accessing",
    "accessed service services platform platforms app apps website websites site product products",
    "visit visiting visits sign signs signed signing up register registers registered holding with",
    "address addresses delivery billing phone number numbers profile home shipping address card",
    "accounts account created opened usually normally not already both either all joined",
    "die der das welche welcher leben lebt wohnen wohnt wohnhaft ansässig mit wohnsitz sich",
    "befinden unter ab über jahren qui que résidant résident résidents vivant vivent situés",
    "établis habitant basés se trouvent domiciliés que viven residen residentes ubicados que con",
    "domicilio che vivono risiedono residenti situati domiciliati vivem residem residentes",
    "localizados wonen woonachtig gevestigd wonend którzy mieszkający mieszkają zamieszkali",
    "przebywający znajdujący się",
)
#: Prepositions of the place where people are.
IN = _words(
    "in within across throughout inside from de du des d di van von della degli en au aux",
    "dans à zu im aus in innerhalb nel nella",
    "nei negli nelle a dall em no na nos nas w we z ze uit binnen del dal della dei do da das dos",
    "all nell dell dall",
)
#: Words between the places of a list.
AND = _words(
    "and or nor & / + , plus und oder sowie et ou y o u e ed en i oraz lub bzw as well both",
)
#: Words before the places of a list, and before any place.
THE = _words(
    "' ’ the der die das den dem le la les l el los las il lo i gli o os as de het d a an",
    "both either",
    "all any other mainland greater entire whole certain some several various select selected many",
)
#: Verbs for people who are somewhere.
LIVE = _words(
    "live lives living reside resides residing resident located based domiciled established",
    "citizen national habitually leben lebst wohnen wohnst wohnhaft ansässig befinden résidez",
    "vivez habitez résides habites vives reside resides vive residente resida viva risiedi vivi",
    "risiede vive risiedono mora moras vives reside resides vivo woont woon wohne bent mieszkasz",
    "mieszkają przebywasz lebe lebt lebt",
)
YOU = _words(
    "you who those they you're vous tu sie du wenn usted tú ud voi lei você u je jij ty",
    "państwo si se als jeśli",
)
#: Words for what applies somewhere.
APPLIES = _words(
    "apply applies applied applying applicable available offered valid limited restricted",
    "effective",
    "launched launches launching launch rolled rolling rolls rollout introduced introduces",
    "enforced",
    "holds exclusive specific intended directed provided accessible gilt gelten verfügbar",
    "s'applique s'appliquent disponible disponibles aplica aplican disponibile disponibili applica",
    "applicano disponível disponíveis aplica-se geldt gelden beschikbaar obowiązuje dostępne",
    "dostępna dostępny start starting starts tests testing tested piloted pilots shown displayed",
    "distributed published targeted targeting unavailable",
)
#: Words between those and the place: "applies only to consumers in", "rolled out in".
APPLIES_TO = _words("only exclusively solely just out first to in for within across nur throughout")
NOT = _words(
    "not n't never no cannot can't won't isn't aren't doesn't don't didn't nor unavailable nicht",
    "pas non não niet nie kein keine",
)
#: Outside: everybody who is anywhere else.
OUTSIDE = _words(
    "outside außerhalb ausserhalb hors fuori fuera buiten poza fora elsewhere beyond",
)
#: Except: the rest of those who are named.
EXCEPT = _words(
    "except excluding excepting save but barring außer ausser ausgenommen sauf",
    "excepté salvo excepto tranne eccetto exceto behalve uitgezonderd oprócz wyjątkiem ohne",
)
#: Verbs before people who are given something: "we share data with advertisers in the US".
GIVING = _words(
    "share shares shared sharing disclose disclosed disclosing transfer transfers transferred sell",
    "sells sold selling send sends sent pass passes passed provide provides provided process",
    "processed",
)
#: Words that may be between an adjective of a place and the people.
KINDS_OF_PEOPLE = _words(
    "adult minor teen teenage young business personal private individual professional new existing",
    "free premium paid paying registered active eligible verified commercial enterprise student",
    "retail mobile based resident located residing member members' account service data under",
    "older online social early small large local first certain many most more all some women men",
    "wide based",
)
#: Words after a place that make it part of a law, an authority or a thing.
OF_A_THING = _words(
    "law laws act gdpr directive directives regulation regulations commission parliament court",
    "courts judge judges government governments authority authorities regulator regulators",
    "watchdog dollars dollar franc francs pound pounds rupee framework shield department federal",
    "constitution code extension ltd limited inc llc gmbh sarl bv plc ag company companies",
    "corporation subsidiary subsidiaries affiliate affiliates entity entities server servers",
    "district legislation legislature rules version versions edition language translation",
    "translations text website election elections presidential parliamentary president senate",
    "congress legal economy army military sanctions sanction export customs tax taxes bank banks",
    "clauses sccs addendum representative headquarters office offices operations operation data",
    "convention agreement treaty police ministry minister spelling english style food cuisine",
    "jurisdiction gaap standards standard statute statutes antitrust competition privacy security",
    "export currency time postal phone telephone supervisory firm firms startup outlet newspaper",
    "journalist journalists researchers politicians politician lawmakers state-owned parent rival",
    "list adequacy digital online ai dsa dma ttpa dpf officials invasion war ban state-run troops",
    "post times daily street stock embargo embargoed state's regime union headquartered",
    "arbitration anti representatives citizens'",
)
#: Words before people who are only an example, or some of those who are meant.
FOR_EXAMPLE = _words(
    "including include includes e.g. g example instance especially particularly notably like such",
    "etwa beispielsweise insbesondere notamment comme incluso incluido zoals waaronder",
)
#: Names for laws: where they apply is no scope.
OF_LAWS = _words("law laws legislation regulation regulations act convention conventions statutes")
#: Things before "in X", which are no people for whom a rule is.
THINGS = _words(
    "court courts judge office offices headquarters headquartered server servers stored hosted",
    "processed regulator regulators authority authorities company companies subsidiary partners",
    "providers provider elections election seat incorporated organized organised entity entities",
    "lawsuit laws law facilities center centers centre centres located",
)
#: Words for countries after an adjective or a name.
LANDS = _words(
    "countries country states state republic federation region regions area areas zone market",
    "markets territory territories jurisdiction jurisdictions economies alone only",
)
