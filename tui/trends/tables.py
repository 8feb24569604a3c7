"""Trends as cells and lines, for screens and commands. Pure."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from rich.cells import cell_len

from core.trends.dto import Trend, Week
from core.trends.rules import LEAST, MEASURE_WORDS, Measure, Sums, percent_of, signed, words
from core.values.i18n import N_, _, ngettext
from tui.format import duration, length, percent
from tui.text import fit
from tui.widgets.paged_table_cells import aligned

_BLOCKS = "▁▂▃▄▅▆▇█"
_NONE = "."
_RATES = (Measure.CONNECTED, Measure.COMPLETED, Measure.NORMAL)
_WEEK_HEADERS = (
    N_("Week from"), N_("Calls"), N_("Connected"), N_("Completed"), N_("Answers"), N_("Duration"), N_("Normal"),
)  # fmt: skip
_OVERVIEW_HEADERS = (
    N_("Week from"), N_("Calls"), N_("Connected"), N_("Emergencies"), N_("Open tasks"), N_("Calls a week"),
)  # fmt: skip
_BAR = 12  # cells


def shown(measure: Measure, sums: Sums) -> str:
    """The measure as it reads; a dash for none."""
    value = sums.value(measure)
    if measure is Measure.ANSWERS:
        return length(value)
    return duration(value) if measure is Measure.DURATION else percent(value)


def blocks(measure: Measure, weeks: Sequence[Week]) -> str:
    """A block for each week, as high as the measure; a point where there is none."""
    values = [week.sums.value(measure) for week in weeks]
    top = 1.0 if measure in _RATES else max((value or 0 for value in values), default=0)
    return "".join(_NONE if value is None else _block(value, top or 1.0) for value in values)


def _block(value: float, top: float) -> str:
    return _BLOCKS[min(int(value / top * len(_BLOCKS)), len(_BLOCKS) - 1)]


def bar(value: int, most: int) -> str:
    """A bar as long as the number, beside the largest one."""
    return "█" * max(round(value / most * _BAR), 1) if value else ""


def headline(trend: Trend) -> str:
    """What has changed, and of how many calls that is told."""
    recent, before = trend.recent.calls, trend.before.calls
    calls = ngettext(
        "{count} call in 4 weeks, {before} before",
        "{count} calls in 4 weeks, {before} before",
        recent,
    ).format(count=f"{recent:,}", before=f"{before:,}")
    if not any(week.sums.calls for week in trend.weeks):
        return _("There were no calls in the last 12 weeks.")
    if trend.change is None:
        return f"{calls}: " + _("too few to compare (at least {least} in each)").format(least=LEAST)
    return f"{calls}: {words(trend.change)}"


def summary(trend: Trend) -> list[str]:
    """A line for each measure: now, before, the change, and a block for each week. The blocks stand last, since
    some terminals give them two cells."""
    if not any(week.sums.calls for week in trend.weeks):
        return []
    weeks, before, change = _("4 weeks"), _("before"), _("change")
    heading = _line("", weeks, before, change, _("12 weeks"))
    return [heading, *(_of_measure(measure, trend) for measure in Measure)]


def _of_measure(measure: Measure, trend: Trend) -> str:
    found = percent_of(measure, trend.recent, trend.before)
    change = "-" if found is None else signed(found)
    return _line(
        _(MEASURE_WORDS[measure]),
        shown(measure, trend.recent),
        shown(measure, trend.before),
        change,
        blocks(measure, trend.weeks),
    )


def _line(label: str, recent: str, before: str, change: str, weeks: str) -> str:
    numbers = "".join(aligned(cell, 9, "right") for cell in (recent, before, change))
    return f"{fit(label, 16)}{numbers}   {weeks}"


class Table(Struct, frozen=True):
    """Cells as texts; the first and the last ``left`` columns are no numbers."""

    headers: list[str]
    rows: Sequence[tuple[str, ...]]
    left: int = 0

    def lines(self) -> str:
        """Aligned, numbers at their ends."""
        columns = list(zip(self.headers, *self.rows, strict=True))
        widths = [max(map(cell_len, column)) for column in columns]
        last = len(columns) - self.left
        return "\n".join(
            "  ".join(
                aligned(cell, width, "right" if 0 < at < last else "left")
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in (self.headers, *self.rows)
        )


def by_week(trend: Trend) -> Table:
    """A row for each of a recipient's weeks, the latest first."""
    rows = [
        (
            _day(week.first),
            f"{week.sums.calls:,}",
            *(shown(measure, week.sums) for measure in Measure),
        )
        for week in reversed(trend.weeks)
    ]
    return Table([_(header) for header in _WEEK_HEADERS], rows)


def overview(trend: Trend) -> Table:
    """A row for each of an organization's weeks, the latest first."""
    most = max((week.sums.calls for week in trend.weeks), default=0)
    rows = [
        (
            _day(week.first),
            f"{week.sums.calls:,}",
            shown(Measure.CONNECTED, week.sums),
            f"{week.sums.emergencies:,}",
            f"{week.open_tasks or 0:,}",
            bar(week.sums.calls, most),
        )
        for week in reversed(trend.weeks)
    ]
    return Table([_(header) for header in _OVERVIEW_HEADERS], rows, left=1)


def _day(day: date) -> str:
    return day.isoformat()
