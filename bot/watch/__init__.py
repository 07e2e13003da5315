"""Monitoring a running instance: heartbeat, health checks, metrics and alarms."""
