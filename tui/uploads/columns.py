"""Rows of an upload, and uploads, as cells. Pure."""

from core.uploads.dto import RESULT_WORDS, ResultRow, RowResult, UploadResult, UploadSummary
from core.values import phone
from core.values.errors import InvalidInput
from core.values.i18n import N_, _, ngettext
from tui.format import CellFormat
from tui.widgets.paged_table_cells import Column, TableRow

_STYLES = {RowResult.FAILED: "error", RowResult.CREATED: "good", RowResult.UNCHANGED: "muted"}
RESULTS = (
    Column("row", N_("Row"), 6, "right"),
    Column("result", N_("Result"), 9),
    Column("name", N_("Recipient name"), 14),
    Column("phone", N_("Phone number"), 16),
    Column("reasons", N_("Reasons and warnings"), 120),
)
UPLOADS = (
    Column("when", N_("When"), 16),
    Column("admin", N_("Admin"), 8),
    Column("file", N_("File"), 20, wide=44),
    Column("read", N_("Read"), 6, "right"),
    Column("created", N_("Created"), 7, "right"),
    Column("failed", N_("Failed"), 6, "right"),
    Column("unchanged", N_("Unchanged"), 9, "right"),
    Column("undone", N_("Undone"), 16),
)


def result_row(row: ResultRow, form: CellFormat) -> TableRow:
    """A row of the results."""
    words = " ".join((*row.reasons, *(_("Warning: {words}").format(words=w) for w in row.warnings)))
    number = row.phone if row.result is RowResult.FAILED else _number(row.phone, form)
    cells = (str(row.row), _(RESULT_WORDS[row.result]), row.name, number, words)
    return TableRow(row.row, cells, ("", _STYLES[row.result], "", "", ""), row)


def _number(number: str, form: CellFormat) -> str:
    try:
        return form.phone(phone.parse(number, form.region))
    except InvalidInput:
        return number


def upload_row(upload: UploadSummary, form: CellFormat) -> TableRow:
    """A row of the uploads."""
    cells = (
        form.time(upload.created_at, None),
        upload.admin,
        _("(undone) {file}").format(file=upload.file_name)
        if upload.undone_at
        else upload.file_name,
        f"{upload.read:,}",
        f"{upload.created:,}",
        f"{upload.failed:,}",
        f"{upload.unchanged:,}",
        form.time(upload.undone_at, None),
    )
    return TableRow(upload.id, cells, (), upload)


def counts_text(counted: UploadResult | UploadSummary) -> str:
    """``12 rows read: 5 created, 0 unchanged, 7 failed; 4 warnings``."""
    rows = ngettext("{count} row read", "{count} rows read", counted.read)
    warnings = ngettext("{count} warning", "{count} warnings", counted.warnings)
    return _(
        "{rows}: {created} created, {unchanged} unchanged, {failed} failed; {warnings}"
    ).format(
        rows=rows.format(count=f"{counted.read:,}"),
        created=f"{counted.created:,}",
        unchanged=f"{counted.unchanged:,}",
        failed=f"{counted.failed:,}",
        warnings=warnings.format(count=f"{counted.warnings:,}"),
    )
