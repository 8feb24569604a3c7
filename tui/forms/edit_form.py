"""A form that saves: what its fields, the core and other admins say to that; nothing that was typed is lost."""

from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar

from core.values.errors import Conflict, InvalidInput, NotFound
from core.values.i18n import _
from tui.forms.conflict_dialog import Compared, ConflictDialog
from tui.forms.form_dialog import Field, FormDialog
from tui.shell import View

Row = TypeVar("Row")


class EditForm(FormDialog[Row]):
    """Dismissed with the row as saved (or as somebody else saved it), or None.

    A subclass gives ``saving``; where others may save the same row, ``version`` and ``compared``.
    """

    version = 0
    took_theirs = False
    gone: ClassVar[str] = ""  # what is told where the row is deleted meanwhile

    def saving(self, version: int) -> Coroutine[Any, Any, Row]:
        """Save what stands in the form over this version."""
        raise NotImplementedError

    def compared(self, current: Row) -> list[Compared]:
        """What stands in the form beside what somebody else has saved."""
        raise NotImplementedError

    def conflict_words(self, by: str) -> str:
        """What is told of a conflict."""
        return _("It was changed since it was opened. Nothing was overwritten.")

    def tell_saved(self, view: View, told: str) -> None:
        """Tell on the screen below what was saved: nothing of one's own where theirs was taken."""
        if self.took_theirs:
            view.tell(_("Theirs was kept; yours was not saved."))
        else:
            view.tell(told, "success")

    def refused_field(self, error: InvalidInput) -> Field | None:
        """The field that a refusal is about: the only one, or that of its name."""
        fields = list(self.fields())
        if len(fields) == 1:
            return fields[0]
        return next((one for one in fields if one.field_name == error.field), None)

    async def save(self) -> None:
        """Save what stands in the form, unless a field breaks a rule."""
        if not self.are_right():
            return
        try:
            row = await self._saved()
        except InvalidInput as error:
            if (field := self.refused_field(error)) is None:
                raise
            field.show_reason(str(error))
            field.go_to()
        except NotFound:
            if not self.gone:
                raise
            self.tell(_(self.gone), "error")
        else:
            if row is not None:
                self.dismiss(row)

    async def _saved(self) -> Row | None:
        """What was saved, or what somebody else has saved and is taken; None to go on typing."""
        version = self.version
        while True:
            try:
                return await self.write(self.saving(version))
            except Conflict as conflict:
                if conflict.current is None:
                    raise
                theirs: Any = conflict.current
                words = self.conflict_words(conflict.by)
            both = ConflictDialog(self.title_text(), words, self.compared(theirs))
            keeps_mine = await self.ask(both)
            if not keeps_mine:
                self.took_theirs = keeps_mine is False
                return theirs if self.took_theirs else None
            version = theirs.version
