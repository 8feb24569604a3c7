"""What would become of each row of a file: looked at before anything is saved."""

from core.uploads.dto import UploadResult
from core.values.i18n import N_, _
from tui.uploads.asked import HowToRead, SaveIt
from tui.uploads.results_view import ResultsView


class PreviewView(ResultsView):
    """Dismissed with what is to be done next: saved as it is, or read in another way; None for nothing."""

    title_words = N_("Check of an upload")

    def __init__(self, checked: UploadResult, how: HowToRead) -> None:
        super().__init__(checked)
        self.checked = checked
        self.how = how

    def why_not_save(self) -> str | None:
        """The reason why there is nothing to be saved, or None."""
        return None if self.checked.read else _("The sheet has no rows to save.")

    def why_no_columns(self) -> str | None:
        """The reason why no columns can be chosen, or None."""
        return None if self.checked.layout.columns else _("The file has no columns to choose from.")

    def why_no_sheets(self) -> str | None:
        """The reason why no other sheet can be chosen, or None."""
        return None if len(self.checked.layout.sheets) > 1 else _("The file has one sheet only.")

    def save_it(self) -> None:
        """Save exactly this."""
        self.dismiss(SaveIt())
