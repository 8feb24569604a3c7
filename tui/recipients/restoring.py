"""Bringing deleted recipients back: the words of what came of it, and another number for who has lost it."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.recipients.deletion_dto import DeletedQuery, Restored, Taken
from core.recipients.dto import Page, RecipientRow
from core.values import phone
from core.values.errors import NotFound
from core.values.i18n import N_, _, ngettext
from core.values.jobs import Job
from tui.forms.edit_form import EditForm
from tui.forms.form_field import FormField
from tui.recipients.restored_words import parted_words, taken_words, unparted_words
from tui.shell import View
from tui.text import shown

if TYPE_CHECKING:
    from tui.recipients.list_view import ListView


def tell_restored(view: View, restored: Restored, name: str = "") -> None:
    """Who is back, by this name if it is one; who stays deleted, since the number is taken, is named."""
    region = view.console.settings.region
    told = ngettext(
        "{count} recipient is back.", "{count} recipients are back.", restored.count
    ).format(count=f"{restored.count:,}")
    if name and restored.count == 1:
        told = _("{name} is back.").format(name=name)
    if not restored.done.is_whole:
        told = _("{done} of {total} are back; the others are still deleted.").format(
            done=f"{restored.count:,}", total=f"{restored.done.total:,}"
        )
        ended = restored.done.stopped
        told += " " + (_("Cancelled.") if ended is None else str(ended))
    stay = taken_words(restored, lambda one: who_has_it(one, region))
    told = " ".join((told, *parted_words(restored.parted), *unparted_words(restored), *stay))
    whole = restored.done.is_whole and not (restored.kept_count or restored.parts_count)
    view.tell(told, "success" if whole else "information")


async def undo_last(view: "ListView") -> None:
    """Undo the admin's last delete that is not undone, and go to who is back."""
    from tui.forms.work import work

    deletions, count = view.services.deletions, view.undoable.count if view.undoable else 0

    async def undo(job: Job) -> tuple[Restored, int | None, str]:
        last = await deletions.latest(view.actor)
        if last is None:
            raise NotFound(_("There is no delete to undo."))
        query = DeletedQuery(deletion_id=last.id)
        first = await deletions.window(view.actor, query, Page(limit=1))
        restored = await deletions.undo(view.actor, last.id, job)
        row = first[0][0] if first else None
        return restored, row.id if row else None, row.name if row else ""

    done = await work(view, _("Undo the last delete"), count, undo)
    if done is None:
        return
    restored, recipient_id, name = done
    view.undoable, view.undo_known = None, False
    view.show_restored(recipient_id if restored.count else None)
    tell_restored(view, restored, name if restored.done.total == 1 else "")


def who_has_it(one: Taken, region: str) -> str:
    """``김영수 (010-1234-5678: 박정희)``."""
    return f"{one.name} ({phone.show(one.phone, region)}: {one.holder})"


class AnotherNumberDialog(EditForm[RecipientRow]):
    """Restores one with another number. Dismissed with the recipient, or with None: then it stays deleted."""

    title_words = N_("Restore with another number")
    verb = N_("Restore")

    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self._taken = taken

    def content(self) -> ComposeResult:
        """Who has the number, and the field for another one."""
        number = phone.show(self._taken.phone, self.console.settings.region)
        told = _("{phone} belongs to {holder} now, so {name} cannot come back with it.").format(
            phone=number, holder=self._taken.holder, name=self._taken.name
        )
        hint = _("{keys[form.back]} leaves the recipient deleted; nothing is lost.").format(
            keys=self.console.own_keys
        )
        yield Static(shown(f"{told}\n{hint}"), classes="question")
        with Vertical(classes="fields"):
            yield FormField("phone", _("Mobile phone number"), "", self._parse)

    def _parse(self, typed: str) -> str:
        return phone.parse(typed, self.console.settings.region)

    def saving(self, _version: int) -> Coroutine[Any, Any, RecipientRow]:
        """Restore with the number."""
        number = self.query_one("#field-phone", FormField).value
        return self.services.deletions.restore_with(self.actor, self._taken.id, number)
