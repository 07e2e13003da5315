"""Manual decisions about the sheets that the tool reads."""

from __future__ import annotations

#: Declarations that were found by their name only, (collection, name), and are of the service.
SAME_SERVICE = frozenset(
    {
        ("demo", "Brevo"),
        ("dsa-reports", "Google Search"),
        ("german", "paypal"),
        ("p2b-compliance", "Etsy"),
        ("p2b-compliance", "Google Business Profile"),
        ("p2b-compliance", "Opera"),
        ("p2b-compliance", "RUE DU COMMERCE"),
        ("p2b-compliance", "Xiaomi"),
        ("p2b-compliance", "Yahoo!"),
        ("tosdr", "Asana"),
        ("tosdr", "Canva"),
        ("tosdr", "Dropbox"),
        ("tosdr", "Duolingo"),
        ("tosdr", "Figma"),
        ("tosdr", "Hubspot"),
        ("tosdr", "Jacksfilms"),
        ("tosdr", "Jetbrains"),
        ("tosdr", "Medium"),
        ("tosdr", "Notion"),
        ("tosdr", "Okcupid"),
        ("tosdr", "Patreon"),
        ("tosdr", "Poe"),
        ("tosdr", "Revolut"),
        ("tosdr", "Salesforce"),
        ("tosdr", "Slack"),
        ("tosdr", "Strava"),
        ("tosdr", "Stripchat"),
        ("tosdr", "Vercel"),
    }
)

#: The others, and why they are not.
OTHER_SERVICE = {
    ("p2b-compliance", "Messenger"): "a service of its own beside Facebook",
    ("p2b-compliance", "Uber Eats"): "a service of its own beside Uber",
    ("tosdr", "Lydia"): "yourlifeyourdata.com is not the French payment service",
}

#: Addresses of another document than the sheet says, (collection, name, terms type).
OTHER_DOCUMENT = {
    ("tosdr", "Dropbox", "Merged"): "not a terms type",
    ("tosdr", "Dropbox", "Privacy Policy"): "questions about the policy",
    ("tosdr", "Hubspot", "Privacy Policy"): "the agreement for processors",
    ("tosdr", "Hubspot", "Terms of Service"): "terms that differ by country",
    ("tosdr", "Jacksfilms", "General Conditions of Sale"): "the refund policy",
    ("tosdr", "Medium", "Trackers Policy"): "an answer about Do Not Track",
    ("tosdr", "Patreon", "Privacy Policy"): "the security policy",
}

#: National sites that are none, (service, country, site).
NOT_NATIONAL = {
    ("rakuten-france", "JP", "corp.rakuten.co.jp"): "the group's site",
    ("vodafone-ireland", "GB", "binaries.vodafone.co.uk"): "a form of Vodafone UK",
    ("wargaming", "GB", "legal.eu.wargaming.net/uk"): "uk is Ukrainian here",
    ("wargaming", "BR", "legal.na.wargaming.net/pt-br"): "a language, not a site",
}

#: Addresses that give a bare page, made for machines, by collection, folder and terms type.
NOT_FOR_READERS = frozenset(
    {
        ("contrib", "Cdiscount", "Commercial Terms"),
        ("france", "Cdiscount", "General Conditions of Sale"),
    }
)

#: Documents that were recorded under another terms type before: the same text at the same place.
RECORDED_BEFORE_AS = {
    ("france", "Volotea", "Conditions of Carriage"): "Condition of Carriage",
}

#: Spelt so that it can stand in a letter.
SPELT = {
    "Uber B.V. (Burgerweeshuispad 301, 1076 HR Amsterdam, Pays-Bas": (
        "Uber B.V., Burgerweeshuispad 301, 1076 HR Amsterdam, Pays-Bas"
    ),
}

#: Words of an address and the country in which it lies; the last one counts.
COUNTRY_WORDS = {
    "France": "FR",
    "Ireland": "IE",
    "Irlande": "IE",
    "Singapore": "SG",
    "Luxembourg": "LU",
    "UK": "GB",
    "United Kingdom": "GB",
    "Royaume-Uni": "GB",
    "England": "GB",
    "Netherlands": "NL",
    "Pays-Bas": "NL",
    "Belgique": "BE",
    "Germany": "DE",
    "Deutschland": "DE",
    "Finland": "FI",
    "Finlande": "FI",
    "Sweden": "SE",
    "Schweden": "SE",
    "Switzerland": "CH",
    "Japan": "JP",
    "Panama": "PA",
    "Cyprus": "CY",
    "Hong Kong": "HK",
    "Espagne": "ES",
    "Lituanie": "LT",
    "Israel": "IL",
    "Czech Republic": "CZ",
    "USA": "US",
    "US": "US",
    "United States": "US",
}

