"""The reference: a bare Textual app with a DataTable of so many rows (100, or the first argument)."""

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100


class BareTable(App[None]):
    """Nothing but the table."""

    def compose(self) -> ComposeResult:
        """The table, filled."""
        table: DataTable[str] = DataTable(cursor_type="row")
        for name in (
            "Organization",
            "Recipient name",
            "Mobile phone number",
            "Registered at",
            "Status",
        ):
            table.add_column(name)
        for at in range(ROWS):
            table.add_row(
                "해운대구 복지관",
                f"김철수{at}",
                f"010-{at // 10_000:04}-{at % 10_000:04}",
                "2026-11-20",
                "none",
            )
        yield table


if __name__ == "__main__":
    BareTable().run()
