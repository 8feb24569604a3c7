"""What is heard of a screen: its texts, a row as a sentence, a field with what stands in it. Pure looking."""

import re
from collections.abc import Iterator
from typing import Any

from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea
from textual.widgets.option_list import Option

from core.values.i18n import _
from tui.base import ConsoleDialog
from tui.details.tab_bar import TabBar
from tui.forms.choice_field import ChoiceField
from tui.forms.choices import Choices
from tui.forms.radio_list import RadioList
from tui.forms.tick_list import TickList
from tui.text import clean, clean_lines
from tui.widgets.notice import Notice
from tui.widgets.paged_table import PagedTable
from tui.widgets.paged_table_cells import GAP, arrange
from tui.widgets.sign import Sign

_BARE = re.compile(r"[\d.,:%+\-−/ ]{1,8}")  # of which nobody knows what it counts
_WIDTH = 80  # of the usual screen: of a row that is heard what is seen there
_OF_FIELDS = ("label", "reason", "count", "slash")


def plain(widget: Static) -> str:
    """The text of a widget."""
    content = widget.content
    return clean_lines(str(getattr(content, "plain", content))).strip()


def is_shown(widget: Widget) -> bool:
    """Whether it is there to be seen, scrolled into view or not."""
    return all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))


def title(screen: Screen[Any]) -> str:
    """What the screen is called."""
    if isinstance(screen, ConsoleDialog):
        return screen.title_text()
    return next((plain(one) for one in screen.query("#title").results(Static)), "")


def texts(screen: Screen[Any]) -> Iterator[tuple[Widget, str]]:
    """Each text of the screen that belongs to no field, and whose it is."""
    for widget in screen.query(Static):
        if isinstance(widget, Notice | Sign) or widget.id == "title" or not is_shown(widget):
            continue
        if _field_around(widget) is not None or any(map(widget.has_class, _OF_FIELDS)):
            continue
        text = widget.told if isinstance(widget, TabBar) else plain(widget)
        if any(map(str.isalnum, text)):
            yield widget, text


def notices(screen: Screen[Any]) -> list[tuple[str, bool, int]]:
    """What is told now, the notice and what nobody may miss; whether it stands; how often something was told."""
    told = [(plain(one), one.stands, one.times) for one in screen.query(Notice)]
    told.append((str(getattr(screen.app, "sign", "")), True, 0))
    return [one for one in told if one[0]]


# lists


def row(table: PagedTable, index: int, *, whole: bool = False) -> str:
    """``3 of 12: 김영수, Haeundae, paused``; ``whole`` names the column of each part."""
    found = table.row_at(index)
    if found is None:
        return table.empty if not table.row_count else ""
    parts = []
    room = sum(column.width + GAP for column in table.columns) if whole else _WIDTH
    for placed in arrange(table.columns, 0, room):
        column, words = placed.column, clean(found.cells[placed.index]).strip()
        if not any(map(str.isalnum, words)):
            continue
        if words == _("yes"):
            words = _(column.label)
        elif column.label and (whole or _BARE.fullmatch(words)):
            words = f"{_(column.label)} {words}"
        parts.append(words)
    if found.key in table.selected or (table.all_selected and found.key not in table.excluded):
        parts.append(_("selected"))
    at, total = f"{index + 1:,}", table.total
    told = _("{at}: {row}") if total is None else _("{at} of {total}: {row}")
    return told.format(at=at, total=f"{total or 0:,}", row=", ".join(parts))


def after(screen: Screen[Any], table: PagedTable) -> list[PagedTable]:
    """The lists behind this one."""
    shown = [one for one in screen.query(PagedTable) if is_shown(one)]
    return shown[shown.index(table) + 1 :] if table in shown else []


def beside(screen: Screen[Any], table: PagedTable) -> list[str]:
    """The lines of the lists behind this one, such as the conversation of the call under the cursor."""
    return [
        " ".join(clean(cell).strip() for cell in found.cells if cell.strip())
        for one in after(screen, table)
        for found in (one.row_at(at) for at in range(one.row_count))
        if found is not None
    ]


# fields


def _field_around(widget: Widget) -> Widget | None:
    around = (one for one in widget.ancestors_with_self if hasattr(one, "field_name"))
    return next((one for one in around if isinstance(one, Widget)), None)


def label(widget: Widget) -> str:
    """What a field is called."""
    around = _field_around(widget)
    if around is not None:
        return next((plain(one) for one in around.query(".label").results(Static)), "")
    if any(map(str.isalpha, said := clean(str(getattr(widget, "placeholder", ""))))):
        return said
    beside = list(widget.parent.children) if widget.parent else []
    named = beside[beside.index(widget) - 1] if widget in beside[1:] else None
    text = plain(named) if isinstance(named, Static) else ""
    return "" if "\n" in text else text  # which is a question, or a warning


def hint(widget: Widget) -> str:
    """What stands below a field: how it is filled in, or why it was refused."""
    around = _field_around(widget)
    reasons = around.query(".reason").results(Static) if around is not None else ()
    return next((plain(one) for one in reasons), "")


def is_wrong(widget: Widget) -> bool:
    """Whether what stands in the field is refused."""
    around = _field_around(widget)
    return around is not None and around.has_class("-wrong")


def value(widget: Widget) -> str:
    """What stands in a field."""
    if isinstance(widget, TextArea):
        return clean_lines(widget.text)
    return clean(str(widget.value)) if isinstance(widget, Input | ChoiceField) else ""


def options(choices: Choices) -> list[str]:
    """``2: visited, chosen``: what there is to choose from."""
    return [f"{at}: {_option(choices, one)}" for at, one in enumerate(choices.options, 1)]


def _option(choices: Choices, option: Option) -> str:
    name = option.id or ""
    has_own_words = not isinstance(choices, TickList | RadioList)
    words = choices.words(name) if has_own_words else Choices.words(choices, name)
    words = " ".join(clean(words).split())
    if isinstance(choices, TickList) and name in choices.ticked:
        return _("{option}, ticked").format(option=words)
    if isinstance(choices, RadioList) and name == choices.value:
        return _("{option}, chosen").format(option=words)
    return words
