"""The area of a sentence: people of no named place, known or not, are left out."""

from __future__ import annotations

import pytest

from bot import gazetteer, regions
from bot.gazetteer import Kind
from bot.understand import places
from bot.understand.text import Sentence

IRELAND = frozenset({"IE"})


def area(
    *texts: str, section: str = "", edition: frozenset[str] = IRELAND
) -> frozenset[str] | None:
    changed = [Sentence(text, number, section) for number, text in enumerate(texts)]
    return places.area_of(changed, {}, edition)


def heard(*texts: str, section: str = "") -> frozenset[str]:
    found = area(*texts, section=section)
    return regions.all_countries() if found is None else found


# A sentence, the countries that must hear of it, and those that must not.
SENTENCES = [
    ("From May we train our models on posts of users in the Slovak Republic.", "SK", "US FR"),
    ("This new rule holds for residents of the Republic of Cyprus only.", "CY", "US FR"),
    ("If you live in the Federal Republic of Germany, the new fee applies.", "DE", "US FR"),
    ("Customers in the Kingdom of the Netherlands will pay more.", "NL", "US FR"),
    ("This section is for users in Türkiye and in Bosnia.", "TR BA", ""),
    ("Users in Turkey and Macedonia will see more ads from now on.", "TR MK", "US"),
    ("We now sell data of customers in the Kingdom of Denmark.", "DK", "US FR"),
    ("Residents of the Hellenic Republic can no longer object.", "GR", ""),
    ("If you reside in the Republic of Austria, you must be 14.", "AT", "US FR"),
    ("The fee applies to members living in the French Republic.", "FR", "US"),
    ("For customers in Burma, Siam and Swaziland the service ends.", "MM", ""),
    ("Users based in the Russian Federation lose access in March.", "RU", "FR"),
    ("Customers in the Ivory Coast pay a new fee of 2 euros.", "CI", "FR"),
    ("Users in Cape Verde and East Timor will get a new privacy notice.", "CV TL", "FR"),
    ("For users in Portugal and Luxemburg we keep the data for longer.", "PT LU", "US"),
    ("If you are based in Roumania or Czechoslovakia, we share data.", "RO", ""),
    ("Users in the Republic of Ireland and Malta must verify their age.", "IE MT", "US"),
    ("If you live in Éire or France, this holds.", "IE FR", ""),
    ("Applies to consumers in The Netherlands, Belgium and Luxembourg.", "NL BE LU", "US"),
    ("We process biometric data of users in the Benelux countries.", "BE NL LU", ""),
    (
        "We collect location data of users in the Nordic countries and Germany.",
        "SE DK NO FI IS DE",
        "",
    ),
    ("Users in the Baltic states and Poland get a new supplier.", "EE LV LT PL", ""),
    ("For users located in Scandinavia, we changed the retention time.", "SE DK NO", ""),
    ("People in the Balkans and Hungary will have to pay.", "HR HU", ""),
    ("Users in Vatican City, Monaco and San Marino must agree again.", "VA MC SM", "US"),
    ("German, Austrian and Swiss users can opt out until May.", "DE AT CH", "US"),
    ("Dutch users get personalised ads from June.", "NL", ""),
    ("Irish and Danish residents must be 16.", "IE DK", "US"),
    ("US and Norwegian customers pay more from June.", "NO", ""),
    ("American and Greek consumers can no longer sue.", "GR", ""),
    ("Polish and Czech law applies to these customers in Poland.", "PL", "US"),
    ("Canadian and British members will see a new banner.", "GB CA", "FR"),
    ("Australian users cannot object to this.", "AU", "FR DE"),
    ("Only Japanese users are concerned by this new clause.", "JP", "FR DE"),
    ("The clause applies to Brazilian and Portuguese residents.", "PT BR", "DE"),
    ("South Korean users must verify their age.", "KR", "DE"),
    ("Scottish and Welsh customers pay with a new card.", "GB", "US"),
    ("English residents can object in writing.", "GB", ""),
    ("Northern Irish consumers keep their rights.", "GB", ""),
    ("US users and EU-based users have separate terms.", "DE", ""),
    ("Non-EU users pay more from June.", "US", ""),
    ("Indian users will be asked for an identity card.", "IN", "FR DE"),
    ("Croatian, Bulgarian and Zorbanian customers get a new contract.", "HR BG", ""),
    ("Spanish users and Catalan residents have a new supplier.", "ES", ""),
    ("If you live in an EU member state or the UK, you can object.", "DE GB", "US"),
    ("Users in EU Member States and the United States must agree.", "DE", ""),
    ("Consumers in a Member State of the European Union keep their rights.", "DE", "US"),
    (
        "If you are in the European Economic Area or Switzerland, we are the controller.",
        "DE CH NO",
        "US",
    ),
    ("Users in Europe and in the United States are asked for consent.", "DE GB CH", ""),
    ("European users will see personalised ads.", "DE GB CH NO", "US"),
    ("US, UK and European residents can opt out.", "DE GB CH", ""),
    ("Europeans have to opt out before 1 May.", "DE GB CH", ""),
    ("For residents of the EU/EEA, the UK and Switzerland, we train our AI.", "DE NO GB CH", "US"),
    ("Users in the EU27 and in Canada get a new notice.", "DE", ""),
    ("In the EFTA states and Canada, we store more data.", "NO CH IS", ""),
    ("Schengen area residents and US residents must show papers.", "DE CH", ""),
    ("If you live in the eurozone or in the US, fees rise.", "DE FR", ""),
    (
        "This applies in the European Union, the Channel Islands and the Isle of Man.",
        "DE JE GG IM",
        "",
    ),
    ("Users in the DACH region and the US can opt out.", "DE AT CH", ""),
    ("EMEA and US customers will be charged monthly.", "DE GB CH", ""),
    ("Users in Western Europe and the USA must pay.", "FR DE GB CH", ""),
    ("Customers in Central and Eastern Europe will lose the feature.", "PL CZ", ""),
    ("People in England, Scotland and Wales pay a new levy.", "GB", "US FR"),
    ("Users in Ireland and Northern Ireland lose the discount.", "IE GB", "US"),
    ("Customers in Northern Ireland must accept by June.", "GB", "IE US"),
    ("We sell the data of users in Great Britain and France.", "GB FR", "US"),
    ("If you live in Britain, we now use your photos.", "GB", "US"),
    ("Residents of Guernsey, Jersey and the UK can object.", "GG JE GB", "US"),
    ("Users in Gibraltar and Spain must be 16.", "GI ES", "US"),
    ("For users in the British Isles and the US, we raised prices.", "GB IE", ""),
    ("If you reside in London or Paris, deliveries cost more.", "GB FR", ""),
    ("Users in Germany, Austria and Xland can no longer object.", "DE AT", ""),
    ("We share data of residents of France, Syldavia and Borduria.", "FR", ""),
    ("Applies to customers in Belgium, Ruritania, and Spain.", "BE ES", ""),
    ("US and Freedonian users will be tracked.", "US DE", ""),
    ("Users in the United States and Transdniestria are concerned.", "US DE", ""),
    ("If you live in Grand Fenwick, we share your data.", "DE US", ""),
    ("For residents of Catalonia and Texas, we changed the limits.", "ES", ""),
    ("Users in California and Bavaria can opt out.", "DE US", ""),
    ("The new clause applies to users in Canada and Andalusia.", "ES CA", ""),
    ("The US, Canada and Lombardy get the feature first.", "US CA", ""),
    ("Within Wallonia and the US, the law demands it.", "BE", ""),
    ("US residents and Flemish residents must agree.", "US BE", ""),
    ("People living in Amsterdam or in New York can try it.", "NL", ""),
    ("Users in the US and in Zürich will get ads.", "CH", ""),
    ("Users in the U.S. and Åland are billed in euros.", "FI AX", ""),
    ("If you live outside the EEA, your data is sold.", "US", "DE NO"),
    ("Except in Atlantis, all users must pay.", "DE US", ""),
    ("Users outside Europe will see more ads.", "US", "DE"),
    ("Users outside of the European Union, the UK and Switzerland pay.", "US", "DE GB CH"),
    ("For users other than in the EEA or Wakanda, arbitration applies.", "US", ""),
    ("Not available in the UK.", "US DE", ""),
    ("Outside the US and Canada, our Irish company is the controller.", "DE", ""),
    ("Excluding Germany, all users in the EU can try it.", "FR", ""),
    ("Users in the US except California are bound to arbitrate.", "US", "DE"),
    ("Users outside the Czech Republic can no longer pay by card.", "US DE", ""),
    ("For users outside Holland and Belgium, the price is 5 euros.", "US DE", ""),
    ("Unless you live in Europe, we may sell your data.", "US", "DE"),
    ("If you live in a country outside the European region, this applies.", "US", "DE"),
    ("California residents can opt out of the sale of their data.", "US", "DE GB CH"),
    ("If you live in California, Colorado or Virginia, you may appeal.", "US", "DE GB CH"),
    ("Users in New York and Quebec have extra rights.", "US CA", "DE GB"),
    ("Residents of Washington, Georgia and Maine can sue.", "US", "DE GB"),
    ("Illinois residents must agree to the scan of their face.", "US", "DE GB"),
    ("Residents of Ontario, British Columbia and Alberta must pay.", "CA", "DE GB"),
    ("Users in Seoul and Tokyo can test the new service.", "KR JP", "DE GB"),
    ("Texan and Californian residents must verify their age.", "US", "DE GB"),
    ("Users in Washington, D.C. and Puerto Rico will be taxed.", "US PR", "DE GB"),
    ("Customers in New South Wales pay a deposit.", "AU", "GB DE"),
    ("If you reside in Hong Kong, Taiwan or Macau, we store it there.", "HK TW MO", "DE GB"),
    ("For residents of New Mexico only, the limit is lower.", "US", "MX DE GB"),
    ("Users in the United Arab Emirates and Saudi Arabia can pay by phone.", "AE SA", "DE GB"),
    ("If you live in Mexico City or in São Paulo, rides cost more.", "MX BR", "DE GB"),
    ("In the United States of America, disputes go to arbitration.", "US", "DE GB"),
    ("Latin American users will get a new contract.", "BR MX", "DE GB"),
    ("Users in Asia-Pacific get ads.", "JP AU", "DE GB"),
    ("Users in Africa and the Middle East have a new seller.", "ZA AE", "DE GB"),
    ("We only sell data of users in North America.", "US CA", "DE GB"),
    ("If you are a resident of the State of Nevada, write to us.", "US", "DE GB"),
    ("Users in Mainland China and Singapore must register.", "CN SG", "DE GB"),
    ("If you are a user in the United States, read the Privacy Policy in Settings.", "US", "DE GB"),
    ("From May, users in the United States can turn this off in Account Settings.", "US", "DE GB"),
    ("US users of Instagram and Facebook will see ads.", "US", "DE GB"),
    ("In January, users in the US must agree.", "US", "DE GB"),
    ("Google users in the United States can opt out in My Activity.", "US", "DE GB"),
    ("Within Messenger, US users may talk to AI.", "US", "DE GB"),
    ("Under the CCPA, residents of California may ask for deletion.", "US", "DE GB"),
    ("For Business users in the US, the Agreement ends.", "US", "DE GB"),
    ("Premium users in Canada will be charged.", "CA", "DE GB"),
    ("Users in India can pay with Google Pay.", "IN", "DE GB"),
    (
        "We may share data of US users with Meta Platforms, Inc., based in Menlo Park.",
        "US",
        "DE GB",
    ),
    ("Children in the US need consent under COPPA.", "US", "DE GB"),
    ("Si vous résidez aux États-Unis ou en Allemagne, la loi change.", "DE US", ""),
    ("Wenn Sie in den USA oder in Ruritanien leben, gilt dies.", "DE", ""),
    ("Utilizadores em Portugal e na Espanha podem opor-se.", "PT ES", ""),
    ("Użytkownicy w Polsce i w Niemczech mogą się sprzeciwić.", "PL DE", ""),
    ("Wenn Sie in der EU leben, können Sie widersprechen.", "DE FR", ""),
    ("We now sell your data to everyone who wants it.", "DE US", ""),
    ("Our office is in Springfield and we like it.", "DE US", ""),
]


