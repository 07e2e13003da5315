"""Smallprint tells people when a service they use changes its terms.

It says whether the change concerns them, and how to opt out. Each room holds what its name says:

    feeds/       reading sources: Open Terms Archive, GitHub, memos, news
    understand/  what a change means: noise, weight, date, region, whether it is held
    catalogue/   services, their names, and how to opt out of them
    matcher      whom a story concerns           timing      when a chat is told
    render/      the words of messages           locales/    their languages
    message      what is said                    platform    the port of the chat platforms
    model        the values that all speak of    preferences what a chat has chosen
    verdicts, states, regions, document_kinds, naming, rate_limit   values and rules alone
    store/       the only door to the database
    jobs/        poll, interpret, backfill, remind, deliver, settle and the like, one file each
    runtime/     scheduler, leases, lock, logs, backing off, and the process that reads bytes
    adapters/    Telegram, Discord and the console, each in a folder or file of its own
    web/         what anybody may fetch          cli/        the verbs of `smallprint`
    app          puts all of it together         settings    what the environment says

The commands are in `handlers/`. `lab/` is the workshop (demo, replay, stand-ins, judges, bench);
the product never imports it. `docs/architecture/walks.md` follows an entry, a row and a line through the rooms.
"""

__version__ = "0.1.0"
