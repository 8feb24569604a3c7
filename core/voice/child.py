"""The console's end of a player process: asking it, and noticing that it does not answer."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from core.io import child

Message = dict[str, Any]

_MODULE = "core.voice.player_process"
_GOES_BY_ITSELF_SECONDS = 1.0


class ChildGone(Exception):
    """The player process has ended or does not answer."""

    def __init__(self, *, hangs: bool) -> None:
        super().__init__()
        self.hangs = hangs


class PlayerChild:
    """A player process.

    ``on_event`` gets what it tells, ``on_end`` is called once when it has ended by itself.
    """

    def __init__(self, on_event: Callable[[Message], None], on_end: Callable[[], None]) -> None:
        self._on_event = on_event
        self._on_end = on_end
        self._child: child.Child | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answer: asyncio.Future[Message] | None = None
        self._asking = asyncio.Lock()
        self._closing = False
        self._heard_at = 0.0

    @property
    def pid(self) -> int:
        """The number of the process, 0 before it is started."""
        return self._child.pid if self._child else 0

    @property
    def silent_seconds(self) -> float:
        """How long ago it told anything, or was asked."""
        return asyncio.get_running_loop().time() - self._heard_at

    async def start(self, files: Sequence[int] = ()) -> None:
        """Start it, with these descriptors open in it under the same numbers."""
        self._child = await child.start(_MODULE, files=files)
        self._reader = asyncio.create_task(self._read(self._child))

    async def ask(self, message: Message, silent_seconds: float) -> Message:
        """Have it do something. Raises ChildGone where it ends, or tells nothing for so long."""
        async with self._asking:
            if self._child is None or self._reader is None or self._reader.done():
                raise ChildGone(hangs=False)
            answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
            self._answer = answer
            try:
                self._heard_at = asyncio.get_running_loop().time()
                with contextlib.suppress(ConnectionError):  # told by the reader, which knows it too
                    await self._child.send(message)
                while not answer.done():
                    if (left := silent_seconds - self.silent_seconds) <= 0:
                        raise ChildGone(hangs=True)
                    await asyncio.wait([answer], timeout=left)
                return answer.result()
            finally:
                self._answer = None

    async def close(self) -> None:
        """End it: asked first by closing its commands, then killed with whatever it has started."""
        self._closing = True
        if self._child is not None:
            await self._child.close(_GOES_BY_ITSELF_SECONDS)
        if self._reader is not None:
            await self._reader

    def kill(self) -> None:
        """Kill it and its children; needs no event loop."""
        if self._child is not None:
            self._child.kill()

    async def _read(self, process: child.Child) -> None:
        # what is no message comes from no player of ours: treated as its end
        with contextlib.suppress(msgspec.DecodeError):
            while (told := await process.receive()) is not None:
                self._hear(child.decode(told))
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChildGone(hangs=False))
        process.kill()
        if not self._closing:
            self._on_end()

    def _hear(self, message: Message) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        if self._closing:
            return
        if message.get("event") != "done":
            self._on_event(message)
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(message)
