"""Bringing deleted recipients back: the words of what came of it, and another number for who has lost it."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.recipients.dto import RecipientRow, Restored, Taken
from core.values import phone
from core.values.errors import CoreError, InvalidInput
from core.values.i18n import N_, _, ngettext
from tui.text import shown
from tui.widgets.form_dialog import FormDialog
from tui.widgets.form_field import FormField
from tui.work import WorkActions


class RestoreActions(WorkActions):
    """What the list and the screen of deleted recipients tell of a restore."""

    def tell_restored(self, restored: Restored, name: str = "") -> None:
        """Who is back, by this name if it is one; who stays deleted, since the number is taken, is named."""
        region = self.console.settings.region
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
        if restored.kept_count:
            told += " " + ngettext(
                "{count} stays deleted, since the number is taken: {names}.",
                "{count} stay deleted, since their numbers are taken: {names}.",
                restored.kept_count,
            ).format(
                count=f"{restored.kept_count:,}",
                names=", ".join(taken_words(one, region) for one in restored.kept)
                + (", …" if restored.kept_count > len(restored.kept) else ""),
            )
        whole = restored.done.is_whole and not restored.kept_count
        self.tell(told, "success" if whole else "information")


def taken_words(one: Taken, region: str) -> str:
    """``김영수 (010-1234-5678: 박정희)``."""
    return f"{one.name} ({phone.show(one.phone, region)}: {one.holder})"


class AnotherNumberDialog(FormDialog[RecipientRow]):
    """Restores one with another number. Dismissed with the recipient, or with None: then it stays deleted."""

    verb = N_("Restore")

    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self._taken = taken

    def title_text(self) -> str:
        """The title."""
        return _("Restore with another number")

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

    def action_save(self) -> None:
        """Restore, unless the number cannot be had."""
        field = self.query_one("#field-phone", FormField)
        if not field.check():
            return

        def failed(error: CoreError) -> None:
            if isinstance(error, InvalidInput):
                field.show_reason(str(error))
            else:
                self.tell_error(error)

        restore = self.services.deletions.restore_with(self.actor, self._taken.id, field.value)
        self.write(restore, self.dismiss, failed)
