"""The privacy notice: the bot's answer and the web page say the same."""

from __future__ import annotations

from bot.locales import N_

#: (heading, text) of each section.
KEPT = (
    (
        N_("Kept:"),
        N_(
            "the number of this chat and of its server, its language, what it follows and for "
            "which regions, when, of what and in what capacity it wants to hear, which changes it "
            "was told, and what you marked as done. Of who managed a group or channel last, a "
            "checksum."
        ),
    ),
    (
        N_("Not kept:"),
        N_("names, user names, what you write. No tracking, no ads, nothing is passed on."),
    ),
    (
        N_("For an hour:"),
        N_(
            "while your page on the web is open, a checksum of what opens it, and of a server the "
            "names of the channels that the page lists. The address of feeds of your own is kept "
            "as a checksum until you give it up."
        ),
    ),
    (
        N_("For a day:"),
        N_(
            "what you stopped following, and how this chat was before it took over another's "
            "settings, so that it can be undone. What is suggested is counted, not by whom."
        ),
    ),
    (
        N_("For how long:"),
        N_(
            "until you erase it with /forget. If you block the bot, it only falls silent. What is "
            "kept about a server, group or channel that removes the bot is erased after 30 days; "
            "until then who managed it last gets it here with /export."
        ),
    ),
    (
        N_("In backups:"),
        N_(
            "the database is usually copied every day, against its loss. Copies are kept for about "
            "four weeks, and what you erase is in them until then."
        ),
    ),
)
