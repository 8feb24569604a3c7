"""The tabs of a screen with their keys and counts; the active one is reversed."""

from collections.abc import Mapping

from textual.content import Content
from textual.widgets import Static

from core.values.i18n import N_, _

TABS = {
    "calls": N_("Calls"),
    "memory": N_("Memory details"),
    "followup": N_("Follow-up action"),
    "memo": N_("Memo"),
    "contacts": N_("Contacts"),
}


class TabBar(Static):
    """One line; keys are pressed, so it takes no focus. ``labels`` are the tabs by their names."""

    def __init__(self, labels: Mapping[str, str] = TABS) -> None:
        super().__init__("", id="tabs")
        self._labels = labels

    def show(self, active: str, counts: Mapping[str, int]) -> None:
        """Show which tab is active, and how much is in each."""
        parts: list[str | tuple[str, str]] = []
        for number, (name, label) in enumerate(self._labels.items(), 1):
            count = f" {counts[name]}" if counts.get(name) else ""
            text = (
                f"[{number} {_(label)}{count}]"
                if name == active
                else f" {number} {_(label)}{count} "
            )
            parts.append((text, "bold reverse" if name == active else ""))
        self.update(Content.assemble(*parts))