@pytest.mark.parametrize(("text", "hear", "spared"), SENTENCES)
def test_who_is_named_hears_of_it(text: str, hear: str, spared: str) -> None:
    reached = heard(text)
    assert set(hear.split()) <= reached
    assert not set(spared.split()) & reached


def test_every_name_that_is_known_is_understood_among_others() -> None:
    for name, entry in gazetteer.names().items():
        missing = regions.area_of(entry.codes) - heard(
            f"Users in France, Canada and {name} have to pay from June."
        )
        assert not missing, name


def test_every_people_that_is_known_is_understood_beside_others() -> None:
    for word, entry in gazetteer.adjectives().items():
        text = f"From June, US and {word} users have to pay."
        missing = regions.area_of(entry.codes) - heard(text)
        assert not missing or word[0].islower(), word
    for word, entry in gazetteer.peoples().items():
        missing = regions.area_of(entry.codes) - heard(f"From June, {word} in the US have to pay.")
        assert not missing, word


def test_the_outside_of_a_part_shuts_nobody_out() -> None:
    parts = [name for name, entry in gazetteer.names().items() if entry.kind is Kind.PART]
    assert parts
    for name in parts:
        text = f"All users outside {name} have to pay."
        assert area(text) is None, name


UNKNOWN = ["Xland", "Grand Fenwick", "the Republic of Zubrowka", "Öland", "Duchy of Strackenz"]


