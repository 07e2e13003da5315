"""The commands. The list below feeds every platform's menu, /help, the docs and the tests.

A new command needs a file beside this one, a line in the list, and a dialogue.
"""

from __future__ import annotations

from handlers import (
    about,
    admin,
    audience,
    channel,
    channels,
    checklist,
    dismiss,
    documents,
    done,
    export,
    forget,
    help,
    howto,
    import_,
    language,
    letter,
    link,
    mention,
    mute,
    page,
    picture,
    privacy,
    recent,
    region,
    reminders,
    services,
    setup,
    share,
    start,
    status,
    story,
    subscribe,
    subscriptions,
    suggest,
    test,
    threshold,
    topics,
    unsubscribe,
    when,
    why,
)
from handlers._answer import Dispatcher
from handlers._base import Command, Context

#: In menu order.
COMMANDS: tuple[Command, ...] = (
    subscribe.COMMAND,
    unsubscribe.COMMAND,
    subscriptions.COMMAND,
    share.COMMAND,
    howto.COMMAND,
    picture.COMMAND,
    checklist.COMMAND,
    letter.COMMAND,
    recent.COMMAND,
    story.COMMAND,
    why.COMMAND,
    status.COMMAND,
    services.COMMAND,
    region.COMMAND,
    documents.COMMAND,
    when.COMMAND,
    audience.COMMAND,
    threshold.COMMAND,
    topics.COMMAND,
    mute.COMMAND,
    reminders.COMMAND,
    done.COMMAND,
    dismiss.COMMAND,
    language.COMMAND,
    mention.COMMAND,
    channel.COMMAND,
    channels.COMMAND,
    test.COMMAND,
    page.COMMAND,
    privacy.COMMAND,
    export.COMMAND,
    import_.COMMAND,
    link.COMMAND,
    forget.COMMAND,
    suggest.COMMAND,
    about.COMMAND,
    help.COMMAND,
    setup.COMMAND,
    start.COMMAND,
    admin.COMMAND,
)

#: Answers what a person said, or what a platform noticed.
answer = Dispatcher(COMMANDS).answer

__all__ = ["COMMANDS", "Command", "Context", "answer"]
