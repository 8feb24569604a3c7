"""Rows of an upload, and uploads, as cells. Pure."""

from core.uploads.dto import RESULT_WORDS, ResultRow, RowResult, UploadResult, UploadSummary
from core.values import phone
from core.values.errors import InvalidInput
from core.values.i18n import N_, _, ngettext
from tui.format import CellFormat
from tui.widgets.paged_table_cells import Column, TableRow

_STYLES = {RowResult.FAILED: "error", RowResult.CREATED: "good", RowResult.UNCHANGED: "muted"}
_RESULT_COLUMNS = (
    ("row", N_("Row"), 6, "right"),
    ("result", N_("Result"), 9, "left"),
    ("name", N_("Recipient name"), 14, "left"),
    ("phone", N_("Phone number"), 16, "left"),
    ("reasons", N_("Reasons and warnings"), 120, "left"),
)
_UPLOAD_COLUMNS = (
    ("when", N_("When"), 16, "left"),
    ("admin", N_("Admin"), 8, "left"),
    ("file", N_("File"), 20, "left"),
    ("read", N_("Read"), 6, "right"),
    ("created", N_("Created"), 7, "right"),
    ("failed", N_("Failed"), 6, "right"),
    ("unchanged", N_("Unchanged"), 9, "right"),
    ("undone", N_("Undone"), 16, "left"),
)


def result_columns() -> list[Column]:
    """The columns of the results."""
    return [Column(key, _(label), width, align) for key, label, width, align in _RESULT_COLUMNS]  # type: ignore[arg-type]


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


def upload_columns() -> list[Column]:
    """The columns of the uploads."""
    return [
        Column(key, _(label), width, align, wide=44 if key == "file" else 0)  # type: ignore[arg-type]
        for key, label, width, align in _UPLOAD_COLUMNS
    ]


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
