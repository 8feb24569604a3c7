"""Recipients as cells of the list. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.recipients.dto import RecipientRow, SortColumn
from core.recipients.rules import STATUS_WORDS, Status
from core.values import phone
from core.values.i18n import N_, _
from core.values.settings import Settings
from core.values.stored import unreadable_word
from core.values.times import show as show_time
from core.values.times import zone_of
from tui.widgets.paged_table_cells import MORE, Column, TableRow

SIGN = "sign"
# what the last connected call was, by the marks that calls have in the details
_SIGNS = {"emergency": "!!", "negative": "!"}
_SIGN_STYLES = {"emergency": "error", "negative": "warning"}
# cells, on a wide screen
_WIDE = {SortColumn.NAME: 18, SortColumn.ORGANIZATION: 24, SortColumn.STATUS: 26}
_STATUS_STYLES = {
    Status.PAUSED: "warning",
    Status.IN_PROGRESS: "good",
    Status.ENDED: "muted",
    Status.NONE: "muted",
}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list: its label, its width in cells, and how a recipient's cell reads."""

    sort: SortColumn
    label: str
    width: int
    cell: Callable[[RecipientRow, "CellFormat"], str]
    right: bool = False


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


def percent(rate: float | None) -> str:
    """``0.5`` as ``50%``; a dash for none."""
    return "-" if rate is None else unreadable_word(rate) or f"{rate:.0%}"


def duration(seconds: float | None) -> str:
    """Seconds as ``m:ss``; a dash for none."""
    if seconds is None:
        return "-"
    if word := unreadable_word(seconds):
        return word
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def status(value: Status) -> str:
    """The word of a status."""
    return _(STATUS_WORDS[value])


def pause(row: RecipientRow, form: CellFormat) -> str:
    """The status; of a pause its end and its reason, where they are given."""
    end = form.time(row.resumes_at, row.timezone)[:10]
    until = _("until {day}").format(day=end) if end else ""
    return MORE.join(part for part in (status(row.status), until, row.pause_reason) if part)


def length(value: float | None) -> str:
    """So many characters; a dash for none."""
    return "-" if value is None else unreadable_word(value) or f"{value:.1f}"


COLUMNS: tuple[ListColumn, ...] = (
    ListColumn(SortColumn.NAME, N_("Recipient name"), 14, lambda row, _f: row.name),
    ListColumn(SortColumn.PHONE, N_("Phone number"), 13, lambda row, f: f.phone(row.phone)),
    ListColumn(SortColumn.ORGANIZATION, N_("Organization"), 17, lambda row, _f: row.organization),
    ListColumn(SortColumn.STATUS, N_("Status"), 11, pause),
    ListColumn(SortColumn.CAMPAIGN, N_("Campaign"), 16, lambda row, _f: row.campaign),
    ListColumn(
        SortColumn.LAST_CALL_AT,
        N_("Last call at"),
        16,
        lambda row, f: f.time(row.last_call_at, row.timezone) or "-",
    ),
    ListColumn(
        SortColumn.TOTAL_CALLS,
        N_("Total calls"),
        11,
        lambda row, _f: unreadable_word(row.total_calls) or str(row.total_calls),
        right=True,
    ),
    ListColumn(
        SortColumn.CONNECTION_RATE,
        N_("Connection rate"),
        15,
        lambda row, _f: percent(row.connection_rate),
        right=True,
    ),
    ListColumn(
        SortColumn.COMPLETION_RATE,
        N_("Completion rate"),
        15,
        lambda row, _f: percent(row.completion_rate),
        right=True,
    ),
    ListColumn(
        SortColumn.ANSWER_LENGTH,
        N_("Answer length"),
        13,
        lambda row, _f: length(row.answer_length),
        right=True,
    ),
    ListColumn(
        SortColumn.CALL_DURATION,
        N_("Duration"),
        8,
        lambda row, _f: duration(row.call_duration),
        right=True,
    ),
    ListColumn(
        SortColumn.REGISTERED_AT,
        N_("Registered at"),
        16,
        lambda row, f: f.time(row.registered_at, row.timezone),
    ),
    ListColumn(
        SortColumn.OTHER_INFORMATION,
        N_("Other information"),
        30,
        lambda row, _f: row.other_information,
    ),
)
BY_SORT = {column.sort: column for column in COLUMNS}


def chosen(names: Iterable[str] | None) -> tuple[ListColumn, ...]:
    """The columns with these names, in the order of the list; all where none is named. The name always stays."""
    wanted = set(names or ())
    if not wanted:
        return COLUMNS
    return tuple(
        column for column in COLUMNS if column.sort in wanted or column.sort is SortColumn.NAME
    )


def table_columns(columns: Iterable[ListColumn]) -> list[Column]:
    """The columns as the table knows them, a sign before them; the name stays in place when the others scroll."""
    return [
        Column(SIGN, "", 2, frozen=True),
        *(
            Column(
                column.sort,
                _(column.label),
                column.width,
                "right" if column.right else "left",
                frozen=column.sort is SortColumn.NAME,
                wide=_WIDE.get(column.sort, 0),
                brief=column.sort is SortColumn.STATUS,
            )
            for column in columns
        ),
    ]


def table_row(row: RecipientRow, columns: Iterable[ListColumn], form: CellFormat) -> TableRow:
    """A recipient as a row of the table."""
    columns = tuple(columns)
    return TableRow(
        row.id,
        (_SIGNS.get(row.last_analysis or "", ""), *(column.cell(row, form) for column in columns)),
        (
            _SIGN_STYLES.get(row.last_analysis or "", ""),
            *(
                _STATUS_STYLES.get(row.status, "") if column.sort is SortColumn.STATUS else ""
                for column in columns
            ),
        ),
        row,
    )
