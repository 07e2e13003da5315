"""The runtime of a process: answering, serving, workers, locks, leases, ticks, logs, servers."""
