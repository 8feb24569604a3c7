"""What is told of the rows that are nobody."""

from core.uploads.sheet import tables
from core.values.i18n import _

_TOLD = 5  # tables in a note


class Passed:
    """The rows that are nobody, and why they were passed over."""

    def __init__(self) -> None:
        self.rows = {kind: tables.Rows() for kind in tables.Nobody}
        self.repeated, self.elsewhere = tables.Rows(), tables.Rows()
        self.forms, self.prefilled = tables.Rows(), tables.Rows()
        self.tables: list[tuple[int, int, str]] = []
        self.second: list[tuple[int, str]] = []

    def notes(self) -> list[str]:
        """What is told of them."""
        told = [
            words.format(rows=str(rows))
            for rows, words in (
                (self.rows[tables.Nobody.TOTAL], _("Totals are no recipients: row {rows}.")),
                (self.rows[tables.Nobody.NOTE], _("Notes are no recipients: row {rows}.")),
                (self.repeated, _("Headers that stand there again are no rows: row {rows}.")),
                (self.forms, _("Only formulas without a name and a number: row {rows}.")),
                (self.prefilled, _("Only an organization or tags, and nobody: row {rows}.")),
                (
                    self.elsewhere,
                    _(
                        "Not read, since nothing stands below the headers that are known: row {rows}."
                    ),
                ),
            )
            if rows
        ]
        told += [
            _("Rows {first} to {last} are another table ({headers}), which was not read.").format(
                first=first, last=last, headers=found
            )
            for first, last, found in self.tables[:_TOLD]
        ]
        told += [
            _("Row {row} has headers of another table; the rows below were read by them.").format(
                row=row
            )
            for row, _unknown in self.second[:_TOLD]
        ]
        told += [
            _("Not known in the table below row {row}, so not read: {columns}.").format(
                row=row, columns=unknown
            )
            for row, unknown in self.second[:_TOLD]
            if unknown
        ]
        return told