#: How addresses end that name no country, and the country; read one by one.
COUNTRY_ENDS = {
    "New York, NY 10281": "US",
    "London E1 6RS": "GB",
    "1 Television Centre, 101 Wood Lane": "GB",
    "London Broadcasting House, W1A 1AA": "GB",
    "Barrow Street, Dublin 4": "IE",
    "Dublin 4, D04 TR29": "IE",
    "2 Grand Canal Square, Dublin 2": "IE",
    "59810 LESQUIN": "FR",
    "Villeneuve d’Ascq, 59650": "FR",
    "San Francisco, CA 94107, Attn: Data Protection Officer": "US",
    "San Francisco, CA 94114": "US",
    "San Francisco, CA 94104": "US",
    "London, SE1 2AF": "GB",
    "Milan, MI 20154": "IT",
    "75009 PARIS": "FR",
    "West Hollywood, CA 90069": "US",
    "West Hollywood, CA, 90046": "US",
    "Seattle, WA 98109": "US",
    "Rollingwood, TX 78746": "US",
    "93500 Pantin": "FR",
    "75010 Paris": "FR",
    "75001 Paris": "FR",
    "75017, Paris": "FR",
    "Sunnyvale, CA": "US",
    "Los Angeles 90045": "US",
    "Los Angeles, CA 90064": "US",
    "London, W1B 3HH": "GB",
    "92130 Issy-les-Moulineaux": "FR",
    "Mountain View, CA 94041": "US",
    "Chertsey, Surrey KT16 0RS": "GB",
    "Hawthorne, CA 90250": "US",
    "Bellevue, WA 98009": "US",
    "London N1 9GU": "GB",
    "London EC4A 3TW": "GB",
    "La Plaine Saint-Denis": "FR",
    "W4 5RU London": "GB",
}

#: Addresses that say nothing of a country, and are left without one.
COUNTRY_UNKNOWN = frozenset(
    {
        "Roblox Corporation, Attn: Roblox Privacy Manager, Address: 3150 S. Delaware St.",
        "UpScrolled B.V.",
    }
)

#: Controllers whose text is the edition for one country of the region, by service and region:
#: other countries may have another company.
ONE_COUNTRY = {
    ("decathlon", "EU"): "FR",
    ("deliveroo", "EU"): "IE",
    ("ikea", "EU"): "IE",
    ("viaplay", "EU"): "IE",
}

#: Hosts whose ending is no country but a part of the name.
NO_COUNTRY = frozenset({"simpli.fi"})

#: The edition that a collection sees and its language, by the collection's own metadata.
JURISDICTIONS = {
    "contrib": ("EU US", ""),
    "dating": ("FR CH", "en"),
    "demo": ("EU", "en"),
    "dsa-reports": ("EU", "en"),
    "france": ("FR", "fr"),
    "france-elections": ("FR", "fr"),
    "genai": ("EU CN", "en"),
    "genai-contrib": ("EU CN", "en"),
    "genai-eu": ("EU", "en"),
    "german": ("DE", "de"),
    "india": ("IN", ""),
    "p2b-compliance": ("EU", ""),
    "pga": ("EU", "en"),
    "sante-numerique-france": ("FR", "fr"),
    "tosdr": ("", ""),
    "user-rights": ("IE", "en"),
    "vlopses-gb": ("GB", "en"),
    "vlopses-ie": ("IE", "en"),
    "vlopses-us": ("US", "en"),
}

#: Collections whose texts are editions for people in Europe, and what they are.
EUROPEAN = {
    "dating": "The collection records the editions for France and Switzerland.",
    "dsa-reports": "The collection records what is published under the EU's Digital Services Act.",
    "france": "The collection records the edition for France.",
    "france-elections": "The collection records the edition for France.",
    "genai-eu": "The collection records the edition for the EU.",
    "german": "The collection records the edition for Germany.",
    "p2b-compliance": "The collection records the edition for business users in the EU.",
    "pga": "The collection records the edition for the EU.",
    "sante-numerique-france": "The collection records the edition for France.",
    "user-rights": "The collection records the edition for Ireland.",
}

_META = "It names Meta Platforms, Inc. and never Meta Platforms Ireland Limited."
_SPOTIFY = "It is the American text, of Spotify USA Inc."
_AMERICAN = "It is the American text."
#: Texts that are not for people in Europe although their collection is, as the sheets' notes say.
NOT_FOR_EUROPE = {
    ("vlopses-ie", "Facebook", "Privacy Policy"): _META,
    ("vlopses-ie", "Instagram", "Privacy Policy"): _META,
    ("pga", "Spotify", "Privacy Policy"): _SPOTIFY,
    ("contrib", "Spotify", "Privacy Policy"): _SPOTIFY,
    ("contrib", "Amazon.com", "Privacy Policy"): _AMERICAN,
    ("contrib", "Amazon.com", "Terms of Service"): _AMERICAN,
    ("contrib", "eBay", "Terms of Service"): _AMERICAN,
}
#: The day of those notes.
NOTES_OF = "2026-11-26"
