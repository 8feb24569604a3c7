"""``carecall tick``: do what time brings; a timer runs it."""

from typing import TYPE_CHECKING

from msgspec import Struct

from core.values.i18n import _
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, change_as_json

if TYPE_CHECKING:
    from core.tasks.dto import Ticked


class Told(Struct, frozen=True):
    """Pauses that have ended, calls whose tasks were made late, and what is open now."""

    resumed: int
    made: int
    open: int
    overdue: int
    unseen: int
    escalated: int


def add_arguments(parser: Parser) -> None:
    """Nothing but how it is told."""
    change_as_json(parser, Told)


async def run(context: CommandContext) -> int:
    """Do it, and tell in one line what it was and what is open now."""
    async with context.signed_in() as (services, actor):
        done = await services.tasks.tick(actor)
    if context.arguments.json:
        now = done.numbers
        told = Told(done.resumed, done.made, now.all, now.overdue, now.unseen, now.escalated)
        context.write_rows([told])
    else:
        context.write(told_line(done) + "\n")
    return DONE


def told_line(done: "Ticked") -> str:
    """What a person reads of it; never a name."""
    return _(
        "Pauses ended: {resumed}. Tasks made late for: {made}. Open: {open}, overdue: {overdue}, emergencies that"
        " nobody has acknowledged: {unseen}, of these escalated: {escalated}."
    ).format(
        resumed=f"{done.resumed:,}",
        made=f"{done.made:,}",
        open=f"{done.numbers.all:,}",
        overdue=f"{done.numbers.overdue:,}",
        unseen=f"{done.numbers.unseen:,}",
        escalated=f"{done.numbers.escalated:,}",
    )
