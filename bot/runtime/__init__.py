"""Running a process: worker processes, locks and leases, ticks, logs and small servers."""
