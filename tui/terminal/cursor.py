"""Where the terminal's own cursor stands: on what is selected, so that braille lines and screen readers follow it.

A widget with a selection of its own says where by ``cursor_screen_offset``, as Textual's fields do; all others by
where they begin.
"""

from typing import Any

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
_SEEN_RUNNING = (
    600  # codes that may come in several pieces, between which the cursor would be seen elsewhere
)


def place(screen: Screen[Any], pointed: Widget | None) -> Offset:
    """The cell of the screen for the cursor: of what the last key pointed at, else of what has the focus."""
    widget = screen.focused or next(iter(screen.children), screen)
    if pointed is not None and screen in pointed.ancestors:
        widget = pointed
    if isinstance(widget, OptionList):
        return _of_option(widget)
    at: Offset | None = getattr(widget, "cursor_screen_offset", None)
    return at or widget.content_region.offset + Offset(widget.styles.line_pad, 0)


def _of_option(options: OptionList) -> Offset:
    """The beginning of the option that is chosen; it may take several lines, as may those above it."""
    line = options._index_to_line.get(options.highlighted or 0, 0)
    return options.content_region.offset + Offset(0, line - options.scroll_offset.y)


def shown(codes: str, *, is_hidden: bool) -> str:
    """These codes with a cursor that is seen after them, and not while many of them are written."""
    if is_hidden or len(codes) > _SEEN_RUNNING:
        return f"{'' if is_hidden else HIDE}{codes}{SHOW}"
    return codes


def move_to(at: Offset) -> str:
    """The codes that bring the cursor there."""
    return f"\x1b[{at.y + 1};{at.x + 1}H"
