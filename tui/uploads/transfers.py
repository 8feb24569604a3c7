"""Files that come in and go out: what is asked for, the progress, what came of it."""

from typing import TYPE_CHECKING

from core.uploads.dto import TakenInBefore, UploadResult
from core.values.i18n import _, ngettext
from core.values.jobs import Job
from tui.forms.actions import TAKE_IN
from tui.forms.work import with_progress
from tui.shell import View
from tui.uploads.files import files_of

if TYPE_CHECKING:
    from core.recipients.dto import RecipientQuery
    from tui.uploads.upload_dialog import UploadRequest


async def upload(view: View) -> None:
    """Take an Excel file in, and show what became of its rows."""
    from tui.forms.confirm_dialog import ConfirmDialog
    from tui.uploads.results_screen import ResultsScreen
    from tui.uploads.upload_dialog import UploadDialog

    request = await view.ask(UploadDialog())
    if request is None:
        return
    try:
        result = await _take_in(view, request)
    except TakenInBefore as before:
        if not await view.ask(ConfirmDialog(_("Upload recipients"), before.what, TAKE_IN)):
            return
        result = await _take_in(view, request, again=True)
    if result is None:
        view.tell(_("Cancelled; nothing was saved."), "warning")
        return
    view.data_changed()
    await view.ask(ResultsScreen(result))
    view.data_changed()


async def _take_in(
    view: View, request: "UploadRequest", *, again: bool = False
) -> UploadResult | None:
    access = files_of(view)

    async def take_in(job: Job) -> UploadResult:
        with access.open(request.path) as file:
            return await view.services.uploads.take_in(
                view.actor,
                file,
                request.path.rpartition("/")[2],
                organization=request.organization_id,
                dry_run=request.check_only,
                again=again,
                job=job,
            )

    return await with_progress(view, _("Upload recipients"), take_in)


async def download(view: View, query: "RecipientQuery", count: int) -> None:
    """Write what is listed to a new Excel file."""
    from tui.uploads.download_dialog import DownloadDialog

    listed = ngettext("{count} recipient", "{count} recipients", count)
    request = await view.ask(DownloadDialog(listed.format(count=f"{count:,}")))
    if request is None:
        return
    access = files_of(view)

    async def write(job: Job) -> int:
        with access.create(request.path) as file:
            return await view.services.downloads.write(
                view.actor, query, file, reason=request.reason, job=job
            )

    written = await with_progress(view, _("Download"), write)
    if written is None:
        view.tell(_("Cancelled; no file was written."), "warning")
        return
    words = ngettext(
        "{count} recipient was written to {file}.",
        "{count} recipients were written to {file}.",
        written,
    )
    view.tell(words.format(count=f"{written:,}", file=request.path), "success")
