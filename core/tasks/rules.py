"""What a task may be, when it is due, and what makes one. Pure.

The times are those of the service that this product follows: an emergency is looked at within an hour, a negative
call within a day, and whoever did not answer three times in a row is phoned by staff the same day. An emergency
that nobody has acknowledged an hour after its time is the work of everybody who may see it.
"""

import enum
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.calls.rules import Analysis
from core.values import text
from core.values.errors import InvalidInput
from core.values.i18n import N_, _
from core.values.stored import Words

TEXT_LENGTH = 200  # characters, of what an own task or a next step is about


class Times(Protocol):
    """What the settings say of tasks: hours until they are due, and how many days old a call may be."""

    @property
    def emergency_hours(self) -> float: ...
    @property
    def negative_hours(self) -> float: ...
    @property
    def escalation_hours(self) -> float: ...
    @property
    def look_back_days(self) -> int: ...


class TaskKind(enum.StrEnum):
    """What a task is for."""

    EMERGENCY = "emergency"
    NEGATIVE = "negative"
    UNANSWERED = "unanswered"
    NEXT_STEP = "next_step"
    OWN = "own"


class TaskOutcome(enum.StrEnum):
    """How a task ended: somebody did it, somebody dropped it, or its reason is gone."""

    DONE = "done"
    DROPPED = "dropped"
    ANSWERED = "answered"


FROM_CALLS = (TaskKind.EMERGENCY, TaskKind.NEGATIVE, TaskKind.UNANSWERED)
"""Kinds that calls make; of each at most one is open for a recipient."""

KIND_WORDS = Words(
    {
        TaskKind.EMERGENCY: N_("emergency"),
        TaskKind.NEGATIVE: N_("negative call"),
        TaskKind.UNANSWERED: N_("unanswered calls"),
        TaskKind.NEXT_STEP: N_("next step"),
        TaskKind.OWN: N_("own task"),
    }
)
OUTCOME_WORDS = Words(
    {
        TaskOutcome.DONE: N_("done"),
        TaskOutcome.DROPPED: N_("dropped"),
        TaskOutcome.ANSWERED: N_("answered meanwhile"),
    }
)
_OF_ANALYSIS = {Analysis.EMERGENCY: TaskKind.EMERGENCY, Analysis.NEGATIVE: TaskKind.NEGATIVE}


def kind_of(analysis: str | None) -> TaskKind | None:
    """The kind of task that a call with this analysis makes, or None."""
    return next((kind for one, kind in _OF_ANALYSIS.items() if one == analysis), None)


def rank_of(kind: TaskKind) -> int:
    """Where a kind stands in the list, before the due time: emergencies first."""
    return 0 if kind is TaskKind.EMERGENCY else 1


def due_at(kind: TaskKind, moment: datetime, times: Times, zone: ZoneInfo) -> datetime:
    """When a task of a kind that calls make, made at this moment (UTC), is due (UTC).

    Unanswered calls are due at the end of the day in the organization's zone.
    """
    if kind is TaskKind.EMERGENCY:
        return moment + timedelta(hours=times.emergency_hours)
    if kind is TaskKind.NEGATIVE:
        return moment + timedelta(hours=times.negative_hours)
    here = moment.astimezone(zone)
    tomorrow = datetime.combine(here.date() + timedelta(days=1), time(), zone)
    return (tomorrow - timedelta(minutes=1)).astimezone(moment.tzinfo)


def escalates_before(moment: datetime, times: Times) -> datetime:
    """Before when (UTC) an emergency was due that nobody has acknowledged and that is everybody's by now."""
    return moment - timedelta(hours=times.escalation_hours)


def makes_task(kind: TaskKind, started_at: datetime, moment: datetime, times: Times) -> bool:
    """Whether a call that is taken in now still makes a task; an emergency always does."""
    age = moment - started_at
    return kind is TaskKind.EMERGENCY or age <= timedelta(days=times.look_back_days)


def clean_text(value: str) -> str:
    """What an own task or a next step is about. Raises InvalidInput (field ``text``)."""
    label = _("What there is to do")
    return text.line(value, field="text", label=label, minimum=1, maximum=TEXT_LENGTH)


def clean_note(value: str) -> str:
    """What is said of a task that was done without a follow-up action. Raises InvalidInput (field ``details``)."""
    return text.line(value, field="details", label=_("Details"), maximum=TEXT_LENGTH)


def check_later(until: datetime, moment: datetime) -> None:
    """Raise InvalidInput (field ``until``) where a task is put off to a time that is not in the future."""
    if until <= moment:
        raise InvalidInput(_("This time is not in the future."), field="until")


class Seen(Protocol):
    """What of a task says whether an emergency waits for somebody."""

    @property
    def kind(self) -> TaskKind: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def acknowledged_at(self) -> datetime | None: ...


def is_unseen(task: Seen) -> bool:
    """Whether it is an open emergency that nobody has acknowledged."""
    return (
        task.kind is TaskKind.EMERGENCY and task.closed_at is None and task.acknowledged_at is None
    )


def why_not_take(assignee_id: int | None, assignee: str, admin_id: int) -> str | None:
    """The reason why an admin cannot take a task, or None."""
    if assignee_id is None or assignee_id == admin_id:
        return None
    return _("{name} has this task.").format(name=assignee)


def why_not_later(task: Seen) -> str | None:
    """The reason why a task cannot be put off, or None: what nobody has seen goes on asking."""
    return _("Nobody has acknowledged this emergency yet.") if is_unseen(task) else None


def why_not_acknowledge(kind: TaskKind, acknowledged_by: str | None) -> str | None:
    """The reason why a task cannot be acknowledged, or None."""
    if kind is not TaskKind.EMERGENCY:
        return _("Only an emergency is acknowledged.")
    if acknowledged_by is not None:
        return _("{name} has acknowledged it already.").format(name=acknowledged_by)
    return None
