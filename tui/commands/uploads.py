"""``carecall uploads list|show|failed|correct|undo``: what was taken in so far, and what became of its rows."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.recipients.fields import GUARDIAN, TEXTS
from core.recipients.rules import RecipientDraft
from core.uploads.dto import Guardian, ResultFilter, ResultRow, RowResult, UploadSummary
from core.values.errors import ActionBlocked, NotFound
from core.values.i18n import _, ngettext
from tui.commands import given as arguments
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import (
    Parser,
    add_command,
    add_file,
    change_as_json,
    number,
    rows_as_json,
)
from tui.commands.printing import headings, parts_of, print_change, print_rows
from tui.commands.streams import output, told_job

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


class Undone(Struct, frozen=True):
    """How many left, and how many stay, since somebody has changed them, with the names of a few."""

    upload: int
    deleted: int
    kept: int
    kept_names: Sequence[str]


def add_arguments(parser: Parser) -> None:
    """The five actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(actions, "list", _("list the uploads, the newest first"), over_ssh=True)
    arguments.add_limit(listing)
    rows_as_json(listing, UploadSummary)
    show = _of_upload(actions, "show", _("list the rows of an upload, and what became of each"))
    show.add_argument("--failed", action="store_true", help=_("only those that failed"))
    show.add_argument("--search", metavar=_("TEXT"), default="", help=_("only those that have it"))
    rows_as_json(show, ResultRow)
    failed = _of_upload(
        actions, "failed", _("write the failed rows to a workbook, to be corrected and uploaded")
    )
    add_file(failed, "file", metavar=_("FILE"), help=_("a new file; - writes to standard output"))
    correct = _of_upload(actions, "correct", _("save a failed row as it should be"))
    correct.add_argument("row", metavar=_("ROW"), type=number(1), help=_("its number in the sheet"))
    for field in (*TEXTS, *GUARDIAN):
        correct.add_argument(
            f"--{field.name.value.replace('_', '-')}", metavar=_("TEXT"), help=field.label
        )
    arguments.add_organization(correct, _("the responsible one"))
    change_as_json(correct, ResultRow)
    undo = _of_upload(actions, "undo", _("delete what an upload created and nobody has changed"))
    change_as_json(undo, Undone)


def _of_upload(actions: Any, name: str, words: str) -> Parser:
    made = add_command(actions, name, words, over_ssh=True)
    made.add_argument("upload", metavar=_("UPLOAD"), type=number(1), help=_("its ID"))
    return made


async def run(context: CommandContext) -> int:
    """Do the action."""
    async with context.signed_in() as (services, actor):
        return await _DO[context.arguments.action](context, services, actor) or DONE


async def _list(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.format import CellFormat
    from tui.uploads.columns import UPLOADS, upload_row

    async def read(start: int | None, limit: int) -> tuple[Sequence[UploadSummary], int | None]:
        page = await services.uploads.uploads(actor, start=start or 0, limit=limit)
        return page, (start or 0) + limit if len(page) == limit else None

    found = parts_of(read, context.arguments.limit)
    rows = [row async for part in found for row in part]
    form = CellFormat.of(context.settings)
    headers = [_("ID"), *headings(UPLOADS)]
    cells = [(str(row.id), *upload_row(row, form).cells) for row in rows]
    print_rows(context, rows, headers, cells, _("Nothing was uploaded yet."))


async def _show(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.format import CellFormat
    from tui.uploads.columns import RESULTS, counts_text, result_row

    given = context.arguments
    upload = await services.uploads.get(actor, given.upload)
    wanted = ResultFilter(failed_only=given.failed, search=given.search)
    found = services.uploads.all_results(actor, given.upload, wanted)
    if given.json:
        async for row in found:
            context.write_rows([row])
        return
    rows = [row async for row in found]
    form = CellFormat.of(context.settings)
    cells = [result_row(row, form).cells for row in rows]
    print_rows(context, rows, headings(RESULTS), cells, _("No row matches."))
    context.say(f"{upload.file_name}: {counts_text(upload)}")
    for note in upload.notes:
        context.say(note)


async def _failed(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    with output(context, given.file) as file:
        count = await services.uploads.write_results(actor, given.upload, file, failed_only=True)
    if given.file != "-":
        words = ngettext(
            "{count} row was written to {file}.", "{count} rows were written to {file}.", count
        )
        context.say(words.format(count=f"{count:,}", file=given.file))


async def _correct(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    row = await _row(services, actor, given.upload, given.row)
    if row.result is not RowResult.FAILED:
        raise ActionBlocked(
            _("This row has not failed; edit its recipient instead."),
            _("With: carecall recipient edit {id}").format(id=row.recipient_id),
        )
    values = vars(given)
    texts, whom = (
        {
            name: getattr(row, name) if values[name] is None else values[name]
            for name in (field.name.value for field in fields)
        }
        for fields in (TEXTS, GUARDIAN)
    )
    draft = RecipientDraft(**texts, organization_id=await _responsible(services, actor, given, row))
    guardian = Guardian(whom["guardian"], whom["guardian_phone"])
    saved = await services.uploads.correct_row(actor, given.upload, given.row, draft, guardian)
    told = _("Row {row} was saved: {name}.").format(row=saved.row, name=saved.name)
    print_change(context, saved, told)


async def _responsible(
    services: "Services", actor: "Actor", given: argparse.Namespace, row: ResultRow
) -> int | None:
    """The one that is given, else that of the row or of its upload; admins of an organization have their own."""
    if not actor.sees_all:
        return None
    whole = (await services.uploads.get(actor, given.upload)).organization
    if not (name := given.organization or row.organization or whole):
        return None
    return (await services.organizations.by_name(actor, name)).id


async def _row(services: "Services", actor: "Actor", upload: int, number: int) -> ResultRow:
    async for row in services.uploads.all_results(actor, upload, ResultFilter(failed_only=False)):
        if row.row == number:
            return row
    raise NotFound(_("This row does not exist (any more)."))


async def _undo(context: CommandContext, services: "Services", actor: "Actor") -> int:
    upload_id = context.arguments.upload
    with told_job(context) as job:
        result = await services.uploads.undo(actor, upload_id, job)
    told = ngettext(
        "The upload was undone: {count} recipient was deleted.",
        "The upload was undone: {count} recipients were deleted.",
        result.left,
    ).format(count=f"{result.left:,}")
    if result.kept:
        more = ", …" if result.kept_count > len(result.kept) else ""
        names = ", ".join(result.kept) + more
        told += " " + _("Changed since, so they stay: {names}.").format(names=names)
    print_change(context, Undone(upload_id, result.left, result.kept_count, result.kept), told)
    if result.done.stopped is not None:
        raise result.done.stopped
    return SOME_FAILED if result.kept_count else DONE


_DO = {"list": _list, "show": _show, "failed": _failed, "correct": _correct, "undo": _undo}
