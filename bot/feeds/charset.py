"""The bytes of a feed as text, in the charset that they are really in."""

from __future__ import annotations

import codecs
import re

#: How the marks at the beginning name a charset; the longer come first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How a `<` and what follows it look without a mark.
_WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
#: In EBCDIC, the first five characters of a declaration.
_EBCDIC = (b"\x4c\x6f\xa7\x94\x93", "cp500")
_DECLARED = re.compile(rb"""^\s*<\?xml[^<>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
#: Codecs that Python calls text and no page is in.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf-7"}
)
#: Charsets that pages name and write a larger one of, as browsers read them.
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
#: What stands in front of a name that Python knows: x-sjis, cp-1251, win-1251.
_ODD_NAME = re.compile(r"^(?:x[-_]|(?:cp|win|windows|ms)[-_]?(?=\d))", re.I)
ODD_BYTES = "smallprint.odd_bytes"


def decode(body: bytes, said: str = "") -> str:
    """The text of a feed. `said` is the charset of the HTTP header, or "". Never raises: a byte that
    fits nowhere becomes the character that Windows-1252 has there, or a replacement character.

    A mark at the beginning wins, then what is evidently UTF-8, then the header (RFC 7303), then the
    declaration.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, ODD_BYTES if name == "utf-8" else "replace")
    for beginning, name in _WIDE:
        if body.startswith(beginning):
            return body.decode(name, "replace")
    declared = _DECLARED.match(body[:400])
    named = [_known(said), _known(declared[1].decode("ascii") if declared else "")]
    if body.startswith(_EBCDIC[0]):
        named.append(_EBCDIC[1])
    return _as_named(body, [name for name in named if name])


def _as_named(body: bytes, named: list[str]) -> str:
    """As the first of the named charsets says, unless the bytes can only be UTF-8."""
    # Without a mark or a zero it is no wide one, whatever the program that wrote it believed.
    possible = [name for name in named if not name.startswith(("utf-16", "utf-32"))]
    charset = possible[0] if possible else "utf-8"
    if body.isascii() or charset == "utf-8":
        # Nothing but ASCII can be in a charset all the same that switches by escapes.
        return body.decode(charset, ODD_BYTES if charset == "utf-8" else "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(charset, "replace")


def _known(said: str) -> str:
    """Python's name of a charset, the larger one where pages mean that, or "" where it knows none."""
    name = said.strip().strip("\"'")
    odd = _ODD_NAME.match(name)
    rest = name[odd.end() :] if odd else ""
    for each in (name, rest, f"cp{rest}"):
        if found := _codec(each):
            return _LARGER.get(found, found)
    return ""


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        b"    ".decode(found, "replace")  # refused by codecs that are not between bytes and text
    except (LookupError, ValueError):
        return ""
    return "" if found in _NO_CHARSETS else found


def _odd_bytes(error: UnicodeError) -> tuple[str, int]:
    """An odd byte in UTF-8 is taken for Windows-1252, as which the whole feed may have been written."""
    assert isinstance(error, UnicodeDecodeError), "it is used for decoding only"
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(ODD_BYTES, _odd_bytes)
