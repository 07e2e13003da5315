"""The check of the settings, once they can be parsed."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli._findings.finding import Finding, warning, well
from bot.settings import Settings

WHAT = "settings"


def findings(config: Settings) -> Iterator[Finding]:
    """The settings, and what should be set; no secrets are shown."""
    contact = config.contact or "not set; the servers we poll like to see one"
    roles = ", ".join(sorted(config.roles_of))
    yield well(WHAT, f"does {roles}; contact {contact}")
    if not config.operator:
        words = "nobody is told of what needs a hand"
        todo = "set SMALLPRINT_OPERATOR to your own chat, such as telegram:123456"
        yield warning("operator", words, todo)
    if config.admin_token.get_secret_value():
        yield _operators_pages(config)


def _operators_pages(config: Settings) -> Finding:
    what = "operator's pages"
    if not config.web:
        words = "SMALLPRINT_ADMIN_TOKEN is set, but no pages are served"
        return warning(what, words, "set SMALLPRINT_WEB to where they are served")
    if config.web_url.startswith("http://"):
        words = "SMALLPRINT_WEB_URL is http, so the operator's token travels for all to read"
        return warning(what, words, "put a proxy with https before it, and name that address")
    return well(what, "at /admin, for who has the token")
