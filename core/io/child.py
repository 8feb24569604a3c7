"""Processes of the console's own: started, spoken to and ended in one way.

Each runs a module of this program. What goes between is a length of four bytes and so many bytes of MessagePack,
both ways. A child ends with its console, however that ends, and whatever goes wrong in it stays in it.

    child = await start("core.uploads.sheet.worker", files=[descriptor])  # in the console
    commands, answers = enter()                                             # the module's first line
"""

import contextlib
import ctypes
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import msgspec

from core.io.limits import bound
from core.values.errors import CoreError
from core.values.i18n import _
from core.values.message import plain

if TYPE_CHECKING:
    from asyncio.subprocess import Process

_LENGTH = struct.Struct(">I")
_LARGEST = 256 << 20
_SET_PARENT_DEATH_SIGNAL = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

encode = msgspec.msgpack.Encoder(enc_hook=plain).encode
decode = msgspec.msgpack.Decoder().decode


class NotStarted(CoreError):
    """A process of the console's own that does not come to its work, whatever it was to do."""

    def __init__(self) -> None:
        super().__init__(
            _("A process that this takes could not be started."),
            _(
                "The host may have no memory or processes left: try again. If it stays so, see carecall doctor."
            ),
        )


class Child:
    """The console's end of a process."""

    def __init__(self, process: "Process") -> None:
        self._process = process
        self._ended = False

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    async def send(self, message: Any) -> None:
        """Tell it something. Raises ConnectionError where it has ended."""
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write(framed(message))
        await self._process.stdin.drain()

    def let_wait(self, size: int) -> None:
        """Let so many bytes wait for it before ``send`` does: it may still be starting."""
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.transport.set_write_buffer_limits(high=size)

    async def receive(self) -> bytes | None:
        """What it tells next, to be decoded; None where it has ended, or told what is none of its messages."""
        import asyncio  # by the console only: it is a third of what a child imports

        assert self._process.stdout is not None  # noqa: S101
        try:
            (length,) = _LENGTH.unpack(await self._process.stdout.readexactly(_LENGTH.size))
            if length <= _LARGEST:
                return await self._process.stdout.readexactly(length)
        except asyncio.IncompleteReadError:
            return None
        self.kill()
        return None

    async def wait(self) -> int:
        """Wait until it has ended; gives its exit code, negative for a signal."""
        return await self._process.wait()

    async def close(self, seconds: float = 0) -> None:
        """End it for sure: for so long it may go by itself, having no more commands to wait for."""
        import asyncio

        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.close()
        if seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), seconds)
        self.kill()
        self._ended = True
        await self._process.wait()

    def kill(self) -> None:
        """Kill it with whatever it has started; needs no event loop."""
        if not self._ended:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


async def start(module: str, *, files: Sequence[int] = ()) -> Child:
    """Start a module of this program, with these descriptors open in it under the same numbers.

    Raises NotStarted.
    """
    import asyncio

    command, environment = _how_to(module, map(str, files))
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=tuple(files),
            env=environment,
            # no key pressed in the terminal reaches it, and it can be killed with its children
            start_new_session=True,
            limit=1 << 20,
        )
    except OSError as error:
        raise NotStarted from error
    return Child(process)


def start_in_thread(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """The same for a thread that only reads what the module tells; the thread has to live as long as it."""
    command, environment = _how_to(module, arguments)
    return subprocess.Popen(  # noqa: S603 - ourselves
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )


def enter() -> tuple[BinaryIO, BinaryIO]:
    """What the module does first: it ends with its console, leaves no core file, and gets the two pipes.

    They are taken off standard input and output, which lead nowhere from then on: sound libraries print there
    themselves. What is left in ``sys.argv`` are the arguments.
    """
    die_with_parent()
    if os.getppid() != int(sys.argv.pop(1)):
        os._exit(0)  # the console is gone already
    bound()
    commands, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return os.fdopen(commands, "rb"), os.fdopen(answers, "wb")


def tell(pipe: IO[bytes], message: Any) -> None:
    """Write one message. Raises BrokenPipeError where nobody listens any more."""
    pipe.write(framed(message))
    pipe.flush()


def hear(pipe: IO[bytes]) -> bytes | None:
    """The next message, to be decoded; None at the end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = pipe.read(length)
    return message if len(message) == length else None


def framed(message: Any) -> bytes:
    """A message as it goes through a pipe."""
    data = encode(message)
    return _LENGTH.pack(len(data)) + data


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends (Linux only)."""
    if _prctl is not None:
        _prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)


def _how_to(module: str, arguments: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    # -P: the directory in which the console happens to be started lends it no modules
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-P", "-m", module, str(os.getpid()), *arguments]
    return command, {**os.environ, "PYTHONPATH": path}
