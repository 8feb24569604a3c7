"""What the commands of a recipient's memos, memory details, follow-up actions and contacts have in common."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, rows_as_json
from tui.commands.printing import headings, print_change, print_rows, telling_both

if TYPE_CHECKING:
    from core.recipients.dto import RecipientRow
    from tui.format import CellFormat
    from tui.widgets.paged_table_cells import Column, TableRow


class HasVersion(Protocol):
    """A row that somebody else may change meanwhile."""

    @property
    def version(self) -> int:
        """Which one it is."""


Row = TypeVar("Row")
Before = TypeVar("Before", bound=HasVersion)


def add_list(actions: Any, words: str, row: type) -> None:
    """``list``: those of a recipient."""
    listing = add_command(actions, "list", words, over_ssh=True)
    arguments.add_recipient(listing)
    rows_as_json(listing, row)


def add_change(actions: Any, action: str, words: str, row: type, name: str, metavar: str) -> Parser:
    """A change of one by its ID, with what is given beside it still to be added."""
    made = add_command(actions, action, words, over_ssh=True)
    arguments.add_id(made, name, metavar)
    arguments.add_version(made)
    change_as_json(made, row)
    return made


def print_list(
    context: CommandContext,
    recipient: "RecipientRow",
    rows: Sequence[Row],
    columns: "Sequence[Column]",
    to_row: "Callable[[Row, CellFormat, str | None], TableRow]",
    empty: str,
) -> None:
    """The rows as in the console, each behind its ID."""
    from tui.format import CellFormat

    form = CellFormat.of(context.settings)
    made = [to_row(row, form, recipient.timezone) for row in rows]
    cells = [(str(one.key), *one.cells) for one in made]
    headers = [_("ID"), *headings(columns)]
    print_rows(context, rows, headers, cells, empty)


async def change(
    context: CommandContext,
    before: Before,
    saving: Callable[[int], Awaitable[object]],
    told: str,
) -> None:
    """Save what was seen as this version, and tell it; where somebody else has saved, that is told first."""
    with telling_both(context):
        saved = await saving(context.arguments.version or before.version)
    print_change(context, before if saved is None else saved, told)
