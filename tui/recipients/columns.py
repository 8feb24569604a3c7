"""Recipients as cells of the list. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.recipients import texts
from core.recipients.dto import RecipientRow
from core.recipients.fields import LISTED, METRICS, NUMBERS, Field, FieldName, Kind
from core.recipients.rules import Status
from core.recipients.texts import status, text_of
from core.values import phone
from core.values.i18n import _
from core.values.settings import Settings
from core.values.times import show as show_time
from core.values.times import zone_of
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
_DASHED = METRICS | {Kind.TIME}


@dataclass(frozen=True, slots=True)
class CellFormat:
    """What formatting depends on besides the recipient."""

    region: str
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: Settings) -> "CellFormat":
        """As the settings say."""
        return cls(settings.region, settings.zone)

    def time(self, moment: datetime | None, timezone: str | None) -> str:
        """A time in the organization's zone, else the settings'."""
        return show_time(moment, zone_of(timezone, self.zone))

    def phone(self, e164: str) -> str:
        """A number in national form for the home region; the core has hidden what the role does not see."""
        return phone.show(e164, self.region)


def cell(field: Field, row: RecipientRow, form: CellFormat, zone: ZoneInfo) -> str:
    """A field of a recipient as a cell; a dash for a time or a number that is none."""
    if field.kind is Kind.STATUS:
        return pause(row, form)
    return text_of(field, row, form.region, zone) or ("-" if field.kind in _DASHED else "")


def percent(rate: float | None) -> str:
    """``0.5`` as ``50%``; a dash for none."""
    return texts.percent(rate) or "-"


def duration(seconds: float | None) -> str:
    """Seconds as ``m:ss``; a dash for none."""
    return texts.duration(seconds) or "-"


def pause(row: RecipientRow, form: CellFormat) -> str:
    """The status; of a pause its end and its reason, where they are given."""
    end = form.time(row.resumes_at, row.timezone)[:10]
    until = _("until {day}").format(day=end) if end else ""
    return MORE.join(part for part in (status(row.status), until, row.pause_reason) if part)


def length(value: float | None) -> str:
    """So many characters; a dash for none."""
    return texts.length(value) or "-"


def chosen(names: Iterable[str] | None) -> tuple[Field, ...]:
    """The fields with these names, in the order of the list; all where none is named. The name always stays."""
    wanted = set(names or ())
    if not wanted:
        return LISTED
    return tuple(field for field in LISTED if field.name in wanted or field.name is FieldName.NAME)


def table_columns(fields: Iterable[Field]) -> list[Column]:
    """The fields as the table knows them, a sign before them; the name stays in place when the others scroll."""
    return [
        Column(SIGN, "", 2, frozen=True),
        *(
            Column(
                field.name,
                _(field.heading),
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
