"""The reference: a bare Textual app with a DataTable of so many rows (100, or the first argument).

``m`` opens a modal as Textual makes it, with the fields of the console's form; escape closes it.
"""

import sys

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, DataTable, Input, Label

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100


class BareModal(ModalScreen[None]):
    """Four fields and two buttons, as they come."""

    CSS = "BareModal { align: center middle; } Vertical { width: 60; height: auto; background: $surface; }"
    BINDINGS = [("escape", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        """The fields."""
        with Vertical():
            for name in (
                "Recipient name",
                "Mobile phone number",
                "Other information",
                "Organization",
            ):
                yield Label(name)
                yield Input()
            yield Button("Save")
            yield Button("Cancel")


class BareTable(App[None]):
    """Nothing but the table."""

    BINDINGS = [("m", "modal", "Modal")]

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

    def action_modal(self) -> None:
        """Open the modal."""
        self.push_screen(BareModal())


if __name__ == "__main__":
    BareTable().run()
