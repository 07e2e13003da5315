"""What anybody may fetch."""

from __future__ import annotations

import socket
from typing import Any

import aiohttp
import jsonschema

from bot import web
from bot.catalogue import Catalogue, export
from tests.cli.test_cli import smallprint


async def test_the_catalogue_is_open_data(known: Catalogue, served: Any) -> None:
    base = await served(web.application(known))
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base}catalogue.json") as answer:
            assert answer.status == 200
            assert answer.headers["Content-Encoding"] in ("gzip", "deflate")
            assert (
                answer.headers["Link"]
                == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
            )
            assert await answer.json() == export.document(known)
            tag = answer.headers["ETag"]
        async with session.get(f"{base}catalogue.json", headers={"If-None-Match": tag}) as again:
            assert again.status == 304
            assert await again.read() == b""
        async with session.get(
            f"{base}catalogue.json", headers={"If-None-Match": '"older"'}
        ) as newer:
            assert newer.status == 200
        async with session.head(f"{base}catalogue.json") as head:
            assert head.status == 200
        async with session.get(f"{base}service.schema.json") as form:
            jsonschema.Draft202012Validator.check_schema(await form.json())
        async with session.get(f"{base}data/smallprint.db") as elsewhere:
            assert elsewhere.status == 404


def test_an_address_that_is_taken_is_said_plainly(tmp_path: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        done = smallprint("bot", cwd=str(tmp_path), SMALLPRINT_WEB=where)
    assert done.returncode == 78
    assert f"SMALLPRINT_WEB: cannot listen at {where}" in done.stderr
