"""Which sheet of a workbook is read."""

from core.values.i18n import N_
from tui.forms.picker import Picker


class SheetPicker(Picker[str]):
    """Dismissed with the name of a sheet."""

    title_words = N_("Sheet")

    def __init__(self, sheets: tuple[str, ...]) -> None:
        super().__init__()
        self._sheets = sheets

    def options(self) -> list[tuple[str, str]]:
        """The sheets, by their numbers: names may be alike."""
        return [(str(at), name) for at, name in enumerate(self._sheets)]

    async def take(self) -> None:
        """Read this one."""
        if (chosen := self.choices.chosen) is not None:
            self.dismiss(self._sheets[int(chosen)])
