"""Decompressing bodies within limits, whether or not their headers name the compression."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any


def _installed(*names: str) -> Any:
    """The first of these modules that is installed, or None."""
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    return None


brotli = _installed("brotli")
if brotli is not None and not hasattr(brotli.Decompressor, "can_accept_more_data"):
    brotli = None  # before 1.2 its output could not be limited
zstd = _installed("compression.zstd", "backports.zstd")

#: The most layers of compression.
MAX_LAYERS = 3
#: The most members or frames of one layer.
MAX_PIECES = 64
#: The largest window of a zstd frame: 8 MiB, the limit of RFC 9659 for the web.
ZSTD_WINDOW_LOG = 23
GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
#: The first bytes of zlib data at its usual levels; no text begins so.
ZLIB = (b"x\x01", b"x\x9c", b"x\xda")
#: The first bytes of texts (markup or JSON), after their byte order mark.
_TEXT = (b"<", b"{", b"[")
_MARKS = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"

_BROKEN: tuple[type[Exception], ...] = (zlib.error, EOFError)
if brotli is not None:
    _BROKEN += (brotli.error,)
if zstd is not None:
    _BROKEN += (zstd.ZstdError,)


class InflateError(Exception):
    """A body that cannot be decompressed; the message says why, for people."""


class TooLargeError(InflateError):
    """A body that is larger than the limit once it is decompressed."""


def opened(body: bytes, encoding: str, most: int) -> bytes:
    """The decompressed body, of at most `most` bytes.

    `encoding` is the header Content-Encoding. Layers that it does not name, such as that of a
    stored .gz file, are recognised by their first bytes. Raises InflateError.
    """
    layers = _layers(encoding)
    if len(layers) > MAX_LAYERS:
        raise InflateError(f"it is compressed {len(layers)} times over")
    for name in layers:
        body = _without_layer(body, name, most)
    for _ in range(MAX_LAYERS - len(layers)):
        name = _recognised(body)
        if not name:
            break
        body = _without_layer(body, name, most)
    return body


def _layers(encoding: str) -> list[str]:
    """The compressions that the header names, the outermost first."""
    named = [name.strip().lower() for name in encoding.split(",")]
    return [name for name in reversed(named) if name not in ("", "identity")]


def _without_layer(body: bytes, name: str, most: int) -> bytes:
    """Remove one layer of compression.

    A body that begins like a text is taken as uncompressed, whatever the header says.
    """
    if not body:
        return body
    open_it = DECODERS.get(name)
    if open_it is None:
        if _is_text(body):
            return body
        raise InflateError(f"it is compressed in a way that cannot be opened here ({name[:40]})")
    try:
        return open_it(body, most)
    except _BROKEN as error:
        if _is_text(body):
            return body
        raise InflateError(f"its {name} data are broken or cut off") from error


def _recognised(body: bytes) -> str:
    if body.startswith(GZIP):
        return "gzip"
    if body.startswith(ZLIB):
        return "deflate"
    return "zstd" if body.startswith(ZSTD) else ""


def _is_text(body: bytes) -> bool:
    return body[:64].lstrip(_MARKS).startswith(_TEXT)


def _room(out: bytearray, most: int) -> int:
    """How many more bytes to decompress: one more than allowed, which reveals a body too large."""
    if len(out) > most:
        raise TooLargeError(f"it is larger than {most // 2**20} MiB")
    return most + 1 - len(out)


def _pieces(new: Callable[[], Any], mark: bytes, body: bytes, most: int) -> bytes:
    """Decompress members, each of which begins with `mark`, one after another.

    Trailing data without that mark are ignored.
    """
    out = bytearray()
    for _ in range(MAX_PIECES):
        piece = new()
        out += piece.decompress(body, _room(out, most))
        _room(out, most)
        if not piece.eof:
            raise EOFError
        body = piece.unused_data
        if not mark or not body.startswith(mark):
            return bytes(out)
    raise InflateError("it is compressed in too many pieces")


def _gzip(body: bytes, most: int) -> bytes:
    return _pieces(lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), GZIP, body, most)


def _deflate(body: bytes, most: int) -> bytes:
    """Decompress zlib data, as in the standard, or raw deflate data, as some servers send."""
    wrapped = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    bits = zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS
    return _pieces(lambda: zlib.decompressobj(bits), b"", body, most)


def _brotli(body: bytes, most: int) -> bytes:
    out = bytearray()
    piece = brotli.Decompressor()
    out += piece.process(body, output_buffer_limit=_room(out, most))
    while not piece.is_finished():
        more = piece.process(b"", output_buffer_limit=_room(out, most))
        if not more:
            raise EOFError
        out += more
    _room(out, most)
    return bytes(out)


def _zstd(body: bytes, most: int) -> bytes:
    """Decompress zstd frames, with a limit on the memory that each declares."""
    bound = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
    return _pieces(lambda: zstd.ZstdDecompressor(options=bound), ZSTD, body, most)


DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
}
if brotli is not None:
    DECODERS["br"] = _brotli
if zstd is not None:
    DECODERS["zstd"] = _zstd
#: The Accept-Encoding header of requests.
ACCEPTED = ", ".join(name for name in DECODERS if name != "x-gzip")
