"""Decoding a feed's bytes in the charset that they are really in."""

from __future__ import annotations

import codecs
import re

#: Byte order marks and their charsets; the longer marks come first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How a `<` is encoded in wide charsets without a mark.
_WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
#: The first five characters of an XML declaration in EBCDIC.
_EBCDIC = (b"\x4c\x6f\xa7\x94\x93", "cp500")
_DECLARED = re.compile(rb"""^\s*<\?xml[^<>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
#: Python's text codecs that no page is written in.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf-7"}
)
#: Charsets that pages declare while using a superset, as browsers read them.
_LARGER = {
    "iso8859-1": "cp1252",
    "latin_1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
#: Prefixes before a name that Python knows: x-sjis, cp-1251, win-1251.
_ODD_NAME = re.compile(r"^(?:x[-_]|(?:cp|win|windows|ms)[-_]?(?=\d))", re.I)
ODD_BYTES = "smallprint.odd_bytes"


def decode(body: bytes, said: str = "") -> str:
    """Decode a feed. `said` is the charset of the HTTP header, or "".

    Never raises: an invalid byte becomes its character in Windows-1252, or a replacement character.
    A byte order mark takes precedence, then evident UTF-8, then the header (RFC 7303), then the
    declaration.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, _errors(name))
    for beginning, name in _WIDE:
        if body.startswith(beginning):
            return body.decode(name, "replace")
    named = [_known(said), _known(_declared(body))]
    if body.startswith(_EBCDIC[0]):
        named.append(_EBCDIC[1])
    return _as_named(body, [name for name in named if name])


def _errors(charset: str) -> str:
    """The error handler for bytes that are not valid in the charset."""
    return ODD_BYTES if charset == "utf-8" else "replace"


def _declared(body: bytes) -> str:
    """The charset that the XML declaration names, or ""."""
    declared = _DECLARED.match(body[:400])
    if declared is None:
        return ""
    return declared[1].decode("ascii")


def _as_named(body: bytes, named: list[str]) -> str:
    """Decode in the first named charset, unless the bytes can only be UTF-8."""
    charset = "utf-8"
    for name in named:
        # Without a mark or a zero byte it is not a wide charset, whatever the header says.
        if not name.startswith(("utf-16", "utf-32")):
            charset = name
            break
    if body.isascii() or charset == "utf-8":
        # Pure ASCII can still be in a charset that switches by escape sequences.
        return body.decode(charset, _errors(charset))
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(charset, "replace")


def _known(said: str) -> str:
    """Python's name of a charset, or "" if it is unknown.

    Where pages declare a charset but use its superset, it is the superset.
    """
    name = said.strip().strip("\"'")
    odd = _ODD_NAME.match(name)
    rest = name[odd.end() :] if odd else ""
    for each in (name, rest, f"cp{rest}"):
        found = _codec(each)
        if found:
            return _LARGER.get(found, found)
    return ""


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        b"    ".decode(found, "replace")  # fails for codecs that are not text encodings
    except (LookupError, ValueError):
        return ""
    return "" if found in _NO_CHARSETS else found


def _odd_bytes(error: UnicodeError) -> tuple[str, int]:
    """Decode an invalid byte in UTF-8 as Windows-1252, in which all of the feed may be written."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(ODD_BYTES, _odd_bytes)
