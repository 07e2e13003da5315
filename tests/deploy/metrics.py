"""The metrics of `/metrics` and the operator's alarms: the names that rules may use."""

from __future__ import annotations

#: By its name each metric, with its labels.
METRICS: dict[str, frozenset[str]] = {
    "smallprint_polls_total": frozenset({"result"}),
    "smallprint_items_total": frozenset(),
    "smallprint_changes_total": frozenset({"severity"}),
    "smallprint_stories_total": frozenset(),
    "smallprint_sends_total": frozenset({"platform", "outcome"}),
    "smallprint_waits_total": frozenset({"platform", "scope"}),
    "smallprint_answer_seconds": frozenset({"command"}),
    "smallprint_page_seconds": frozenset({"page"}),
    "smallprint_loop_lag_seconds": frozenset(),
    "smallprint_stuck_total": frozenset({"task"}),
    "smallprint_database_up": frozenset(),
    "smallprint_platform_up": frozenset({"platform"}),
    "smallprint_poll_age_seconds": frozenset(),
    "smallprint_sources": frozenset({"state"}),
    "smallprint_queue": frozenset({"platform", "state"}),
    "smallprint_queue_age_seconds": frozenset({"platform"}),
    "smallprint_chats": frozenset({"state"}),
    "smallprint_held_items": frozenset(),
    "smallprint_catalogue_age_days": frozenset(),
    "smallprint_catalogue_stale": frozenset(),
    "smallprint_backup_age_seconds": frozenset(),
    "smallprint_disk_free_bytes": frozenset(),
    "smallprint_database_bytes": frozenset(),
    "smallprint_wal_bytes": frozenset(),
    "smallprint_info": frozenset({"version"}),
}
#: Labels that Prometheus adds, or a histogram has.
ADDED = frozenset({"job", "instance", "le"})
#: Of these the operator's chat hears by itself.
ALARMS = frozenset(
    {
        "DatabaseAway",
        "PlatformDown",
        "PollsOld",
        "SourceFailing",
        "QueueOld",
        "DeadLetters",
        "AskedToWait",
        "TaskStuck",
        "BackupOld",
        "DiskFull",
        "CatalogueStale",
    }
)
