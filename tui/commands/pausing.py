"""``carecall recipient pause|resume``."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.recipients.dto import Selection
from core.recipients.rules import resumes_on
from core.values.days import parse_day
from core.values.errors import ActionBlocked
from core.values.i18n import _
from core.values.times import now
from tui.commands import given as arguments
from tui.commands.context import CommandContext
from tui.commands.parsing import add_command, change_as_json
from tui.commands.printing import print_change
from tui.recipients.targets import how_many

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


class Paused(Struct, frozen=True):
    """How many were paused."""

    paused: int


class Resumed(Struct, frozen=True):
    """How many were resumed."""

    resumed: int


def add_arguments(actions: Any) -> None:
    """The actions."""
    pause = add_command(
        actions, "pause", _("pause recipients in a campaign in progress"), over_ssh=True
    )
    arguments.add_recipients(pause)
    pause.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    pause.add_argument(
        "--until", metavar=_("DAY"), help=_("when it resumes by itself: 2026-12-01 or +7")
    )
    change_as_json(pause, Paused)
    resume = add_command(actions, "resume", _("resume paused recipients"), over_ssh=True)
    arguments.add_recipients(resume)
    change_as_json(resume, Resumed)


async def _pause(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    selection, count = await arguments.recipients(services, actor, context.arguments)
    zone = context.settings.zone
    day = parse_day(given.until or "", now().astimezone(zone).date())
    done = await services.participations.pause(
        actor,
        selection,
        await _possible(services, actor, selection, count, "pausable"),
        reason=given.reason,
        resumes_at=None if day is None else resumes_on(day, zone, now()),
    )
    told = _("Paused {people}.").format(people=how_many(done.done))
    print_change(context, Paused(done.done), told)


async def _resume(context: CommandContext, services: "Services", actor: "Actor") -> None:
    selection, count = await arguments.recipients(services, actor, context.arguments)
    expected = await _possible(services, actor, selection, count, "resumable")
    done = await services.participations.resume(actor, selection, expected)
    told = _("Resumed {people}.").format(people=how_many(done.done))
    print_change(context, Resumed(done.done), told)


async def _possible(
    services: "Services", actor: "Actor", selection: Selection, count: int, which: str
) -> int:
    """All of them. Raises ActionBlocked where it is not possible for some."""
    counts = await services.recipients.counts(actor, selection)
    possible: int = getattr(counts, which)
    if possible != count:
        raise ActionBlocked(
            _("It is possible for {possible} of {count} recipients only; nothing was done.").format(
                possible=possible, count=count
            ),
            _("Name only those for whom it is."),
        )
    return possible


DO = {"pause": _pause, "resume": _resume}
