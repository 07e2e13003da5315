"""Telegram and Discord on this machine: servers with the platforms' true limits.

They fail as told, and count. `smallprint standin telegram` or `discord` starts one and prints the
settings that aim a bot at it.
"""
