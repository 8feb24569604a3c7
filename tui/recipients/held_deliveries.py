"""How many deliveries of the calling system are held, in the heading of the list; for system admins."""

from typing import TYPE_CHECKING

from textual.widgets import Static

from core.values.i18n import _, ngettext
from tui.text import shown

if TYPE_CHECKING:
    from core.calls.held_dto import HeldSummary


class HeldDeliveries(Static):
    """``! 2 deliveries held``, or nothing; rings once when one comes."""

    def __init__(self) -> None:
        super().__init__("", id="held")
        self._newest: int | None = None

    def show_summary(self, summary: "HeldSummary") -> None:
        """Show it; whatever came before the first look has rung for others already."""
        if self._newest is not None and summary.newest > self._newest:
            self.app.bell()
        self._newest = max(self._newest or 0, summary.newest)
        self.update(shown(held_text(summary)))


def held_text(summary: "HeldSummary") -> str:
    """What the heading says of it."""
    if not summary.count:
        return ""
    held = ngettext("! {count} delivery held", "! {count} deliveries held", summary.count)
    held = held.format(count=f"{summary.count:,}")
    if summary.emergencies:
        return _("{held} ({count} emergency)").format(held=held, count=f"{summary.emergencies:,}")
    return held
