"""The story that every judged chat can be asked about."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.model import Change, Document, Item, Record
from bot.regions import EUROPE
from bot.verdicts import Excerpt, Link, OptOut, Reason, Severity, Verdict, Weight

SERVICE = "linkedin"
_RECORDED = datetime(2025, 11, 3, 17, 46, tzinfo=UTC)
_COMMIT = "50dcbecfd7c391c0aaa4cf0db72ffc9763f85cd3"
_COLLECTION = "vlopses-ie"
_TITLE = "Record new changes of LinkedIn Privacy Policy"
_PAGE = f"https://github.com/OpenTermsArchive/{_COLLECTION}-versions/commit/{_COMMIT}"
_SETTING = "https://www.linkedin.com/mypreferences/d/settings/data-for-ai-improvement"


def item() -> Item:
    """The item as the collection recorded it."""
    document = Document(_COLLECTION, "LinkedIn", "Privacy Policy")
    uid = f"commit:{_COMMIT}"
    return Item(uid, _COLLECTION, Record.CHANGE, _RECORDED, _TITLE, _PAGE, document)


def change() -> Change:
    """The item as it was understood."""
    return Change(
        uid=f"commit:{_COMMIT}",
        services=(SERVICE,),
        terms_type="Privacy Policy",
        recorded=_RECORDED,
        title=_TITLE,
        collection=_COLLECTION,
        link=_PAGE,
        verdict=Verdict.MATERIAL,
        why=(Reason(Weight.NEW_WORDS, ("33",)),),
        severity=Severity.MUST_KNOW,
        area=EUROPE,
        effective=date(2025, 11, 3),
        topics=("ai_training",),
        opt_out=OptOut.AVAILABLE,
        links=(Link("settings", _SETTING),),
        excerpts=(
            Excerpt("We do not train AI on your data.", "We train AI on your data."),
            Excerpt("", "You can opt out at any time in your settings."),
        ),
    )
