"""Running a process: answering, serving, workers, locks, leases, ticks, logs, small servers."""
