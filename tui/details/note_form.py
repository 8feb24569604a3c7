"""The form for one text: saving, conflict, refusal and cancelling, none of which loses what was typed."""

from collections.abc import Mapping
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from core.io.drafts import DraftFile
from core.values.i18n import N_
from tui.forms.conflict_dialog import Compared
from tui.forms.drafts import KeptForm, number
from tui.forms.note_field import NoteField
from tui.text import shown

Row = TypeVar("Row")
_FITS = 250  # characters that are seen without scrolling


class NoteForm(KeptForm[Row]):
    """Dismissed with the row as saved (or as somebody else saved it), or None.

    ``subject``: what is edited, or what it is added to. A subclass gives ``field``, ``saving`` and ``words_of``;
    ``above`` where it asks for more. ``draft`` is one that another console left behind.
    """

    gone = N_("It was deleted meanwhile; what you typed cannot be saved.")

    def __init__(
        self,
        name: str,
        title: str,
        about: str,
        recipient_id: int,
        subject: int,
        version: int,
        draft: DraftFile | None,
    ) -> None:
        super().__init__(title)
        self.draft_name = name
        self._about = about
        self._subject = subject
        self.draft_recipient = recipient_id
        self.version = version
        self.draft_file = draft

    def field(self) -> NoteField:
        """The field to type into."""
        raise NotImplementedError

    def words_of(self, row: Row) -> str:
        """A row as a person reads it, to be compared."""
        raise NotImplementedError

    def own_words(self) -> str:
        """What stands in the form as a person reads it, to be compared."""
        return self.note.value

    def compared(self, current: Row) -> list[Compared]:
        """Both texts."""
        return [Compared("", self.own_words(), self.words_of(current))]

    def above(self) -> ComposeResult:
        """What is asked for before the text."""
        yield from ()

    def content(self) -> ComposeResult:
        """What it is about, and the fields."""
        if self._about:
            with VerticalScroll(classes="about", can_focus=len(self._about) > _FITS):
                yield Static(shown(self._about))
        yield from self.above()
        yield self.field()

    @property
    def note(self) -> NoteField:
        """The field with the text."""
        return self.query_one(NoteField)

    def draft_values(self) -> dict[str, str]:
        """The text, and what it takes to open the form again."""
        return {
            "text": self.note.value,
            "subject": str(self._subject),
            "version": str(self.version),
        }

    def restore(self, values: Mapping[str, str]) -> None:
        """Go on from what was kept; the version too, so that what changed since is a conflict."""
        self.note.put_back(values.get("text", ""))
        self.version = number(values, "version")
