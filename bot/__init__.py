"""Smallprint: a chat bot that tells people when a service they use changes its terms.

It says whether the change concerns them, and how to opt out. The parts of the package:

    feeds/       sources: Open Terms Archive, GitHub, memos, news
    understand/  what a change means: noise, weight, date, region, whether it is held
    catalogue/   services, their names, and how to opt out of them
    matcher      which chats a story concerns    timing      when a chat is told
    conversation/ what a typed sentence wants    gazetteer/  the names of places
    render/      the words of messages           locales/    their languages
    message      what is said                    platform    the interface to chat platforms
    model        the values that all modules use preferences what a chat has chosen
    deliveries, outcomes, verdicts, states, regions, document_kinds, naming, shards, rate_limit
                 values and rules alone
    store/       the only access to the database
    jobs/        poll, interpret, backfill, remind, deliver, settle and the like, one file each
    runtime/     scheduler, leases, lock, logs, retry timing, and the process that parses bytes
    adapters/    Telegram, Discord and the console, each in a folder or file of its own
    web/         public and operator's pages     watch/      health, metrics and alarms
    cli/         the verbs of `smallprint`       settings    reads the environment
    app          puts all of it together

The commands are in `handlers/`. `lab/` is the workshop (demo, replay, stand-ins, judges, bench);
the product never imports it. `docs/architecture/walks.md` follows a feed entry, an outbox row and
a typed line through the modules.
"""

__version__ = "0.2.0"