@pytest.mark.parametrize("place", UNKNOWN)
def test_an_unknown_place_leaves_the_area_open(place: str) -> None:
    assert area(f"Users in the United States and {place} have to pay.") is None
    assert area(f"Residents of Canada, {place} and Japan have to pay.") is None
    assert area(f"If you live in {place}, you have to pay.", section="United States") is None
    assert area("US users have to pay.", f"People living in {place} have to pay.") is None
    text = f"People living in {place} have to pay."
    assert area(text, edition=frozenset({"US"})) is None, "its people follow other editions"


@pytest.mark.parametrize("place", UNKNOWN)
def test_what_is_left_out_opens_nothing(place: str) -> None:
    assert area(f"US users, except in {place}, have to pay.") == frozenset({"US"})


def test_a_half_understood_definition_is_none() -> None:
    whole = "“Chosen Countries” means the EU and Switzerland."
    half = "“Chosen Countries” means the EU, Xland and Switzerland."
    assert places.definitions(whole) == {"Chosen Countries": regions.EU | {"CH"}}
    assert places.definitions(half) == {}


THINGS = ["Messenger", "Settings", "May", "Privacy Policy", "Business Center", "Help Pages"]


@pytest.mark.parametrize("thing", THINGS)
def test_what_is_plainly_no_place_opens_nothing(thing: str) -> None:
    assert area(f"Users in {thing} who live in the United States have to pay.") == frozenset({"US"})
    assert area(f"In {thing}, US residents have to pay.") == frozenset({"US"})


def test_an_exclusion_counts_beside_a_sentence_that_names() -> None:
    reached = heard("Users outside the EU have to pay.", "Users in France have to pay.")
    assert {"FR", "US", "GB"} <= reached
    assert "DE" not in reached


BESIDE = [
    "If you are outside China and Japan, your contract is with a company in Singapore.",
    "Users outside Canada get support from our team in India.",
    "Unless you live in Brazil, disputes of users go to courts in the United States.",
    "Customers other than in Japan are served from data centres in Taiwan.",
]


@pytest.mark.parametrize("text", BESIDE)
def test_who_is_outside_hears_though_another_place_is_named(text: str) -> None:
    assert {"DE", "GB", "CH", "US"} <= heard(text)


def test_an_exception_takes_from_what_is_named() -> None:
    assert heard("Users in the United States, excluding Puerto Rico, have to pay.") == frozenset(
        {"US"}
    )
    assert heard("Users in the EU, except in Germany, have to pay.") == regions.EU - {"DE"}
