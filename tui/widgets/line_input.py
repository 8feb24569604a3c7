"""An input of one line that loses nothing of what is pasted into it."""

from typing import Any

from textual.events import Paste
from textual.geometry import Offset
from textual.widgets import Input


class LineInput(Input):
    """Folds pasted lines into one, as the cells of an upload are folded; Textual's own takes the first only."""

    def __init__(self, *values: Any, **more: Any) -> None:
        # selected as a whole, a name would be gone with the first letter that is typed
        super().__init__(*values, select_on_focus=False, **more)
        self.cursor_blink = False

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the next character goes; Textual says a cell further at the end of the text."""
        return super().cursor_screen_offset - (int(self.cursor_at_end), 0)

    def on_paste(self, event: Paste) -> None:
        """Put the text where the cursor is, in the place of what is selected."""
        event.prevent_default()
        event.stop()
        line = " ".join(filter(None, (one.strip() for one in event.text.splitlines())))
        if self.selection.is_empty:
            self.insert_text_at_cursor(line)
        else:
            self.replace(line, *self.selection)
