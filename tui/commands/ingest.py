"""``carecall ingest``: what the calling system delivers, from a file or a pipe, as JSON Lines."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from core.calls.refused import REASON_WORDS
from core.io.reasons import why
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import replace_forbidden
from tui.commands.clock import Clock
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import Parser, add_file, number
from tui.commands.table import told

if TYPE_CHECKING:
    from core.calls.held_dto import HeldRow
    from core.calls.ingest import LineResult

_BLOCK = 64 * 1024
_PROGRESS_EVERY = 500  # lines


def add_arguments(parser: Parser) -> None:
    """Where the lines come from."""
    parser.over_ssh = True
    add_file(
        parser, "file", nargs="?", metavar=_("FILE"), help=_("JSON Lines; - reads standard input")
    )
    parser.add_argument(
        "--source",
        metavar=_("NAME"),
        help=_("for system admins: which calling system delivered them; ids of calls are its own"),
    )
    held = parser.add_mutually_exclusive_group()
    held.add_argument(
        "--held", action="store_true", help=_("list the deliveries that could not be stored")
    )
    held.add_argument(
        "--retry", action="store_true", help=_("take in what is held, as far as it can be now")
    )
    held.add_argument(
        "--drop",
        metavar="ID",
        type=number(1),
        help=_("let a held delivery go for good; needs --reason"),
    )
    parser.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why it is dropped"))
    parser.add_argument("--json", action="store_true", help=_("with --held: a JSON object a line"))
    held.add_argument(
        "--schema", action="store_true", help=_("write the JSON Schema of a line, and do no more")
    )


async def run(context: CommandContext) -> int:
    """Take the lines in; tell each wrong one as soon as it is read, and the numbers at the end."""
    if context.arguments.schema:
        from core.calls.delivery import schema

        context.write_json(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
        return DONE
    if context.arguments.held:
        return await _list_held(context)
    if context.arguments.retry:
        return await _retry(context)
    if context.arguments.drop is not None:
        return await _drop(context)
    if context.arguments.file is None:
        raise InvalidInput(
            _("The file is missing."), _("Write carecall ingest FILE, or - for standard input.")
        )
    descriptor = _open(context.arguments.file)
    if os.isatty(descriptor):
        context.say(_("Reading lines from the terminal: ctrl+d ends them, ctrl+c gives up."))
    try:
        return await _take_in(context, descriptor)
    finally:
        if descriptor:
            os.close(descriptor)


async def _take_in(context: CommandContext, descriptor: int) -> int:
    teller, done, stop = _Teller(context), False, asyncio.Event()

    def report(result: "LineResult") -> None:
        teller.report(result)
        if stop.is_set():
            raise _Stopped

    try:
        async with context.signed_in() as (services, actor):
            # it ends after the line that is being saved
            with context.signals.gently(stop.set):
                blocks = _blocks(descriptor, stop)
                await services.ingest.deliver(actor, blocks, report, context.arguments.source)
        done = True
    except (_Stopped, asyncio.CancelledError):
        if not stop.is_set():
            raise
        done = True
        return context.signals.exit_code
    except OSError as error:
        raise InvalidInput(
            _("The input cannot be read any further: {reason}.").format(reason=why(error)),
            _("What was read until then is saved; the same input can be taken in again."),
        ) from None
    finally:
        if done or any(teller.counts.values()):
            teller.sum_up()
    return SOME_FAILED if teller.counts["failed"] else DONE


async def _list_held(context: CommandContext) -> int:
    async with context.signed_in() as (services, actor):
        rows = await services.ingest.held(actor)
        clock = await Clock.of(services, actor)
    if context.arguments.json:
        context.write_rows(rows)
        return DONE
    if not rows:
        context.say(_("No delivery is held."))
        return DONE
    headers = (_("ID"), _("Received"), _("Delivered by"), _("Organization"), _("Call"), _("Why"))
    context.write(
        told(
            headers,
            [
                (
                    str(row.id),
                    clock.show(row.received_at, row.organization),
                    f"{row.name} ({row.source})" if row.source else row.name,
                    row.organization,
                    row.call,
                    _why(row),
                )
                for row in rows
            ],
            context.width,
        )
    )
    return DONE


def _why(row: "HeldRow") -> str:
    why = _(REASON_WORDS[row.reason])
    if row.field:
        why = f"{why}: {row.field}"
    emergency = _("emergency")
    return f"! {emergency}, {why}" if row.emergency else why


async def _retry(context: CommandContext) -> int:
    teller = _Teller(context, _("held delivery {number}: {reason}"))
    async with context.signed_in() as (services, actor):
        summary = await services.ingest.retry(actor, teller.report)
    teller.sum_up()
    return SOME_FAILED if summary.failed else DONE


async def _drop(context: CommandContext) -> int:
    given = context.arguments
    async with context.signed_in() as (services, actor):
        await services.ingest.drop(actor, given.drop, given.reason)
    context.say(_("The held delivery {number} is dropped.").format(number=given.drop))
    return DONE


class _Stopped(Exception):
    """A signal came; what has been read of the line is left."""


class _Teller:
    """Tells wrong lines, progress on a terminal, and the sum."""

    def __init__(self, context: CommandContext, told: str = "") -> None:
        self._context = context
        self._told = told or _("line {number}: {reason}")
        self._shows_progress = context.err.isatty()
        self.counts = {"created": 0, "updated": 0, "unchanged": 0, "failed": 0}

    def report(self, result: "LineResult") -> None:
        """Count a line, tell it where it failed."""
        self.counts[result.outcome.value] += 1
        if result.reason:
            self._erase()
            self._context.say(self._told.format(number=result.number, reason=result.reason))
        elif self._shows_progress and sum(self.counts.values()) % _PROGRESS_EVERY == 0:
            lines = _("{count} lines").format(count=f"{sum(self.counts.values()):,}")
            self._context.err.write(f"\r{lines}")
            self._context.err.flush()

    def sum_up(self) -> None:
        """Tell how many lines came to what."""
        self._erase()
        self._context.say(
            _("{created} new, {updated} updated, {unchanged} unchanged, {failed} failed").format(
                **{name: f"{count:,}" for name, count in self.counts.items()}
            )
        )

    def _erase(self) -> None:
        if self._shows_progress and sum(self.counts.values()) >= _PROGRESS_EVERY:
            self._context.err.write("\r")


def _open(file: str) -> int:
    if file == "-":
        return 0
    try:
        return os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise InvalidInput(
            _("{file} cannot be read: {reason}.").format(
                file=replace_forbidden(file), reason=reason
            )
        ) from None


async def _blocks(descriptor: int, stop: asyncio.Event) -> AsyncIterator[bytes]:
    """What comes from the descriptor, as it comes. Raises _Stopped, also while it waits for a pipe."""
    loop = asyncio.get_running_loop()
    while True:
        ready = loop.create_future()
        try:
            loop.add_reader(descriptor, _comes, ready)
        except PermissionError:  # a regular file is always ready
            pass
        else:
            stopped = asyncio.ensure_future(stop.wait())
            try:
                await asyncio.wait((ready, stopped), return_when=asyncio.FIRST_COMPLETED)
            finally:
                loop.remove_reader(descriptor)
                stopped.cancel()
        if stop.is_set():
            raise _Stopped
        block = os.read(descriptor, _BLOCK)
        if not block:
            return
        yield block


def _comes(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)
