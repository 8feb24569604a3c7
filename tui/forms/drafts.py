"""Forms whose contents outlive the console: kept while they are typed, offered again at the next start."""

import importlib
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any, TypeVar

from core.drafts import DraftFile
from core.values.errors import NotFound
from core.values.i18n import N_, _
from core.values.times import show as show_time
from tui.forms.actions import DISCARD, GO_ON, back
from tui.forms.confirm_dialog import QuestionDialog
from tui.forms.edit_form import EditForm
from tui.shell import View
from tui.text import clean

Row = TypeVar("Row")

Reopen = Callable[[Any, DraftFile], Awaitable[None]]

INTERVAL = 2.0  # seconds; no more than what was typed in them is ever lost
_EXCERPT = 40

# name of the form: (module with ``reopen(view, file)``, what its admin was doing)
FORMS: dict[str, tuple[str, str]] = {
    "recipient.add": ("tui.recipients.reopening", N_("You were adding a recipient.")),
    "recipient.edit": ("tui.recipients.reopening", N_("You were editing a recipient.")),
    "memo.add": ("tui.details.reopening", N_("You were adding a memo.")),
    "memo.edit": ("tui.details.reopening", N_("You were editing a memo.")),
    "memory.edit": ("tui.details.reopening", N_("You were editing a memory.")),
    "followup.add": ("tui.details.reopening", N_("You were adding a follow-up action.")),
    "followup.edit": ("tui.details.reopening", N_("You were editing a follow-up action.")),
}


class KeptForm(EditForm[Row]):
    """A form that is kept. A subclass gives ``draft_name`` (one of ``FORMS``) and ``draft_values``, and
    restores them.
    """

    draft_file: DraftFile | None = None
    _opened_values: dict[str, str] | None = None
    _kept_at = -INTERVAL
    _keeping_soon = False
    _keeping_failed = False

    @property
    def draft_name(self) -> str:
        """The name of the form."""
        raise NotImplementedError

    @property
    def draft_recipient(self) -> int | None:
        """Whom the form is about, where it is about somebody known."""
        return None

    def draft_values(self) -> dict[str, str]:
        """What stands in the form, and what else it takes to open it again."""
        raise NotImplementedError

    def restore(self, values: Mapping[str, str]) -> None:
        """Put what was kept into the form."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Remember how the form was opened; go on from what was kept."""
        self.remember_opened()
        self._opened_values = self.draft_values()
        if self.draft_file is not None and self.draft_file.draft is not None:
            self.restore(self.draft_file.draft.values)

    def on_input_changed(self) -> None:
        """A field was typed into."""
        self.keep_soon()

    def on_text_area_changed(self) -> None:
        """A text was typed into."""
        self.keep_soon()

    def keep_soon(self) -> None:
        """Keep what stands in the form, at once or when the interval is over."""
        if not self._keeping_soon:
            self._keeping_soon = True
            wait = max(0.0, self._kept_at + INTERVAL - monotonic())
            self.set_timer(wait, self.keep) if wait else self.call_later(self.keep)

    def keep(self) -> None:
        """Keep what stands in the form; nothing where nothing was changed."""
        self._keeping_soon = False
        if self._opened_values is None or not self.is_attached:
            return
        values = self.draft_values()
        if values == self._opened_values:
            self._remove()
            return
        if self.draft_file is None:
            self.draft_file = self.console.drafts.begin()
        draft = self.draft_file.draft
        if draft is not None and draft.values == values:
            return
        self._kept_at = monotonic()
        try:
            self.draft_file.save(self.draft_name, values, self.draft_recipient)
        except OSError:
            if not self._keeping_failed:
                self._keeping_failed = True
                self.tell(_("What you type cannot be kept; save it before you leave."), "warning")

    def _remove(self) -> None:
        if self.draft_file is not None:
            self.draft_file.remove()
            self.draft_file = None

    def forget(self) -> None:
        """Keep nothing of what stands in the form: it was saved, or its admin does not want it."""
        self._opened_values = self.draft_values()
        self._remove()

    def dismiss(self, result: Any = None) -> Any:
        """Close the form; nothing is kept of it."""
        self.forget()
        return super().dismiss(result)

    def leave_for_good(self) -> None:
        """Leave the console without what stands in the form."""
        self.forget()
        self.console.leave()


def number(values: Mapping[str, str], name: str) -> int:
    """A number that was kept; 0 for none."""
    text = values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else 0


class DraftDialog(QuestionDialog[bool]):
    """Dismissed with True to discard the draft, False to go on with it, None to be asked again next time."""

    def __init__(self, what: str, about: str) -> None:
        question = "\n".join(
            part
            for part in (
                what,
                about,
                _("What you typed was kept. Discard it, and it is gone for good."),
            )
            if part
        )
        super().__init__(
            _("Not saved yet"),
            question,
            (GO_ON, False),
            (back(N_("Ask me later")), None),
            (DISCARD, True),
        )


async def offer(view: View) -> None:
    """Offer what the admin's last consoles left behind, one after the other, above the list."""
    waiting = view.console.drafts.left_behind()
    while waiting:
        file = waiting.pop(0)
        draft = file.draft
        if draft is None or draft.form not in FORMS:
            file.remove()
            continue
        module, what = FORMS[draft.form]
        excerpt = clean(draft.values.get("name") or draft.values.get("text") or "")[:_EXCERPT]
        about = f"{show_time(draft.saved_at, view.console.settings.zone)}  {excerpt}"
        discard = await view.ask(DraftDialog(_(what), about.strip()))
        if discard is False:
            for later in waiting:
                later.release()
            await _go_on(view, importlib.import_module(module).reopen, file)
            return
        file.remove() if discard else file.release()


async def _go_on(view: View, reopen: Reopen, file: DraftFile) -> None:
    """Open the form again with what was kept."""
    try:
        await reopen(view, file)
    except NotFound:
        file.remove()  # it can never be saved
        raise
