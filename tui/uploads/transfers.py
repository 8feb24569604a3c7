"""Files that come in and go out: what is asked for, the progress, what came of it."""

from typing import TYPE_CHECKING

from core.uploads.dto import HeadersNotKnown, UploadResult
from core.values.errors import Conflict
from core.values.i18n import _, ngettext
from core.values.jobs import Job
from tui.forms.work import with_progress
from tui.recipients.targets import how_many
from tui.shell import View
from tui.uploads.asked import HowToRead, SaveIt, Step
from tui.uploads.files import files_of

if TYPE_CHECKING:
    from core.recipients.dto import RecipientQuery


async def upload(view: View) -> None:
    """Check a file, show what would become of its rows, and save exactly that where it is said so."""
    from tui.uploads.columns_dialog import ColumnsDialog
    from tui.uploads.preview_screen import PreviewScreen
    from tui.uploads.upload_dialog import UploadDialog

    request = await view.ask(UploadDialog())
    if request is None:
        return
    path, how = request.path, request.how
    while True:
        step: Step | None
        try:
            checked = await _take_in(view, path, how)
        except HeadersNotKnown as error:
            if not error.layout.columns:
                raise
            step = await view.ask(ColumnsDialog(error.layout, how, str(error)))
        else:
            if checked is None:
                view.tell(_("Cancelled; nothing was saved."), "warning")
                return
            step = await view.ask(PreviewScreen(checked, how))
            if isinstance(step, SaveIt) and await _save(view, path, how, checked):
                return
        if step is None:
            view.tell(_("Nothing was saved."), "warning")
            return
        how = step if isinstance(step, HowToRead) else how


async def _save(view: View, path: str, how: HowToRead, checked: UploadResult) -> bool:
    """Save what was checked, and show it; whether that was the end of it, or it has to be checked again."""
    from tui.uploads.results_screen import ResultsScreen

    try:
        saved = await _take_in(view, path, how, checked)
    except Conflict as conflict:
        view.tell_error(conflict)
        return False
    if saved is None:
        view.tell(_("Cancelled; nothing was saved."), "warning")
        return True
    view.data_changed()
    await view.ask(ResultsScreen(saved))
    view.data_changed()
    return True


async def _take_in(
    view: View, path: str, how: HowToRead, checked: UploadResult | None = None
) -> UploadResult | None:
    access = files_of(view)

    async def save(job: Job) -> UploadResult:
        with access.open(path) as file:
            return await view.services.uploads.upload(
                view.actor,
                file,
                path.rpartition("/")[2],
                organization=how.organization_id,
                dry_run=checked is None,
                again=checked is not None,
                sheet=how.sheet if checked is None else checked.layout.sheet,
                mapping=how.mapping,
                checked=checked,
                job=job,
            )

    return await with_progress(view, _("Upload recipients"), save)


async def download(view: View, query: "RecipientQuery", count: int) -> None:
    """Write what is listed to a new Excel file."""
    from tui.uploads.download_dialog import DownloadDialog

    request = await view.ask(DownloadDialog(how_many(count)))
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
