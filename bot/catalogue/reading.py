"""YAML files read into models.

Errors are reported by file, line and field; everything else is read all the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from bot.catalogue import fields

Form = TypeVar("Form")
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: The validation library's errors, in words for people who are not programmers.
PLAIN = {
    "extra_forbidden": "is no field that there is",
    "missing": "is missing",
    "string_too_long": "is too long: {max_length} letters are shown",
    "string_too_short": "is too short: {min_length} letters are the least",
    "too_short": "is empty",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "date_from_datetime_parsing": "is no date such as 2026-01-15",
    "date_type": "is no date such as 2026-01-15",
    "literal_error": "is {input!r}; it can be {expected}",
    "string_type": "is no text; put it in quotation marks",
    "tuple_type": "is no list",
    "model_type": "is no group of fields",
    "dict_type": "is no group of fields",
}
#: What a field must look like, by its pattern.
FORMS = {
    fields.URL: "an address that begins with https://",
    fields.ANY_URL: "an address that begins with https:// or http://",
    fields.MONTH: "a month such as 2026-08",
    fields.SLUG: "a short name of small letters, digits and hyphens",
    fields.DOMAIN: "a domain such as example.org",
    fields.LANGUAGE: "a language such as en",
}


class Loader(_SAFE):  # type: ignore[misc]
    """The safe YAML loader, with an error for duplicate keys, which it would silently accept."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Construct a value. Raises ConstructorError for one that looks like a date and is none."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            raise yaml.constructor.ConstructorError(
                None, None, f"{node.value} is not possible: {error}", node.start_mark
            ) from error

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Construct a mapping. Raises ConstructorError for a duplicate key."""
        names = [key.value for key, _value in node.value]
        for key, _value in node.value:
            if names.count(key.value) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} stands twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


class Reader:
    """Reads files one by one and collects `problems`: what was left out, in words."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def one(self, path: Path, form: TypeAdapter[Form]) -> Form | None:
        """A whole file as one value, or None if it is broken."""
        return self._checked(path, self._parsed(path), form)

    def rows(self, path: Path, form: TypeAdapter[Form]) -> list[Form]:
        """The valid rows of a file that holds a list."""
        rows = self._parsed(path)
        if rows is None:
            return []
        if not isinstance(rows, list):
            self.problems.append(f"{path.name}: is no list")
            return []
        found = (self._checked(path, row, form, (number,)) for number, row in enumerate(rows))
        return [row for row in found if row is not None]

    def _parsed(self, path: Path) -> Any:
        try:
            text = path.read_text("utf-8")
            value = yaml.load(text, Loader=Loader)  # noqa: S506 - it is a safe loader
        except yaml.MarkedYAMLError as error:
            line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
            self.problems.append(f"{path.name}{line}: {error.problem}")
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            self.problems.append(f"{path.name}: {error}")
        else:
            if value is None:
                self.problems.append(f"{path.name}: is empty")
            return value
        return None

    def _checked(
        self, path: Path, value: Any, form: TypeAdapter[Form], inside: tuple[int, ...] = ()
    ) -> Form | None:
        if value is None:
            return None
        try:
            return form.validate_python(value)
        except ValidationError as error:
            root = yaml.compose(path.read_text("utf-8"), Loader=Loader)
            for detail in error.errors():
                line = _line(root, (*inside, *detail["loc"]))
                self.problems.append(f"{path.name}, line {line}: {in_words(detail)}")
        return None


def _line(node: Any, loc: tuple[int | str, ...]) -> int:
    """The line number of a field, or of the nearest enclosing node that is in the file."""
    line = _first_line(node) if node else 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            key, node = _field(node, part)
            if key is None:
                break
            line = _first_line(key)
        elif _has_row(node, part):
            node = node.value[part]
            line = _first_line(node)
    return line


def _first_line(node: Any) -> int:
    line: int = node.start_mark.line
    return line + 1


def _field(node: yaml.MappingNode, name: int | str) -> tuple[Any, Any]:
    """The key node and value node of a field, or (None, None) if the file lacks it."""
    for key, value in node.value:
        if key.value == name:
            return key, value
    return None, None


def _has_row(node: Any, number: int | str) -> bool:
    if not isinstance(node, yaml.SequenceNode) or not isinstance(number, int):
        return False
    return number < len(node.value)


def in_words(detail: ErrorDetails) -> str:
    """One validation error in words: the field, if there is one, and what is wrong."""
    field = ".".join(str(part) for part in detail["loc"])
    if not field:
        return _plain(detail)
    return f"{field} {_plain(detail)}"


def _plain(detail: ErrorDetails) -> str:
    if detail["input"] == "":
        return "is empty"
    kind = detail["type"]
    values = {**detail.get("ctx", {}), "input": detail["input"]}
    if kind == "string_pattern_mismatch":
        form = FORMS.get(values["pattern"], "of the right form")
        return f"is {detail['input']!r}, which is not {form}"
    if kind in PLAIN:
        return PLAIN[kind].format(**values)
    return detail["msg"].removeprefix("Value error, ")
