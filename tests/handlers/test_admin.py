"""/admin status: answers only the operators, and only where nobody else reads it."""

from __future__ import annotations

from dataclasses import replace

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.model import Address
from bot.platform import Request
from bot.store import Store
from bot.store.watch import Alarm
from bot.watch_settings import WatchSettings
from tests.conftest import NOW
from tests.support import world

ME = Address("discord", "dm-1")
STATUS = Request("admin", "status", ME, person="4711")


def answers(request: Request, store: Store, known: Catalogue, names: Names) -> str:
    admins = frozenset({"discord:4711"})
    context = replace(world.context(store, known, names), admins=admins)
    return handlers.answer(request, context).text


def test_who_runs_it_reads_how_it_is(store: Store, known: Catalogue, names: Names) -> None:
    store.watch.begin_alarm(Alarm("PollsOld", "", NOW, "no source has answered for 31 minutes"))
    told = answers(STATUS, store, known, names)
    assert "PollsOld, for" in told
    assert "0 sources, 0 of them ill; none has answered yet" in told
    said = replace(STATUS, command="", text="admin status")
    assert answers(said, store, known, names) == told


def test_for_all_others_there_is_no_such_command(
    store: Store, known: Catalogue, names: Names
) -> None:
    unknown = "I do not know /admin"
    for other in (
        replace(STATUS, person="1"),
        replace(STATUS, private=False),
        replace(STATUS, address=Address("telegram", "1")),
        replace(STATUS, person="", address=Address("telegram", "4711")),
    ):
        answer = answers(other, store, known, names)
        assert answer.startswith(unknown)
    near = handlers.answer(
        replace(STATUS, command="admn", person="1"), world.context(store, known, names)
    )
    assert not any("admin" in each.command for each in near.actions)


def test_the_operators_own_chat_is_one() -> None:
    settings = WatchSettings.model_validate({"admins": "discord:1, telegram:2"})
    assert settings.admins_of == {"discord:1", "telegram:2"}
    alone = WatchSettings.model_validate({"operator": "telegram:3"})
    assert alone.admins_of == {"telegram:3"}
