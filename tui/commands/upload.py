"""``carecall upload``: takes a workbook in and tells what became of each row."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from msgspec import Struct

from core.io.cancelling import CancelledTooLate
from core.uploads.dto import (
    RESULT_WORDS,
    ResultFilter,
    ResultRow,
    RowResult,
    TakenInBefore,
    UploadResult,
)
from core.uploads.endings import ENDINGS
from core.uploads.protocol import Opening
from core.uploads.reader import opened_ahead
from core.uploads.workbook_file import Source, WorkbookFile, open_workbook, shown_name
from core.values.errors import CoreError, InvalidInput
from core.values.i18n import _
from core.values.message import plain
from tui.commands import given as arguments
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import Parser, add_file, object_as_json
from tui.commands.streams import access, output, read_input, told_job

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


def add_arguments(parser: Parser) -> None:
    """Which file, for whom, and how the results are told."""
    parser.over_ssh = True
    add_file(
        parser,
        "file",
        metavar=_("FILE"),
        help=_("a workbook or table ({endings}); - reads standard input").format(
            endings=", ".join(ENDINGS)
        ),
    )
    arguments.add_organization(parser, _("the organization of the whole upload"))
    parser.add_argument(
        "--sheet",
        metavar=_("NAME"),
        default="",
        help=_("the sheet to read; without it the first whose headers are known"),
    )
    parser.add_argument(
        "--map",
        metavar=_("HEADER=FIELD"),
        action="append",
        default=[],
        help=_(
            "read the column with this header (or letter) as this field, - for none; can be given several times"
        ),
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=_("only tell what would come of it; save nothing")
    )
    add_file(
        parser,
        "--results",
        metavar=_("FILE.xlsx"),
        help=_("write what became of each row to a new workbook"),
    )
    object_as_json(parser, Results, _("write the results as one JSON object"))


async def run(context: CommandContext) -> int:
    """Take it in; 1 where some rows failed."""
    work = _Work()
    try:
        return await _run(context, work)
    except (asyncio.CancelledError, CoreError) as error:
        if (
            context.signals.number
        ):  # whatever the work ends with: the signal has reached its reader as well
            saved = work.saved or isinstance(error, CancelledTooLate)
            context.say(
                _("It was saved before it could be cancelled.")
                if saved
                else _("Cancelled; nothing was saved.")
            )
        raise


class _Work(Struct):
    """How far a command has come, for whoever cancels it."""

    saved: bool = False


async def _run(context: CommandContext, work: _Work) -> int:
    given = context.arguments
    async with (
        _opened_ahead(context) as workbook,
        context.signed_in() as (services, actor),
    ):
        with contextlib.ExitStack() as files:
            # a name that cannot be written to is told before anything is saved
            target = files.enter_context(output(context, given.results)) if given.results else None
            source: Source
            if workbook is not None:
                source = workbook
            elif given.file == "-":
                source = await read_input(context, services.settings.upload.file_mib)
            else:
                source = files.enter_context(access(context).open(given.file))
            upload = _Upload(context, services, actor, source)
            result = await upload.save()
            work.saved = result.upload_id is not None
            if not given.json:
                for note in result.notes:
                    context.say(note)
            if target is not None:
                await upload.write_results(result, target)
        if given.json:
            await upload.tell_json(result)
        else:
            await upload.tell(result)
    return SOME_FAILED if result.failed else DONE


@contextlib.asynccontextmanager
async def _opened_ahead(context: CommandContext) -> AsyncIterator[WorkbookFile | None]:
    """The workbook, which is opened while the services are imported.

    None where it is not opened before it is known who acts, or cannot be: then the usual way says why.
    """
    given, limits = context.arguments, context.settings.upload
    files = access(context)
    async with contextlib.AsyncExitStack() as opened:
        workbook = None
        if given.file != "-" and not files.is_limited:
            with contextlib.suppress(InvalidInput):
                file = opened.enter_context(files.open(given.file))
                workbook = opened.enter_context(open_workbook(file, limits.file_mib))
        if workbook is not None:
            name = shown_name(Path(given.file).name)
            opening = Opening(limits, context.settings.language, given.sheet, name)
            await opened.enter_async_context(opened_ahead(workbook, opening))
        yield workbook


class _Upload:
    """One upload by one command."""

    def __init__(
        self,
        context: CommandContext,
        services: "Services",
        actor: "Actor",
        source: Source,
    ) -> None:
        self._context = context
        self._services = services
        self._actor = actor
        self._source = source

    async def save(self, *, again: bool = False) -> UploadResult:
        """The result. A file that was taken in before says so, and is taken again."""
        given = self._context.arguments
        try:
            with told_job(self._context) as job:
                return await self._services.uploads.upload(
                    self._actor,
                    self._source,
                    _("standard input") if given.file == "-" else Path(given.file).name,
                    organization=given.organization,
                    dry_run=given.dry_run,
                    again=again,
                    sheet=given.sheet,
                    mapping=_mapping(given.map),
                    job=job,
                )
        except TakenInBefore as before:
            self._context.say(before.what)
        return await self.save(again=True)

    async def _rows(
        self, result: UploadResult, wanted: ResultFilter | None = None
    ) -> AsyncIterator[ResultRow]:
        """Every row (of those saved, every one that is wanted), in the order of the sheet."""
        if result.upload_id is None:
            for row in sorted(result.rows, key=lambda row: row.row):
                yield row
            return
        async for row in self._services.uploads.all_results(self._actor, result.upload_id, wanted):
            yield row

    async def write_results(self, result: UploadResult, file: BinaryIO) -> None:
        """Write every row to a workbook."""
        uploads = self._services.uploads
        if result.upload_id is not None:
            await uploads.write_results(self._actor, result.upload_id, file, failed_only=False)
            return
        from core.uploads.workbooks import results_layout, results_texts
        from core.uploads.writer import SheetWriter

        organization = self._context.arguments.organization or ""
        async with SheetWriter(results_layout(self._context.settings.language)) as sheet:
            await sheet.append(
                [results_texts(row, organization) async for row in self._rows(result)]
            )
            await sheet.save(file)

    async def tell(self, result: UploadResult) -> None:
        """The numbers, and each row that failed or was read with a guess."""
        write = self._context.write
        write(
            _(
                "read {read}, created {created}, unchanged {unchanged}, failed {failed}, "
                "warnings {warnings}"
            ).format(**_counts(result))
            + "\n"
        )
        if result.upload_id is None:
            self._context.say(_("This was a check; nothing was saved."))
        if not (result.failed or result.warnings):
            return
        async for row in self._rows(result, ResultFilter(told_only=True)):
            if row.reasons or row.warnings:
                write(_row_line(row) + "\n")

    async def tell_json(self, result: UploadResult) -> None:
        """One JSON object, a row after the other."""
        import msgspec

        def encoded(value: Any) -> str:
            return msgspec.json.encode(value, enc_hook=plain).decode()

        write = self._context.write_json
        head = encoded({"upload": result.upload_id, **_counts(result), "notes": result.notes})
        write(head[:-1] + ',"rows":[')
        separator = ""
        async for row in self._rows(result):
            write(separator + encoded(_as_json(row)))
            separator = ","
        write("]}\n")


def _mapping(given: list[str]) -> dict[str, str]:
    """Which header is which field. Raises InvalidInput."""
    found = {}
    for pair in given:
        header, equals, field = pair.rpartition("=")
        if not (equals and header.strip() and field.strip()):
            raise InvalidInput(
                _("--map {given} names no header and field.").format(given=pair),
                _('Write it like --map "연락처2=phone".'),
            )
        found[header] = field
    return found


class RowTold(Struct, frozen=True):
    """What became of a row; ``row`` is its number in the sheet."""

    row: int
    result: RowResult
    recipient: int | None
    reasons: Sequence[str]
    warnings: Sequence[str]


class Results(Struct, frozen=True):
    """What became of a file; ``upload`` is null where nothing was saved."""

    upload: int | None
    read: int
    created: int
    unchanged: int
    failed: int
    warnings: int
    notes: Sequence[str]
    rows: Sequence[RowTold]


def _counts(result: UploadResult) -> dict[str, int]:
    return {
        "read": result.read,
        "created": result.created,
        "unchanged": result.unchanged,
        "failed": result.failed,
        "warnings": result.warnings,
    }


def _as_json(row: ResultRow) -> RowTold:
    return RowTold(row.row, row.result, row.recipient_id, row.reasons, row.warnings)


def _row_line(row: ResultRow) -> str:
    words = _("row {row}: {result}").format(row=row.row, result=_(RESULT_WORDS[row.result]))
    if row.reasons:
        words += ": " + " ".join(row.reasons)
    if row.warnings:
        words += " " + _("(warning: {warnings})").format(warnings=" ".join(row.warnings))
    return words
