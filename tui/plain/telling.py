"""What is told after each line: what is new since, never the same twice."""

from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, TextArea

from core.values.i18n import _
from tui.forms.choice_field import ChoiceField
from tui.forms.choices import Choices
from tui.forms.confirm_dialog import QuestionDialog
from tui.forms.picker import Picker
from tui.plain import hearing
from tui.widgets.paged_table import PagedTable

PAGE = 10  # rows that are told at once


class Teller:
    """Keeps what was told of the screens of an app."""

    def __init__(self, app: "App[Any]") -> None:
        self._app = app
        self._screen: Screen[Any] | None = None
        self._texts: WeakKeyDictionary[Widget, str] = WeakKeyDictionary()
        self._notices: list[tuple[str, bool, int]] = []
        self._stood: set[str] = set()  # what is so for longer is told once
        # the row that was told last, by its table
        self._rows: WeakKeyDictionary[PagedTable, str] = WeakKeyDictionary()
        self._beside: list[str] = []
        self._field: tuple[object, ...] = ()
        self.told_to = -1  # the last row of the list that was told

    def news(self) -> list[str]:
        """What has come by itself, and is told at once: notices, and another screen."""
        told = self._new_notices()
        return self.all_new() if self._screen is not self._app.screen else told

    def all_new(self) -> list[str]:
        """Everything that is new."""
        screen = self._app.screen
        is_other = screen is not self._screen
        self._screen = screen
        told = [hearing.title(screen)] if is_other else []
        told += self._new_texts(screen)
        told += self._of_focus(is_other=is_other)
        return [line for line in (*self._new_notices(), *told) if line]

    def everything(self) -> list[str]:
        """All that there is to tell of the screen, whether it was told before or not."""
        self._screen, self._notices, self._beside, self._field = None, [], [], ()
        for told_before in (self._texts, self._rows, self._stood):
            told_before.clear()
        told = self.all_new()
        table = self._app.focused
        if isinstance(table, PagedTable):
            told.append(hearing.row(table, table.cursor_index, whole=True))
        return told

    def _new_notices(self) -> list[str]:
        before, self._notices = self._notices, hearing.notices(self._app.screen)
        new = [
            text
            for text, stands, times in self._notices
            if text not in self._stood and (text, stands, times) not in before
        ]
        self._stood |= {text for text, stands, _times in self._notices if stands}
        return new

    def _new_texts(self, screen: Screen[Any]) -> list[str]:
        now = dict(hearing.texts(screen))
        new = [text for whose, text in now.items() if self._texts.get(whose) != text]
        self._texts.update(now)
        return [" ".join(line.split()) for text in new for line in text.splitlines()]

    def _of_focus(self, *, is_other: bool) -> list[str]:
        widget = self._app.focused
        if isinstance(widget, PagedTable):
            return self._of_table(widget, is_other=is_other)
        if isinstance(widget, Button) and isinstance(self._app.screen, QuestionDialog):
            return self.answers(self._app.screen) if is_other else []
        if isinstance(widget, Input | TextArea | ChoiceField | Choices):
            return self._of_field(widget)
        return []

    # lists

    def _of_table(self, table: PagedTable, *, is_other: bool) -> list[str]:
        self._field = ()
        is_new = table not in self._rows
        before, now = self._rows.get(table), hearing.row(table, table.cursor_index)
        self._rows[table] = now
        told = []
        if is_new and table.row_count and not hearing.after(self._app.screen, table):
            told = self.page(table, table.cursor_index)
        elif is_other or now != before:
            told, self.told_to = [now], table.cursor_index
        return told + self._of_parts(table)

    def _of_parts(self, table: PagedTable) -> list[str]:
        before, self._beside = self._beside, hearing.beside(self._app.screen, table)
        return self._beside if self._beside != before else []

    def forget(self, table: PagedTable) -> None:
        """The row under the cursor is asked for: it is told again, and what stands beside it."""
        self._rows[table], self._beside = "", []

    def know(self, table: PagedTable) -> None:
        """The row under the cursor was told."""
        self._rows[table] = hearing.row(table, table.cursor_index)
        self._beside = hearing.beside(self._app.screen, table)

    def page(self, table: PagedTable, first: int) -> list[str]:
        """So many rows from this one on, as far as they are read."""
        rows = range(first, min(first + PAGE, table.row_count))
        self.told_to = max(rows, default=first)
        return [told for told in (hearing.row(table, at) for at in rows) if told]

    # fields

    def _of_field(self, widget: Widget) -> list[str]:
        choices = self._choices_of(widget)
        before, self._field = self._field, (widget, hearing.hint(widget), choices)
        if self._field == before:
            return []
        told = [hearing.label(widget)] if isinstance(widget, Choices) else []
        if value := hearing.value(widget):
            told.append(_("{field}: {value}").format(field=hearing.label(widget), value=value))
        return [*told, hearing.hint(widget), *choices]

    def forget_field(self) -> None:
        """The same is refused once more: it is told again."""
        self._field = ()

    def _choices_of(self, widget: Widget) -> list[str]:
        if isinstance(widget, Choices):
            return hearing.options(widget)
        screen = self._app.screen
        return hearing.options(screen.choices) if isinstance(screen, Picker) else []

    def answers(self, question: QuestionDialog[Any]) -> list[str]:
        """``d: Delete``: what a question can be answered with."""
        own = question.console.own_keys
        return [f"{own.first_shown(one)}: {_(one.label)}" for one in question.buttons]
