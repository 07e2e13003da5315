"""Telegram and Discord on this machine: servers that keep the platforms' true limits, fail as told, and count.

`smallprint standin telegram` or `discord` starts one; DEPLOY says how to aim a bot at it.
"""
