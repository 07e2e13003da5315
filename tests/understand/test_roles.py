"""The roles that changes are for."""

from __future__ import annotations

import pytest

from bot.understand import roles
from bot.understand.diff import Pair
from bot.understand.text import Sentence, key_of
from bot.verdicts import Role

TERMS = "Terms of Service"
RULES = "Community Guidelines"
PRIVACY = "Privacy Policy"


def came(text: str, section: str = "") -> Pair:
    """A sentence that came."""
    return Pair(None, Sentence(text, key_of(text), section))


@pytest.mark.parametrize(
    ("terms_type", "section", "text", "role"),
    [
        (TERMS, "", "Sellers must ship within three days of the order.", Role.SELLERS),
        (
            TERMS,
            "",
            "Händler müssen ihre Umsatzsteuer-Identifikationsnummer angeben.",
            Role.SELLERS,
        ),
        (
            TERMS,
            "",
            "Les vendeurs professionnels doivent publier leur politique de retour.",
            Role.SELLERS,
        ),
        (TERMS, "", "Los vendedores deberán pagar una comisión por cada venta.", Role.SELLERS),
        (TERMS, "", "I venditori devono rispondere entro 48 ore.", Role.SELLERS),
        (TERMS, "", "Verkopers moeten hun btw-nummer vermelden.", Role.SELLERS),
        (TERMS, "", "Sprzedawcy muszą wysłać towar w ciągu trzech dni.", Role.SELLERS),
        (TERMS, "", "Os vendedores devem indicar o preço com IVA.", Role.SELLERS),
        (
            RULES,
            "Advertising",
            "Advertisers must not target people by their health.",
            Role.ADVERTISERS,
        ),
        (RULES, "", "Werbetreibende dürfen keine Gesundheitsdaten verwenden.", Role.ADVERTISERS),
        (RULES, "", "Les annonceurs doivent indiquer qui finance la publicité.", Role.ADVERTISERS),
        (RULES, "", "Los anunciantes deben verificar su identidad.", Role.ADVERTISERS),
        (RULES, "", "Gli inserzionisti devono dichiarare chi paga l’annuncio.", Role.ADVERTISERS),
        (RULES, "", "Adverteerders moeten zich laten verifiëren.", Role.ADVERTISERS),
        (RULES, "", "Reklamodawcy muszą potwierdzić swoją tożsamość.", Role.ADVERTISERS),
        (RULES, "", "Os anunciantes têm de confirmar a sua identidade.", Role.ADVERTISERS),
        (TERMS, "API", "You may not cache API responses for more than 24 hours.", Role.DEVELOPERS),
        (
            "Developer Terms",
            "",
            "Your App must delete data when the person asks for it.",
            Role.DEVELOPERS,
        ),
        (TERMS, "", "Entwickler müssen ihre App bis Juni umstellen.", Role.DEVELOPERS),
        (
            TERMS,
            "",
            "Les développeurs ne peuvent pas conserver les réponses de l’API.",
            Role.DEVELOPERS,
        ),
        (TERMS, "", "Los desarrolladores deben rotar sus claves de API.", Role.DEVELOPERS),
        (
            TERMS,
            "",
            "Programiści muszą zaktualizować swoje aplikacje korzystające z API.",
            Role.DEVELOPERS,
        ),
        (RULES, "Monetization", "Creators lose monetization after three strikes.", Role.CREATORS),
        (
            TERMS,
            "",
            "Creator erhalten künftig 50 % der Werbeeinnahmen ihres Kanals.",
            Role.CREATORS,
        ),
        (TERMS, "", "Les créateurs de contenu perçoivent une part des revenus.", Role.CREATORS),
        (
            TERMS,
            "",
            "Los creadores de contenido pierden la monetización tras tres avisos.",
            Role.CREATORS,
        ),
        (
            "Content Monetisation Policy",
            "",
            "Channels need 1,000 followers to be eligible.",
            Role.CREATORS,
        ),
        (
            "Marketplace Sellers Conditions",
            "",
            "Listings without a photo will be removed.",
            Role.SELLERS,
        ),
        (
            "Advertising Content Policy",
            "",
            "Claims about weight loss are not allowed.",
            Role.ADVERTISERS,
        ),
        (
            "Data Processor Agreement",
            "",
            "The processor shall notify the controller within 48 hours.",
            Role.BUSINESS,
        ),
        ("Business Terms", "", "Fees are due within 30 days of the invoice.", Role.BUSINESS),
        (RULES, "", "Moderators of a community must enforce these rules.", Role.MODERATORS),
        (
            RULES,
            "",
            "Moderatoren müssen gemeldete Beiträge binnen 24 Stunden prüfen.",
            Role.MODERATORS,
        ),
        (
            TERMS,
            "",
            "Anbieter auf dem Marktplatz haben Retouren binnen 14 Tagen zu erstatten.",
            Role.SELLERS,
        ),
        (
            TERMS,
            "Selling on the marketplace",
            "We will hold back payouts for seven days.",
            Role.SELLERS,
        ),
        (TERMS, "Voor verkopers", "Uitbetalingen duren voortaan zeven dagen.", Role.SELLERS),
        (TERMS, "", "When you sell an item you pay a fee of 5%.", Role.SELLERS),
        (TERMS, "Annonceurs", "Les campagnes refusées ne sont pas remboursées.", Role.ADVERTISERS),
        (
            "Acceptable Use Policy",
            "",
            "Your campaigns may be paused while we check them.",
            Role.ADVERTISERS,
        ),
        (TERMS, "Sviluppatori", "Le chiavi scadono dopo un anno.", Role.DEVELOPERS),
        (TERMS, "", "Os programadores devem registar cada aplicação.", Role.DEVELOPERS),
        (TERMS, "", "If you build on our platform, your app must show our logo.", Role.DEVELOPERS),
        (RULES, "For streamers", "Two strikes end your partner status.", Role.CREATORS),
        (TERMS, "", "I creator ricevono il 60% dei ricavi.", Role.CREATORS),
        (TERMS, "", "Twórcy muszą oznaczać treści sponsorowane.", Role.CREATORS),
        (
            TERMS,
            "",
            "Customer shall make sure that its authorised users keep passwords secret.",
            Role.BUSINESS,
        ),
        (TERMS, "", "Le client professionnel s’engage à informer ses salariés.", Role.BUSINESS),
        (
            "Data Processor Agreement",
            "",
            "Der Auftragsverarbeiter setzt weitere Unterauftragnehmer ein.",
            Role.BUSINESS,
        ),
        (RULES, "", "Los moderadores deben aplicar estas normas.", Role.MODERATORS),
    ],
)
def test_what_is_for_some_only(terms_type: str, section: str, text: str, role: Role) -> None:
    found = roles.of([came(text, section)], terms_type)
    assert role in found
    assert Role.USERS not in found


