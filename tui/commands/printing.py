"""How commands print what there is of a recipient: rows in a table, a change in a sentence, or both as JSON."""

import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from core.recipients.dto import Anchor, Page
from core.values import phone
from core.values.errors import Conflict
from core.values.i18n import _
from core.values.message import plain
from tui.commands.context import CommandContext
from tui.commands.table import table

if TYPE_CHECKING:
    from tui.widgets.paged_table_cells import Column

R = TypeVar("R")
Window = Callable[..., Coroutine[Any, Any, Sequence[tuple[R, Anchor]]]]
Reading = Callable[[Any, int], Coroutine[Any, Any, tuple[Sequence[R], Any]]]
"""Gives so many rows at most from a place on (None: the first), and the place after them (None: the end)."""
_PAGE = 500


class Shown(Struct, frozen=True):
    """The whole number of a recipient or a contact."""

    id: int
    phone: str


def print_rows(
    context: CommandContext,
    rows: Sequence[object],
    headers: Sequence[str],
    cells: Sequence[Sequence[str]],
    empty: str,
) -> None:
    """The rows: one JSON object a line with ``--json``, else a table; ``empty`` where there are none."""
    if context.arguments.json:
        context.write_rows(rows)
    elif rows:
        context.write(table(headers, cells, context.width))
    else:
        context.say(empty)


def headings(columns: "Iterable[Column]") -> list[str]:
    """The headers of columns of the console."""
    return [_(column.label) for column in columns]


async def parts_of(read: Reading[R], most: int | None) -> AsyncIterator[Sequence[R]]:
    """The rows of a list in parts, at most so many."""
    place, count = None, 0
    while most is None or count < most:
        limit = min(_PAGE, most - count) if most else _PAGE
        part, place = await read(place, limit)
        yield part
        count += len(part)
        if place is None:
            break


def pages_of(window: Window[R], most: int | None) -> AsyncIterator[Sequence[R]]:
    """The rows of a list that gives the place of each, page by page, at most so many."""

    async def read(anchor: Any, limit: int) -> tuple[list[R], Any]:
        page = await window(Page(anchor, limit=limit))
        return [row for row, _place in page], page[-1][1] if len(page) == limit else None

    return parts_of(read, most)


async def all_of(window: Window[R], most: int | None) -> list[R]:
    """The same, all at once."""
    return [row async for page in pages_of(window, most) for row in page]


def print_change(context: CommandContext, row: object, told: str) -> None:
    """What came of a change: one JSON object with ``--json``, else a sentence."""
    if context.arguments.json:
        context.write_rows([row])
    else:
        context.say(told)


def print_number(context: CommandContext, whose: int, number: str) -> None:
    """A number that was asked for, as it is written here; E.164 with ``--json``."""
    if context.arguments.json:
        context.write_rows([Shown(whose, number)])
    else:
        context.write(f"{phone.show(number, context.settings.region)}\n")


@contextlib.contextmanager
def telling_both(context: CommandContext) -> Iterator[None]:
    """Where somebody else has saved meanwhile, say what is saved now before the refusal."""
    try:
        yield
    except Conflict as conflict:
        if conflict.current is not None:
            saved: Any = msgspec.json.encode(conflict.current, enc_hook=plain).decode()
            context.say(_("Saved now: {row}").format(row=saved))
        raise
