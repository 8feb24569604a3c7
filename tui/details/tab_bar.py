"""The tabs of a screen with their keys and counts; the active one is reversed."""

from collections.abc import Mapping

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from core.values.i18n import N_, _

TABS = {
    "calls": N_("Calls"),
    "memory": N_("Memory details"),
    "followup": N_("Follow-up action"),
    "memo": N_("Memo"),
    "contacts": N_("Contacts"),
    "history": N_("History"),
}
_SHORT = {"memory": N_("Memory"), "followup": N_("Action")}


class TabBar(Static):
    """One line; keys are pressed, so it takes no focus. ``labels`` are the tabs by their names."""

    def __init__(self, labels: Mapping[str, str] = TABS) -> None:
        super().__init__("", id="tabs")
        self._labels = labels
        self._active = ""
        self._counts: Mapping[str, int] = {}

    def show(self, active: str, counts: Mapping[str, int]) -> None:
        """Show which tab is active, and how much is in each."""
        self._active, self._counts = active, counts
        self._write()

    @property
    def told(self) -> str:
        """The active tab, then the others, as a sentence."""
        names = sorted(self._labels, key=lambda name: name != self._active)
        counted = (f"{_(self._labels[one])} {self._counts.get(one) or ''}".strip() for one in names)
        return ", ".join(counted)

    def on_resize(self) -> None:
        """Where there is too little room for all words, the shorter ones are shown."""
        self._write()

    def _write(self) -> None:
        texts = self._texts(self._labels)
        if sum(map(cell_len, texts)) > self.size.width:
            texts = [one.removeprefix(" ") for one in self._texts({**self._labels, **_SHORT})]
        styles = ("bold reverse" if name == self._active else "" for name in self._labels)
        self.update(Content.assemble(*zip(texts, styles, strict=True)))

    def _texts(self, labels: Mapping[str, str]) -> list[str]:
        found = []
        for number, name in enumerate(self._labels, 1):
            is_active, count = name == self._active, self._counts.get(name)
            label = _((self._labels if is_active else labels)[name])
            words = f"{number} {label} {count}" if count else f"{number} {label}"
            found.append(f"[{words}]" if is_active else f" {words} ")
        return found
