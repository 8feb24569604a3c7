"""Trying each way of playing with a short tone, for ``carecall doctor``."""

import asyncio

from core.values.settings import Settings
from core.voice.child import ChildGone, Message, PlayerChild
from core.voice.dto import BackendState, Playing
from core.voice.player_errors import backend_lost
from core.voice.rules import BACKENDS

_SECONDS = 8.0
_TONE = -1


async def probe(settings: Settings) -> list[BackendState]:
    """Play the tone through each way, one after the other, and tell which work and why others do not.

    Whether it was heard, only a person can say: a way works when it took the whole tone.
    """
    return [await _probe(name, settings) for name in BACKENDS]


async def _probe(name: str, settings: Settings) -> BackendState:
    over: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    def hear(message: Message) -> None:
        done = message.get("playing") in {Playing.ENDED, Playing.FAILED}
        if done and not over.done():
            over.set_result(message)

    def ended() -> None:
        if not over.done():
            over.set_result({})

    child = PlayerChild(hear, ended)
    opened = {"do": "open", "file": _TONE, "cache": "", "speed": 1.0, "at_ms": 0}
    words = {"language": settings.language, "command": settings.player_command}
    try:
        async with asyncio.timeout(_SECONDS):
            await child.start()
            await child.ask({**opened, **words}, _SECONDS)
            await child.ask({"do": "play", "at_ms": 0, "backends": [name]}, _SECONDS)
            told = await over
    except TimeoutError:
        return BackendState(name, False, backend_lost(ChildGone(hangs=True)))
    except ChildGone as gone:
        return BackendState(name, False, backend_lost(gone))
    finally:
        await child.close()
    if not told:
        return BackendState(name, False, backend_lost(ChildGone(hangs=False)))
    if told["playing"] == Playing.ENDED:
        return BackendState(name, True, told["way"])
    reasons = [why for _name, why in told["refused"]] or [told["reason"]]
    return BackendState(name, False, reasons[0])
