"""Recipients as cells of the list. Pure."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from core.recipients.dto import RecipientRow
from core.recipients.fields import BY_NAME, LISTED, MAY_BE_NONE, NUMBERS, Field, FieldName, Kind
from core.recipients.rules import Status
from core.recipients.texts import status, text_of
from core.values.i18n import _
from core.values.times import zone_of
from tui.format import CellFormat
from tui.widgets.paged_table_cells import MORE, Column, TableRow

SIGN = "sign"
# what the last connected call was, by the marks that calls have in the details
_SIGNS = {"emergency": "!!", "negative": "!"}
_SIGN_STYLES = {"emergency": "error", "negative": "warning"}
_STATUS_STYLES = {
    Status.PAUSED: "warning",
    Status.IN_PROGRESS: "good",
    Status.ENDED: "muted",
    Status.NONE: "muted",
}


def cell(field: Field, row: RecipientRow, form: CellFormat, zone: ZoneInfo) -> str:
    """A field of a recipient as a cell; a dash for a time or a number that is none."""
    if field.kind is Kind.STATUS:
        return pause(row, form)
    return text_of(field, row, form.region, zone) or ("-" if field.kind in MAY_BE_NONE else "")


def pause(row: RecipientRow, form: CellFormat) -> str:
    """The status; of a pause its end and its reason, where they are given."""
    end = form.time(row.resumes_at, row.timezone)[:10]
    until = _("until {day}").format(day=end) if end else ""
    return MORE.join(part for part in (status(row.status), until, row.pause_reason) if part)


def chosen(names: Iterable[str] | None) -> tuple[Field, ...]:
    """The fields with these names, in the order of the list; all where none is named. The name always stays."""
    wanted = set(names or ())
    if not wanted:
        return LISTED
    return tuple(field for field in LISTED if field.name in wanted or field.name is FieldName.NAME)


def listed(names: Iterable[str] | None, sort: FieldName) -> tuple[Field, ...]:
    """The same; the one that the list is sorted by stands beside the name, to be seen at any width.

    By registration it is sorted where nobody asks for another order, and that is told above the list.
    """
    fields = chosen(names)
    if sort in (FieldName.NAME, FieldName.REGISTERED_AT):
        return fields
    return (BY_NAME[sort], *(field for field in fields if field.name is not sort))


def table_columns(fields: Iterable[Field]) -> list[Column]:
    """The fields as the table knows them, a sign before them; the name stays in place when the others scroll."""
    return [
        Column(SIGN, "", 2, frozen=True),
        *(
            Column(
                field.name,
                field.heading,
                field.width,
                "right" if field.kind in NUMBERS else "left",
                frozen=field.name is FieldName.NAME,
                wide=field.wide,
                brief=field.kind is Kind.STATUS,
            )
            for field in fields
        ),
    ]


def table_row(row: RecipientRow, fields: Iterable[Field], form: CellFormat) -> TableRow:
    """A recipient as a row of the table."""
    fields = tuple(fields)
    zone = zone_of(row.timezone, form.zone)
    return TableRow(
        row.id,
        (
            _SIGNS.get(row.last_analysis or "", ""),
            *(cell(field, row, form, zone) for field in fields),
        ),
        (
            _SIGN_STYLES.get(row.last_analysis or "", ""),
            *(
                _STATUS_STYLES.get(row.status, "") if field.kind is Kind.STATUS else ""
                for field in fields
            ),
        ),
        row,
    )
