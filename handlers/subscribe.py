"""/subscribe: ask to be told when a service changes its terms."""

from __future__ import annotations

from bot.chat import Action, Block, Entry, Message, Parameter, Request
from bot.model import Subscription
from bot.render.howto import controls_for
from bot.render.words import bold, join, listing, places, say
from handlers import asking
from handlers.base import Command, Context
from handlers.recent import told


def run(request: Request, context: Context) -> Message:
    if not request.text.strip():
        return asking.missing("subscribe")
    asked = asking.read(request.text, context)
    if asked.service is None:
        return asking.not_found("subscribe", request.text.strip(), asked.nearest)
    if asked.wrong:
        return asking.wrong_region(asked.wrong)
    service = asked.service
    chosen = asked.regions or asking.regions_here(request, context, service.id)
    where = chosen or asking.EVERYWHERE
    new = context.store.subscribe(Subscription(request.address, service.id, where), context.now)
    if request.announces:
        context.store.set_publish(request.address, True)
    concern = f"what concerns {places(where)}"
    blocks: list[str | Block] = [
        f"You now follow {service.name}: you will hear {concern}." if new
        else f"You follow {service.name} already; you hear {concern}."
    ]  # fmt: skip
    if not chosen:
        blocks.append("To hear only of your own region: /region eu, for example.")
    blocks += _useful_at_once(service.id, where, context)
    return say(*blocks, actions=[
        Action("How to opt out", f"howto {service.id}"),
        Action("Recent changes", f"recent {service.id}"),
        Action("Unsubscribe", f"unsubscribe {service.id}"),
    ])  # fmt: skip


def _useful_at_once(service: str, where: frozenset[str], context: Context) -> list[Block | str]:
    """The last stories and the opt-outs that are open, because the feeds start in silence."""
    found: list[Block | str] = []
    stories = context.store.recent([service], limit=3)
    if stories:
        found.append(listing([[bold("Lately: "), told(story, context)] for story in stories], weight=20))
    guide = context.known.guide(service)
    offered = [c for c in controls_for(guide, where) if c.on_by_default and c.kind != "none available"] if guide else []
    if offered:
        found.append(f"You can opt out right now: {join([f'“{control.title}”' for control in offered[:3]])}.")
    return found


COMMAND = Command(
    Entry(
        "subscribe", "Be told when a service changes its terms",
        (Parameter("service", "Which service, for example linkedin"),
         Parameter("region", "EU, EEA, UK, Switzerland or a country", required=False)),
        manages=True, aliases=("follow",),
    ),
    run,
)  # fmt: skip
