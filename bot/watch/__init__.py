"""Watching over a running instance: its heart, its health, what is counted, and alarms."""