@pytest.mark.parametrize(
    ("terms_type", "text"),
    [
        (PRIVACY, "We keep your messages for two years."),
        (PRIVACY, "Wir speichern Ihre Nachrichten zwei Jahre lang."),
        (TERMS, "You must be 16 years old to use the service."),
        (PRIVACY, "We share your data with advertisers and app developers."),
        (PRIVACY, "Wir geben Ihre Daten an Werbetreibende weiter."),
        (PRIVACY, "Vos données sont partagées avec les annonceurs et les vendeurs."),
        (TERMS, "Buyers can return goods to the seller within 30 days."),
        (PRIVACY, "We check your identity documents."),
        (TERMS, "We may pass your order to the seller and their courier."),
        (TERMS, "Vous pouvez signaler un vendeur."),
        (TERMS, "Tu cuenta se cerrará tras un año sin uso."),
        (RULES, "Nutzer dürfen keine Gewalt verherrlichen."),
        (TERMS, "Puoi recedere entro 14 giorni."),
        (TERMS, "Ads from our advertisers may appear next to your posts."),
        (TERMS, "Third-party developers do not get access to your messages."),
        ("Law Enforcement Guidelines", "Requests must be sent through the portal."),
    ],
)
def test_what_private_people_hear(terms_type: str, text: str) -> None:
    assert Role.USERS in roles.of([came(text)], terms_type)


@pytest.mark.parametrize(
    "text",
    [
        "Sellers will see your name and your address when you buy.",
        "Advertisers may receive your e-mail address in hashed form.",
        "Businesses you message may store your messages.",
        "Händler dürfen deine Adresse speichern.",
        "Les annonceurs peuvent recevoir votre adresse électronique.",
    ],
)
def test_what_others_may_do_with_the_readers_data_is_for_people(text: str) -> None:
    assert Role.USERS in roles.of([came(text)], TERMS)


@pytest.mark.parametrize("heading", ["Advertising", "Werbung", "Publicité", "Ads"])
def test_a_section_about_ads_is_for_who_sees_them(heading: str) -> None:
    pair = came("You agree that we may share your profile with our partners.", heading)
    assert Role.USERS in roles.of([pair], TERMS)


def test_a_policy_about_ads_is_for_who_places_them() -> None:
    pair = came("Claims must be true.", "Advertising policies › Claims")
    assert roles.of([pair], TERMS) == (Role.ADVERTISERS,)


def test_a_change_for_several() -> None:
    pairs = [
        came("You must be 16 years old to have an account with us, wherever you live."),
        came("Sellers must ship within three days of the order."),
    ]
    assert roles.of(pairs, TERMS) == (Role.USERS, Role.SELLERS)


def test_the_name_of_a_service_tells_whom_it_serves() -> None:
    pairs = [came("Fees are due within 30 days.")]
    assert roles.of(pairs, TERMS, "Example Advertising") == (Role.ADVERTISERS,)
    assert roles.of(pairs, PRIVACY, "Example Advertising") == (Role.USERS, Role.ADVERTISERS)


def test_the_title_of_terms_tells_whom_they_bind() -> None:
    pairs = [came("Fees are due within 30 days.", "Example Terms for Business Entities › 2. Fees")]
    assert roles.of(pairs, TERMS) == (Role.BUSINESS,)


def test_a_text_that_nobody_read_is_for_those_of_its_type() -> None:
    assert roles.of((), TERMS) == ()
    assert roles.of((), "Developer Terms") == (Role.DEVELOPERS,)
    assert roles.of((), "Developer Terms - Example") == (Role.DEVELOPERS,)
