"""Workbooks in and out of commands: ``-`` is standard input or output, anything else a file."""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from core.io.reasons import why
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.jobs import Job
from core.values.text import displayed_line
from core.written.files import FileAccess, file_access
from tui.commands.context import CommandContext
from tui.forms.progress import progress_words

_BLOCK = 1 << 18
_LINE = 4096  # bytes that a terminal gives at once
_PROGRESS_EVERY = 0.2  # seconds


async def ask(context: CommandContext, question: str) -> str:
    """What somebody at the terminal answers in a line; waiting for it can be interrupted.

    Raises InvalidInput where nobody sits there.
    """
    descriptor = sys.stdin.fileno()
    if not os.isatty(descriptor):
        raise InvalidInput(
            _("This asks first, and nobody sits at a terminal."), _("Add --yes to do it unasked.")
        )
    context.err.write(f"{displayed_line(question)} ")
    context.err.flush()
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, _LINE).decode(errors="replace").strip()


async def read_input(context: CommandContext, maximum_mib: int) -> bytes:
    """All of standard input; waiting for it can be interrupted. Raises InvalidInput where it cannot be read."""
    descriptor = sys.stdin.fileno()
    if os.isatty(descriptor):
        context.say(_("Reading the file from the terminal: ctrl+d ends it, ctrl+c gives up."))
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    taken = bytearray()
    while len(taken) <= maximum_mib << 20:
        ready.clear()
        with contextlib.suppress(PermissionError):  # a regular file is always ready
            loop.add_reader(descriptor, ready.set)
            try:
                await ready.wait()
            finally:
                loop.remove_reader(descriptor)
        try:
            block = os.read(descriptor, _BLOCK)
        except OSError as error:
            raise InvalidInput(
                _("Standard input cannot be read: {reason}.").format(reason=why(error)),
                _("Give the workbook with: < FILE, or name it."),
            ) from None
        if not block:
            break
        taken += block
    return bytes(taken)


def access(context: CommandContext) -> FileAccess:
    """The way to files that holds for who runs the command."""
    who = context.identity
    return file_access(context.settings, who, who.act_as or who.account)


@contextlib.contextmanager
def output(context: CommandContext, target: str) -> Iterator[BinaryIO]:
    """The file to write a workbook to: a new one, or one that goes to standard output when it is complete."""
    if target != "-":
        with access(context).create(target) as file:
            yield file
        return
    if context.out.isatty():
        raise InvalidInput(
            _("A workbook cannot be shown on a terminal."), _("Name a file, or write: > FILE")
        )
    with tempfile.TemporaryFile() as file:
        yield file
        file.seek(0)
        context.write_bytes(file)


@contextlib.contextmanager
def told_job(
    context: CommandContext, words: Callable[[int, int, float], str] = progress_words
) -> Iterator[Job]:
    """Work that tells in a line on the terminal how far it is; nothing where standard error is none."""
    err = context.err if context.err.isatty() else None
    started, shown_at = time.monotonic(), 0.0

    def show(done: int, total: int) -> None:
        """Not too often."""
        nonlocal shown_at
        now = time.monotonic()
        if err is not None and now - shown_at >= _PROGRESS_EVERY:
            shown_at = now
            err.write(f"\r\x1b[K{words(done, total, now - started)}")
            err.flush()

    try:
        yield Job(show)
    finally:
        if err is not None and shown_at:
            err.write("\r\x1b[K")
            err.flush()
