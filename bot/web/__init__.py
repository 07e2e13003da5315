"""The web side: pages to look at, feeds, an interface for programs, and the catalogue."""

from __future__ import annotations

from bot.web.routes import application
from bot.web.site import Invitation, Site, invited_by

__all__ = ["Invitation", "Site", "application", "invited_by"]
