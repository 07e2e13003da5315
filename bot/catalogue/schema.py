"""The form of a how-to file. Its texts are shown to people as they stand, so their length is bounded."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"]{3,400}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[\w.+-]+@[\w.-]+\.\w+$", max_length=80)]
Words = Annotated[str, StringConstraints(min_length=3, max_length=420, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=90, strip_whitespace=True)]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where a fact was found; `as_of` is the month for which it was stated, where known."""

    url: Url
    as_of: Month | None = None


class Pointer(_Strict):
    """A place to go: a page, an address to write to, or a path in words."""

    link: Url | None = None
    email: Email | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not (self.link or self.email or self.note):
            raise ValueError("needs a link, an email or a note")
        return self


class Control(_Strict):
    """One thing a person can do. `web` and `mobile` are menu paths with the labels as they stand."""

    id: Slug
    topic: Slug | Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
    title: Label
    kind: Literal["setting", "form", "e-mail", "browser signal", "none available"]
    regions: Annotated[tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}$")], ...], Field(min_length=1)]
    on_by_default: bool | None = None
    effective: date | None = None
    deadline: date | None = None
    web: Annotated[tuple[Label, ...], Field(max_length=8)] = ()
    mobile: Annotated[tuple[Label, ...], Field(max_length=8)] = ()
    switch: Label | None = None
    link: Url | None = None
    email: Email | None = None
    needs: Words | None = None
    stops: Words
    does_not_stop: Words
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    confidence: Literal["high", "medium", "low"]
    verified: Month | None = None

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if self.kind != "none available" and not (self.web or self.mobile or self.link or self.email):
            raise ValueError("needs a menu path, a link or an email: it cannot be done otherwise")
        if self.effective and self.deadline and self.deadline < self.effective:
            raise ValueError("the deadline is before the effective date")
        return self


class Authority(_Strict):
    """Whom to complain to."""

    name: Label
    url: Url


class Guide(_Strict):
    """The how-to of a service: its controls, the most important first, and where to turn otherwise."""

    service: Slug
    policy: Url | None = None
    controls: Annotated[tuple[Control, ...], Field(min_length=1)]
    delete_account: Pointer | None = None
    export_data: Pointer | None = None
    contact: Pointer | None = None

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = [control.id for control in self.controls]
        if len(ids) != len(set(ids)):
            raise ValueError("two controls have the same id")
        return self
