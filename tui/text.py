"""The one helper that turns stored text into something Textual may show.

Textual parses bare strings as markup and passes control characters on to the terminal; both are prevented here.
"""

from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from core.values.i18n import _
from core.values.text import displayed, displayed_line, replace_forbidden

ELLIPSIS = "…"


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """One line of stored text with nothing in it that a terminal would act on; breaks become blanks."""
    return displayed(text) if text.isprintable() else displayed_line(text)


def clean_lines(text: str) -> str:
    """Stored text with its line breaks, and nothing in it that a terminal would act on."""
    return "\n".join(clean(line) for line in text.splitlines())


def shown(text: str) -> Content:
    """Stored text as content that is shown literally, markup characters included."""
    return Content(clean_lines(text))


def fit(text: str, width: int) -> str:
    """The text in exactly so many cells: padded, or cut with an ellipsis. Wide characters take two."""
    text = clean(text)
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + ELLIPSIS if width > 0 else ""
    return set_cell_size(text, width)


def replaced_words(text: str) -> str:
    """What a form says about a text of which something had to be replaced to be shown; "" where nothing had."""
    if replace_forbidden(text) == text:
        return ""
    return _("Characters that cannot be used are shown as \ufffd. Look at it before you save.")
