"""The console's end of a player process: starting it, asking it, ending it for sure."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import core

Message = dict[str, Any]

_MODULE = "core.voice.player_process"
_GOES_BY_ITSELF_SECONDS = 1.0


class ChildGone(Exception):
    """The player process has ended or does not answer."""

    def __init__(self, *, hangs: bool) -> None:
        super().__init__()
        self.hangs = hangs


class Child:
    """A player process.

    ``on_event`` gets what it tells, ``on_end`` is called once when it has ended by itself.
    """

    def __init__(self, on_event: Callable[[Message], None], on_end: Callable[[], None]) -> None:
        self._on_event = on_event
        self._on_end = on_end
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answer: asyncio.Future[Message] | None = None
        self._asking = asyncio.Lock()
        self._closing = False
        self._heard_at = 0.0

    @property
    def pid(self) -> int:
        """The number of the process, 0 before it is started."""
        return self._process.pid if self._process else 0

    @property
    def silent_seconds(self) -> float:
        """How long ago it told anything, or was asked."""
        return asyncio.get_running_loop().time() - self._heard_at

    async def start(self, files: Sequence[int] = ()) -> None:
        """Start it, with these descriptors open in it under the same numbers."""
        # -P: the directory in which the console happens to be started lends it no modules.
        root = str(Path(core.__file__).parent.parent)
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", _MODULE, str(os.getpid()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=tuple(files),
            env={**os.environ, "PYTHONPATH": path},
            # A session of its own: no key pressed in the terminal reaches it, and it can be killed
            # with its children.
            start_new_session=True,
            limit=1 << 20,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read())

    async def ask(self, message: Message, silent_seconds: float) -> Message:
        """Have it do something. Raises ChildGone where it ends, or tells nothing for so long."""
        async with self._asking:
            process = self._process
            if process is None or process.stdin is None or process.stdin.is_closing():
                raise ChildGone(hangs=False)
            answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
            self._answer = answer
            process.stdin.write(json.dumps(message).encode() + b"\n")
            self._heard_at = asyncio.get_running_loop().time()
            try:
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
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GOES_BY_ITSELF_SECONDS)
        self.kill()
        await process.wait()
        if self._reader is not None:
            await self._reader

    def kill(self) -> None:
        """Kill it and its children; needs no event loop."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _read(self) -> None:
        process = self._process
        assert process is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        # A line that is too long or no JSON comes from no player of ours: treated as its end.
        with contextlib.suppress(ValueError):
            async for line in process.stdout:
                self._hear(json.loads(line))
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChildGone(hangs=False))
        self.kill()
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
