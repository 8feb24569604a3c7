"""What the list's keys ``u``, ``U`` and ``w`` do: take a file in, show the uploads made, write the list out."""

from typing import TYPE_CHECKING

from core.files import file_access
from core.values.errors import CoreError
from core.values.i18n import _, ngettext
from tui.base import ConsoleActions
from tui.forms.actions import TAKE_IN
from tui.widgets.confirm_dialog import ConfirmDialog

if TYPE_CHECKING:
    from core.uploads.dto import TakenInBefore, UploadResult
    from tui.recipients.list_state import ListState
    from tui.uploads.download_dialog import DownloadRequest
    from tui.uploads.upload_dialog import UploadRequest
    from tui.widgets.paged_table import PagedTable


class UploadActions(ConsoleActions):
    """Uploads and downloads from the list."""

    state: "ListState"

    if TYPE_CHECKING:  # the screen's own

        @property
        def table(self) -> PagedTable: ...
        def data_changed(self) -> None: ...

    def action_upload(self) -> None:
        """Take an Excel file in."""
        if self.blocked("upload"):
            return
        from tui.uploads.upload_dialog import UploadDialog

        self.ask(UploadDialog(), self._take_in)

    def _take_in(self, request: "UploadRequest", *, again: bool = False) -> None:
        from core.uploads.dto import TakenInBefore, UploadResult
        from core.values.jobs import Job
        from tui.uploads.job_dialog import JobDialog, cancelled_words

        access = file_access(self.console.settings, self.console.identity, self.actor.login)

        async def take_in(job: Job) -> UploadResult:
            with access.open(request.path) as file:
                return await self.services.uploads.take_in(
                    self.actor,
                    file,
                    request.path.rpartition("/")[2],
                    organization=request.organization_id,
                    dry_run=request.check_only,
                    again=again,
                    job=job,
                )

        def ended(outcome: UploadResult | CoreError | None) -> None:
            if isinstance(outcome, TakenInBefore):
                self._ask_again(request, outcome)
                return
            if outcome is None:
                self.tell(_("Cancelled; nothing was saved."), "warning")
            elif isinstance(outcome, CoreError):
                self.tell_error(outcome)
            else:
                self._show_results(outcome)

        title = _("Upload recipients")
        self.console.push_screen(JobDialog(title, take_in, cancelled_words()), ended)

    def _ask_again(self, request: "UploadRequest", before: "TakenInBefore") -> None:
        dialog = ConfirmDialog(_("Upload recipients"), before.what, TAKE_IN)
        self.ask(dialog, lambda _yes: self._take_in(request, again=True))

    def _show_results(self, result: "UploadResult") -> None:
        from tui.uploads.results_screen import ResultsScreen

        self.data_changed()
        self.console.push_screen(ResultsScreen(result), lambda _none: self.data_changed())

    def action_uploads(self) -> None:
        """Show the uploads made so far."""
        if self.blocked("uploads"):
            return
        from tui.uploads.uploads_screen import UploadsScreen

        self.console.push_screen(UploadsScreen(), lambda _none: self.data_changed())

    def action_download(self) -> None:
        """Write the list to an Excel file."""
        if self.blocked("download"):
            return
        from tui.uploads.download_dialog import DownloadDialog

        count = self.table.total or 0
        listed = ngettext("{count} recipient", "{count} recipients", count).format(
            count=f"{count:,}"
        )
        self.ask(DownloadDialog(listed), self._download)

    def _download(self, request: "DownloadRequest") -> None:
        from core.values.jobs import Job
        from tui.uploads.job_dialog import JobDialog, cancelled_words

        access = file_access(self.console.settings, self.console.identity, self.actor.login)
        query = self.state.query

        async def write(job: Job) -> int:
            with access.create(request.path) as file:
                return await self.services.downloads.write(
                    self.actor, query, file, reason=request.reason, job=job
                )

        def ended(outcome: int | CoreError | None) -> None:
            if outcome is None:
                self.tell(_("Cancelled; no file was written."), "warning")
            elif isinstance(outcome, CoreError):
                self.tell_error(outcome)
            else:
                words = ngettext(
                    "{count} recipient was written to {file}.",
                    "{count} recipients were written to {file}.",
                    outcome,
                )
                self.tell(words.format(count=f"{outcome:,}", file=request.path), "success")

        self.console.push_screen(JobDialog(_("Download"), write, cancelled_words()), ended)
