"""Pairs as cells, and two recipients side by side. Pure."""

from core.duplicates.dto import Pair, Side
from core.duplicates.rules import REASON_WORDS
from core.recipients.texts import status
from core.values.i18n import N_, _
from tui.format import CellFormat
from tui.recipients.restored_words import USUAL, counted
from tui.widgets.paged_table_cells import Column, TableRow

_INDENT = " " * 6  # as far as the words of an option
COLUMNS = (
    Column("first", N_("Recipient name"), 12, frozen=True),
    Column("phone", N_("Phone number"), 13),
    Column("second", N_("and"), 12),
    Column("phone2", N_("Phone number"), 13),
    Column("why", N_("Why"), 24),
    Column("organizations", N_("Organization"), 24),
)


def table_row(pair: Pair, form: CellFormat) -> TableRow:
    """A pair as a row of the table."""
    bodies = dict.fromkeys((pair.first.organization, pair.second.organization))
    cells = (
        pair.first.name,
        form.phone(pair.first.phone),
        pair.second.name,
        form.phone(pair.second.phone),
        " · ".join(_(REASON_WORDS[reason]) for reason in pair.reasons),
        " · ".join(bodies),
    )
    return TableRow(pair.key, cells, (), pair)


def told(side: Side, form: CellFormat) -> str:
    """Who it is, and below that how much there is of it: no line breaks within a number."""
    row = side.row
    counts = (counted(table, side.holds.count(table)) for table in USUAL)
    who = (row.organization, status(row.status), form.time(row.registered_at, row.timezone)[:10])
    return " · ".join(who) + f"\n{_INDENT}" + " · ".join(counts)
