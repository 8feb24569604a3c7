"""Dialogs with fields: letters only type, ctrl+s does it, esc asks where something was typed."""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from core.values.errors import CoreError
from core.values.i18n import N_, _
from tui.base import ConsoleDialog
from tui.everywhere import IN_DIALOGS
from tui.forms.actions import DISCARD, FORM, form_keys
from tui.widgets.confirm_dialog import ConfirmDialog

Result = TypeVar("Result")
Outcome = TypeVar("Outcome")


@runtime_checkable
class _Field(Protocol):
    """A widget that a person gives a value."""

    value: object


class FormDialog(ConsoleDialog[Result]):
    """Begins in its first field. A subclass gives the ``verb`` of its ctrl+s and does it in ``action_save``."""

    binds = (FORM,)
    AUTO_FOCUS = "Input, TextArea, OptionList"
    verb: ClassVar[str] = N_("Save")
    _opened_with: object = None
    _is_saving = False

    def __init__(self) -> None:
        super().__init__()
        self.scopes = (form_keys(self.verb), IN_DIALOGS)

    def values(self) -> object:
        """What stands in the fields, to be compared."""
        return tuple(one.value for one in self.walk_children() if isinstance(one, _Field))

    def on_mount(self) -> None:
        """Remember how it was opened."""
        self.remember_opened()

    def remember_opened(self) -> None:
        """Remember what stands in the fields, unless it was done already."""
        if self._opened_with is None:
            self._opened_with = self.values()

    def on_input_submitted(self) -> None:
        """Enter in a field."""
        self.submitted()

    def submitted(self) -> None:
        """Enter goes on to the next field; on the last one it does it."""
        if self.focused is self.focus_chain[-1]:
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Do what the dialog is for, unless a field breaks a rule."""
        raise NotImplementedError

    def write(
        self,
        writing: Coroutine[Any, Any, Outcome],
        then: Callable[[Outcome], Any],
        failed: Callable[[CoreError], Any] | None = None,
    ) -> None:
        """Save; the same key again changes nothing while it is being saved."""
        if self._is_saving:
            writing.close()
            return
        self._is_saving = True

        async def save() -> Outcome:
            try:
                return await writing
            finally:
                self._is_saving = False

        super().write(save(), then, failed)

    def action_back(self) -> None:
        """Cancel; what was typed is asked about."""
        self.unless_typed(lambda: self.dismiss(None))

    def action_leave(self) -> None:
        """Leave the console; what was typed is asked about."""
        self.unless_typed(self.leave_for_good)

    def leave_for_good(self) -> None:
        """Leave the console without what stands in the fields."""
        self.console.leave()

    def unless_typed(self, then: Callable[[], object]) -> None:
        """Do it, once whoever has typed something has agreed to lose it."""
        if self._is_saving:
            self.tell(_("It is being saved."))
        elif self.values() == self._opened_with:
            then()
        else:
            self.ask(
                ConfirmDialog(
                    self.title_text(),
                    _("What you typed is not saved."),
                    DISCARD,
                    N_("Go on typing"),
                ),
                lambda _yes: then(),
            )
