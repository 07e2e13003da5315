"""A local web server that answers as a case says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

#: An answer: `body` (bytes, or a file's name), `status`, `headers` (None omits one), or `raw`, the
#: whole answer; `paths` are answers for some paths only. `hours` pass before it.
Answer = Mapping[str, Any]
#: An answer, or a function that makes one from the path, the request's headers and the port.
Step = Answer | Callable[[str, dict[str, str], int], Answer]
#: The time within which a request must arrive completely.
PATIENCE_SECONDS = 10


class ScriptedServer:
    """Answers each request with the current `step`; `requests` are the (path, headers) so far.

    @PORT@ stands for the port in bodies and headers, and PORT in raw answers. `troubles` are
    connections that ended badly, as they do when the client has read enough.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.step: Step = {}
        self.port = 0
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.troubles: list[str] = []

    @property
    def base(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, and close the connection."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
            path, asked = _read(head)
            self.requests.append((path, asked))
            writer.write(self._written(self._chosen(path, asked)))
            await writer.drain()
        except Exception as error:  # noqa: BLE001 - a case may break the connection in any way
            self.troubles.append(repr(error))
        finally:
            writer.close()

    def _chosen(self, path: str, asked: dict[str, str]) -> Answer:
        answer = self.step
        if callable(answer):
            answer = answer(path, asked, self.port)
        found: Answer = answer.get("paths", {}).get(path, answer)
        return found

    def _written(self, answer: Answer) -> bytes:
        if "raw" in answer:
            raw: bytes = answer["raw"]
            return raw.replace(b"PORT", str(self.port).encode())
        body = self._body(answer)
        lines = [f"HTTP/1.1 {answer.get('status', 200)} X"]
        for name, value in self._headers(answer, len(body)).items():
            if value is not None:
                lines.append(f"{name}: {value}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    def _body(self, answer: Answer) -> bytes:
        body: bytes | str = answer.get("body", b"")
        if isinstance(body, str):
            body = (self._folder / body).read_bytes()
        return body.replace(b"@PORT@", str(self.port).encode())

    def _headers(self, answer: Answer, length: int) -> dict[str, str | None]:
        headers: dict[str, str | None] = {
            "Content-Type": "application/rss+xml",
            "Content-Length": str(length),
            "Connection": "close",
        }
        for name, value in answer.get("headers", {}).items():
            headers[name] = value and value.replace("@PORT@", str(self.port))
        return headers


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[ScriptedServer]:
    """Run a server on a free port, with the files of a folder."""
    server = ScriptedServer(folder)
    listening = await asyncio.start_server(server.take, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


def _read(head: bytes) -> tuple[str, dict[str, str]]:
    """The path and the headers of a request, with lower-case names."""
    first, *rest = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in rest:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return first.split(" ")[1], headers
