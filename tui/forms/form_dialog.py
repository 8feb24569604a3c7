"""Dialogs with fields: letters only type, ctrl+s does it, esc asks where something was typed."""

from collections.abc import Coroutine, Iterator
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from core.values.i18n import N_, _
from tui.base import ConsoleDialog
from tui.everywhere import IN_DIALOGS
from tui.forms.actions import DISCARD, FORM, SAVE, form_keys
from tui.forms.confirm_dialog import ConfirmDialog

Result = TypeVar("Result")
Outcome = TypeVar("Outcome")


@runtime_checkable
class _Field(Protocol):
    """A widget that a person gives a value."""

    value: object


@runtime_checkable
class Field(Protocol):
    """A field with a rule."""

    field_name: str

    def check(self) -> bool:
        """Ask the rule; gives whether the value keeps it."""

    def show_reason(self, text: str) -> None:
        """Show why the value is refused."""

    def go_to(self) -> None:
        """Give it the focus."""


class FormDialog(ConsoleDialog[Result]):
    """Begins in its first field. A subclass gives the ``verb`` of its ctrl+s and does it in ``save``."""

    binds = (FORM,)
    AUTO_FOCUS = "Input, TextArea, OptionList"
    verb: ClassVar[str] = N_("Save")
    takes_by_enter: ClassVar[bool] = False  # enter takes what is typed, and the field goes on
    saves_by_enter: ClassVar[bool] = False  # in any field
    _opened_with: object = None
    _is_saving = False

    def __init__(self, title: str = "") -> None:
        super().__init__(title)
        self.scopes = (form_keys(self.verb), IN_DIALOGS)

    def values(self) -> object:
        """What stands in the fields, to be compared."""
        return tuple(one.value for one in self.walk_children() if isinstance(one, _Field))

    def fields(self) -> Iterator[Field]:
        """The fields, from top to bottom."""
        return (one for one in self.walk_children() if isinstance(one, Field))

    def are_right(self) -> bool:
        """Whether each field keeps its rule; the focus goes to the first one that does not."""
        wrong = [field for field in self.fields() if not field.check()]
        if wrong:
            wrong[0].go_to()
        return not wrong

    def on_mount(self) -> None:
        """Remember how it was opened."""
        self.remember_opened()

    def remember_opened(self) -> None:
        """Remember what stands in the fields, unless it was done already."""
        if self._opened_with is None:
            self._opened_with = self.values()

    async def on_input_submitted(self) -> None:
        """Enter in a field."""
        await self.submitted()

    async def submitted(self) -> None:
        """Enter goes on to the next field; on the last one it does it."""
        if self.saves_by_enter or self.focused is self.focus_chain[-1]:
            await self.act(SAVE)
        else:
            self.focus_next()

    async def save(self) -> None:
        """Do what the dialog is for, unless a field breaks a rule."""
        raise NotImplementedError

    async def save_once(self) -> None:
        """Do it; the same key again changes nothing while it is being saved, or something else is asked."""
        if self.is_active and not self._is_saving:
            await self.save()

    async def write(self, writing: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Save."""
        self._is_saving = True
        try:
            return await super().write(writing)
        finally:
            self._is_saving = False

    async def go_back(self) -> None:
        """Cancel; what was typed is asked about."""
        if await self.may_close():
            self.dismiss(None)

    async def leave(self) -> None:
        """Leave the console; what was typed is asked about."""
        if await self.may_close():
            self.leave_for_good()

    def leave_for_good(self) -> None:
        """Leave the console without what stands in the fields."""
        self.console.leave()

    async def may_close(self) -> bool:
        """Whether nothing was typed, or whoever typed it has agreed to lose it."""
        if self._is_saving:
            self.tell(_("It is being saved."))
            return False
        if self.values() == self._opened_with:
            return True
        lost, no = _("What you typed will be lost."), N_("Go on typing")
        agreed = await self.ask(ConfirmDialog(self.title_text(), lost, DISCARD, no))
        return agreed is True
