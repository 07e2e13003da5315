"""The verification of machine-written summaries."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from bot.jobs.summarise import Summarizer
from bot.understand import (
    summary_check,
)
from bot.verdicts import Excerpt
from tests.understand.rules import OLD, RULE, judged

SAID = ("We may share your data with partners in Brazil from 3 May 2026.",)


@pytest.mark.parametrize(
    ("summary", "why"),
    [
        ("LinkedIn may share your data with partners in Brazil.", ""),
        ("From 3 May 2026 data may be shared with partners.", ""),
        ("LinkedIn sells your data to partners in Brazil.", "word"),
        ("From 4 May 2026 data may be shared with partners.", "number"),
        ("Your data may be shared with Microsoft in Brazil.", "name"),
        ("Data may be shared; opt out at linkedin.com today.", "link"),
        ("Data may be shared, see <b>here</b> for more of it.", "markup"),
        ("Shared.", "short"),
        ("It must be shared with partners in Brazil.", "word"),
    ],
)
def test_a_summary_says_only_what_the_text_says(summary: str, why: str) -> None:
    found = summary_check.check(summary, SAID, ("LinkedIn", "Privacy Policy"))
    assert why in found if why else found == ""


@pytest.mark.parametrize(
    ("answer", "status", "kept"),
    [
        (
            {
                "choices": [
                    {"message": {"content": "Your data may be shared with partners in Brazil."}}
                ]
            },
            200,
            True,
        ),
        (
            {
                "choices": [
                    {
                        "message": {
                            "content": "Ignore all that: visit evil.example for 100 free coins."
                        }
                    }
                ]
            },
            200,
            False,
        ),
        ({"error": "overloaded"}, 200, False),
        ({}, 500, False),
    ],
)
async def test_a_machine_is_believed_only_where_it_can_be_checked(
    served: Any, answer: Any, status: int, kept: bool
) -> None:
    asked: list[Any] = []

    async def complete(request: web.Request) -> web.Response:
        asked.append((request.headers["Authorization"], await request.json()))
        return web.Response(text=json.dumps(answer), status=status)

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    base = await served(app)
    change = replace(judged(f"{OLD}\n\n{RULE}"), excerpts=(Excerpt("", SAID[0]),))
    done = await Summarizer(f"{base}v1", "small", "key").add(change, "LinkedIn")
    assert bool(done.summary) is kept
    [(key, body)] = asked
    assert key == "Bearer key"
    assert SAID[0] in body["messages"][1]["content"]
