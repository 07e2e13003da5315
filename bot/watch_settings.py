"""Settings for monitoring an instance: health, operator pages, backups, error reports."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from bot.platform_settings import OperatorSettings

#: A listening address: host:port, or "".
LISTENING = r"^([^\s:]+:\d{1,5})?$"
#: The fewest characters in a token: a shorter one could be guessed.
SHORTEST_TOKEN = 20


class WatchSettings(OperatorSettings):
    """The settings for monitoring an instance."""

    operator: str = Field(
        "",
        description="Your own chat, such as telegram:123456: "
        "told of what needs a hand, and once a month which how-tos need another look",
    )
    health: Annotated[str, Field(pattern=LISTENING)] = Field(
        "",
        description="Where /healthz, /readyz and /metrics are served, such as 127.0.0.1:8082, "
        "to who watches over this process and to nobody else; empty is off",
    )
    admin_token: SecretStr = Field(
        SecretStr(""),
        description="What opens the operator's pages at /admin, beside the other pages: "
        "20 letters or more that nobody can guess; empty is off",
    )
    admins: Annotated[str, Field(pattern=r"^([a-z]+:[^\s,]+(\s*,\s*[a-z]+:[^\s,]+)*)?$")] = Field(
        "",
        description="The people whom /admin status answers, such as telegram:123456, "
        "divided by commas",
    )
    backups: str = Field(
        "",
        description="The folder of the copies that are made every day, of which 7 days and 4 weeks "
        "are kept; empty is backups beside a SQLite file and nothing for PostgreSQL; off is off",
    )
    sentry_dsn: SecretStr = Field(
        SecretStr(""),
        description="Where Sentry takes errors of ours, without anything that people wrote; "
        "needs smallprint[sentry]",
    )
    telemetry_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = Field(
        "",
        description="An OpenTelemetry collector that takes traces by OTLP over HTTP, such as "
        "http://127.0.0.1:4318; needs smallprint[telemetry]",
    )

    @property
    def admins_of(self) -> frozenset[str]:
        """The people who run this instance, as platform:person; the operator's chat is one, too."""
        people = self.admins.split(",")
        return frozenset(each.strip() for each in (*people, self.operator) if each.strip())

    @field_validator("admin_token")
    @classmethod
    def _is_no_guess(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"at least {SHORTEST_TOKEN} letters, please")
        return token
