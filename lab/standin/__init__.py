"""Local stand-ins of Telegram and Discord: servers with the platforms' real limits.

They fail on request, and count. `smallprint standin telegram` or `discord` starts one and prints
the settings that connect a bot to it.
"""
