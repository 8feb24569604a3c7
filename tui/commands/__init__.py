"""The commands without a screen: a module each, imported only when it is called.

A module has ``add_arguments(parser)`` and ``async def run(context) -> int``, which gives the exit code. Where it
has ``open_console(context) -> int`` too, that is called after a ``run`` that gave 0.
"""
