"""Field types of the catalogue's files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from bot import regions


def _place(code: str) -> str:
    if code not in regions.GROUPS and code not in regions.all_countries():
        raise ValueError(
            f"there is no region {code!r}; use EU, EEA, UK, CH or the code of a country"
        )
    return code


URL = r"^https://[^\s<>\"]{3,400}$"
ANY_URL = r"^https?://[^\s<>\"]{3,400}$"
DOMAIN = r"^[a-z0-9-]+(\.[a-z0-9-]+)+(/[a-z0-9-]+)?$"
MONTH = r"^\d{4}-(?:0[1-9]|1[0-2])$"
LANGUAGE = r"^[a-z]{2}(-[A-Z]{2})?$"
SLUG = r"^[a-z0-9][a-z0-9-]{0,30}$"
Url = Annotated[str, StringConstraints(pattern=URL)]
#: Where a collection reads a document; some hosts are known only without encryption.
AnyUrl = Annotated[str, StringConstraints(pattern=ANY_URL)]
Email = Annotated[str, StringConstraints(pattern=r"^[\w.+-]+@[\w.-]+\.\w+$", max_length=80)]
Domain = Annotated[str, StringConstraints(pattern=DOMAIN, max_length=80)]
Words = Annotated[str, StringConstraints(min_length=3, max_length=420, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=90, strip_whitespace=True)]
Month = Annotated[str, StringConstraints(pattern=MONTH)]
Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Place = Annotated[str, AfterValidator(_place)]
Topic = Literal[
    "ai_training",
    "advertising_tracking",
    "data_sharing",
    "visibility",
    "data_retention",
    "user_rights",
]
#: Capacities in which somebody uses a service other than as a private person.
Capacity = Literal["sellers", "advertisers", "developers", "creators", "business"]
