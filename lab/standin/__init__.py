"""Telegram and Discord on this machine: servers that keep the platforms' true limits, fail as told, and count.

`smallprint standin telegram` or `discord` starts one and prints the settings that aim a bot at it.
"""
