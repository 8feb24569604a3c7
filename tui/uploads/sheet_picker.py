"""Which sheet of a workbook is read."""

from core.values.i18n import N_
from tui.forms.picker import Picker
from tui.uploads.asked import matching


class SheetPicker(Picker[str]):
    """Dismissed with the name of a sheet."""

    title_words = N_("Sheet")

    def __init__(self, sheets: tuple[str, ...]) -> None:
        super().__init__()
        self._sheets = sheets

    def narrow(self, typed: str) -> None:
        """Offer the sheets with this in their name."""
        found = matching(self._sheets, typed)
        self.choices.offer((str(self._sheets.index(name)), name) for name in found)

    async def take(self) -> None:
        """Read this one."""
        if (chosen := self.choices.chosen) is not None:
            self.dismiss(self._sheets[int(chosen)])

    async def go_back(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)
