"""What services and screens exchange about tasks. Frozen; times in UTC."""

import enum
from datetime import datetime

from msgspec import Struct

from core.tasks.rules import TaskKind, TaskOutcome


class Tab(enum.StrEnum):
    """Which open tasks are listed."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    ALL = "all"


class TaskQuery(Struct, frozen=True):
    """Which open tasks, emergencies first, then by due time."""

    tab: Tab = Tab.ALL
    organization_id: int | None = None


class TaskRow(Struct, frozen=True):
    """A task. ``count`` calls are about it, ``call_id`` is the latest; ``tries``: how often it was put off.

    ``corrected``: the calling system has sent its calls anew, and none of them is what it was made for any more.
    """

    id: int
    version: int
    recipient_id: int
    organization_id: int
    organization: str
    timezone: str | None
    name: str
    phone: str
    kind: TaskKind
    call_id: int | None
    count: int
    since: datetime
    text: str
    due_at: datetime
    assignee_id: int | None
    assignee: str
    tries: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    created_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    outcome: TaskOutcome | None
    reason: str
    corrected: bool


class TaskNumbers(Struct, frozen=True):
    """How many open tasks there are for an admin.

    ``unseen``: emergencies that nobody has acknowledged; ``latest_unseen`` and ``latest_call`` are the newest task
    and call of them. ``escalated``: those of them that are everybody's by now.
    """

    mine: int
    unassigned: int
    overdue: int
    all: int
    unseen: int
    latest_unseen: int | None = None
    latest_call: int | None = None
    escalated: int = 0


class Ticked(Struct, frozen=True):
    """What time has brought: how many pauses ended, for how many recipients tasks were made, and what is open."""

    resumed: int
    made: int
    numbers: TaskNumbers


class NextStep(Struct, frozen=True):
    """What is to come after a task: what, until when (UTC), by whom (None: who says so)."""

    text: str
    due_at: datetime
    assignee_id: int | None = None


class Assignee(Struct, frozen=True):
    """Somebody whom a task can be given to."""

    id: int
    name: str
    login: str = ""
