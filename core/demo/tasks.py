"""What there is to do in the sample database: a morning's tasks, and those of the last days, which somebody did.

All of it draws from chances of its own, so that people and calls stay as the seed gives them.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from core.demo import office
from core.demo.calendar import Calendar
from core.demo.calls import Fresh
from core.demo.notes import Rows
from core.demo.words import DROP_REASONS, HANDED_OVER, NEXT_STEPS, OWN_TASKS
from core.handovers.rules import ITEMS, Section
from core.tasks.rules import TaskKind, rank_of
from core.values.settings import TaskTimes

DAYS = 3  # whatever the morning brought came within; nobody that it is about was phoned otherwise
_TIMES = TaskTimes()
# of these there is one for each (minutes ago) that is listed
_EMERGENCIES = (12, 27, 41, 95)  # nobody has seen the first; the last is overdue
_NEGATIVES = (8, 20, 35, 950, 1_000, 1_120, 1_450, 1_475)  # the last two are overdue
_UNANSWERED = (4, 7, 9, 13, 16, 18, 22, 26, 29, 33, 36, 40, 44, 47, 52, 55, 61, 66, 72, 80)
_OWN = (1_500, 2_900, 400, 3_000)
_NEXT_STEPS = (2_800, 1_600, 1_300, 4_200)
_IN_MINUTES = (-50, 70, 190, 1_400)  # when own tasks and next steps are due; the first is overdue
_MORNING = {
    TaskKind.EMERGENCY: _EMERGENCIES,
    TaskKind.NEGATIVE: _NEGATIVES,
    TaskKind.UNANSWERED: _UNANSWERED,
    TaskKind.OWN: _OWN,
    TaskKind.NEXT_STEP: _NEXT_STEPS,
}
_SMALL, _USUAL, _MOST = (
    200,
    1_000,
    25,
)  # recipients: fewer have less to do; and how many mornings at most
_HANDS_OVER = 1  # the organization with hand-overs
_BY = 0.9  # all are given out before the last recipients, who have not been phoned yet
# places in a row of calls
_ID, _STARTED, _RESULT, _ANALYSIS = 0, 4, 6, 8
# places in a row of followup_actions
_ACTED_ON, _ACTOR, _ACTED_AT = 1, 3, 6

COLUMNS: dict[str, tuple[str, ...]] = {
    "tasks": (
        "id", "recipient_id", "organization_id", "kind", "rank", "call_id", "count", "since", "text",
        "due_at", "assignee_id", "tries", "acknowledged_at", "acknowledged_by", "created_at",
        "closed_at", "closed_by", "outcome", "reason", "version",
    ),
    "task_calls": ("call_id", "task_id"),
    "handovers": (
        "id", "organization_id", "number", "since", "signed_at", "signed_by", "text", "report",
        "confirmed_at", "confirmed_by", "version",
    ),
}  # fmt: skip


class Brought(NamedTuple):
    """What this morning brought for a recipient; ``number`` counts those of its kind."""

    kind: TaskKind
    number: int

    @property
    def place(self) -> int:
        """Which of the morning's it is like."""
        return self.number % len(_MORNING[self.kind])

    @property
    def minutes_ago(self) -> int:
        """When it came."""
        return _MORNING[self.kind][self.place]


class Morning:
    """Whom this morning brings something to do for."""

    def __init__(self, recipients: int, seed: int) -> None:
        scale = min(recipients / _SMALL, max(1.0, min(recipients / _USUAL, _MOST)))
        random = Random(f"morning {seed}")  # noqa: S311 - sample data
        kinds = [
            kind for kind, those in _MORNING.items() for _ in range(round(len(those) * scale) or 1)
        ]
        random.shuffle(kinds)
        self._given = dict.fromkeys(_MORNING, 0)
        self._left = kinds
        self._all, self._last = len(kinds), recipients * _BY

    def next(self, index: int) -> Brought | None:
        """What it brings for this recipient, who is phoned."""
        due = self._all * (index + 1) / self._last
        if not self._left or self._all - len(self._left) >= due:
            return None
        kind = self._left.pop()
        number = self._given[kind]
        self._given[kind] += 1
        return Brought(kind, number)


def fresh_calls(brought: Brought, calendar: Calendar) -> list[Fresh]:
    """The calls that brought it, oldest first."""
    at = calendar.now - timedelta(minutes=brought.minutes_ago)
    heard = brought.number == brought.place
    if brought.kind is TaskKind.UNANSWERED:
        days = [at - timedelta(days=ago, minutes=-ago) for ago in reversed(range(DAYS))]
        return [Fresh(day, None, False) for day in days]
    if brought.kind in (TaskKind.EMERGENCY, TaskKind.NEGATIVE):
        return [Fresh(at, brought.kind.value, heard and not brought.place % 2)]
    return []


class WorkMaker:
    """Makes tasks: open ones of the morning, closed ones of the calls before it."""

    def __init__(self, calendar: Calendar, seed: int) -> None:
        self._calendar = calendar
        self._random = Random(f"work {seed}")  # noqa: S311 - sample data
        self._since = calendar.moment(calendar.now - timedelta(days=_TIMES.look_back_days + 1))
        self._tasks = 0
        self._of_first: list[dict[str, Any]] = []  # the tasks of the organization that hands over

    def make(
        self,
        rows: Rows,
        recipient_id: int,
        organization: int,
        calls: Sequence[tuple[Any, ...]],
        actions: Sequence[tuple[Any, ...]],
        brought: Brought | None,
    ) -> None:
        """Add the tasks of a recipient with these calls (oldest first) and follow-up actions."""
        if brought is None and (not calls or calls[-1][_STARTED] < self._since):
            return
        admins = office.admins_of(organization)
        whose = (recipient_id, organization)
        streak = _streak(calls)
        open_kind = brought.kind if brought else None
        opened: Sequence[tuple[Any, ...]] = ()
        if open_kind in (TaskKind.EMERGENCY, TaskKind.NEGATIVE):
            opened = calls[-1:]
        elif open_kind is TaskKind.UNANSWERED:
            opened = streak
        elif len(streak) >= _TIMES.unanswered:
            self._closed(rows, whose, TaskKind.UNANSWERED, streak, None, admins)
        by_call = {action[_ACTED_ON]: action for action in actions}
        for call in reversed(calls):
            if call[_STARTED] < self._since:
                break
            if call[_ANALYSIS] in _MORNING and call not in opened:
                kind, action = TaskKind(call[_ANALYSIS]), by_call.get(call[_ID])
                self._closed(rows, whose, kind, [call], action, admins)
        if brought is not None:
            self._open(rows, whose, brought, opened, calls, admins)

    def _open(
        self,
        rows: Rows,
        whose: tuple[int, int],
        brought: Brought,
        about: Sequence[tuple[Any, ...]],
        calls: Sequence[tuple[Any, ...]],
        admins: list[int],
    ) -> None:
        calendar, place, kind = self._calendar, brought.place, brought.kind
        made = calendar.now - timedelta(minutes=brought.minutes_ago - 1)
        seen = who = None
        text, tries, call = "", 0, about[-1][_ID] if about else None
        if kind is TaskKind.EMERGENCY:
            due = made + timedelta(hours=_TIMES.emergency_hours)
            seen = calendar.moment(made + timedelta(minutes=3 + place)) if place else None
            who = self._pick(admins) if place > 1 else None
        elif kind is TaskKind.NEGATIVE:
            due = made + timedelta(hours=_TIMES.negative_hours)
            who = self._pick(admins) if place % 2 else None
        elif kind is TaskKind.UNANSWERED:
            due = calendar.midnight + timedelta(days=1, minutes=-1)
            who = self._pick(admins) if place % 3 == 0 else None
            tries = place % 3 if who else 0
        else:
            due = calendar.now + timedelta(minutes=_IN_MINUTES[place])
            who = self._pick(admins)
            step = kind is TaskKind.NEXT_STEP
            text = (NEXT_STEPS if step else OWN_TASKS)[brought.number % len(OWN_TASKS)]
            call = calls[-1][_ID] if step and calls else None
        seer = (who or self._pick(admins)) if seen else None
        since = about[0][_STARTED] if about else calendar.moment(made)
        self._add(
            rows, whose, kind, call, about, since, text, calendar.moment(due), who, tries, seen, seer,
            calendar.moment(made), None, None, None, "",
        )  # fmt: skip

    def _closed(
        self,
        rows: Rows,
        whose: tuple[int, int],
        kind: TaskKind,
        about: Sequence[tuple[Any, ...]],
        action: tuple[Any, ...] | None,
        admins: list[int],
    ) -> None:
        chance, calendar = self._random.random, self._calendar
        started = datetime.fromisoformat(about[-1][_STARTED]).replace(tzinfo=UTC)
        made = started + timedelta(minutes=1)
        closed, outcome, reason = made + timedelta(minutes=20 + int(chance() * 100)), "done", ""
        if action is None:
            who = self._pick(admins)
            if chance() < 0.25:
                outcome, reason = "dropped", self._pick(DROP_REASONS)
            at = calendar.moment(closed)
        else:
            who, at = action[_ACTOR], action[_ACTED_AT]
        emergency = kind is TaskKind.EMERGENCY
        seen = calendar.moment(made + timedelta(minutes=4)) if emergency else None
        hours = _TIMES.emergency_hours if emergency else _TIMES.negative_hours
        due = calendar.moment(made + timedelta(hours=hours))
        self._add(
            rows, whose, kind, about[-1][_ID], about, about[0][_STARTED], "", due, who, 0, seen,
            who if emergency else None, calendar.moment(made), at, who, outcome, reason,
        )  # fmt: skip

    def _add(
        self,
        rows: Rows,
        whose: tuple[int, int],
        kind: TaskKind,
        call: int | None,
        about: Sequence[tuple[Any, ...]],
        *more: Any,
    ) -> None:
        self._tasks += 1
        if whose[1] == _HANDS_OVER:
            self._of_first.append(
                {"task": self._tasks, "recipient": whose[0], "kind": kind, **_times(more)}
            )
        count = len(about) or (kind is TaskKind.NEXT_STEP)
        rows["tasks"].append(
            (self._tasks, *whose, kind.value, rank_of(kind), call, int(count), *more, 1)
        )
        rows["task_calls"] += [(one[_ID], self._tasks) for one in about]

    def handovers(self) -> list[tuple[Any, ...]]:
        """Two hand-overs of one organization: of yesterday evening, confirmed, and of an hour ago."""
        calendar, (lee, kim) = self._calendar, (2, 1)
        evening = calendar.midnight - timedelta(hours=6)
        morning = max(calendar.now - timedelta(hours=1), evening + timedelta(hours=2))
        times = (evening - timedelta(hours=9), evening, morning)
        made: list[tuple[Any, ...]] = []
        for number, text in enumerate(HANDED_OVER, 1):
            since, until = times[number - 1 : number + 1]
            confirmed = calendar.moment(until + timedelta(minutes=20)) if number == 1 else None
            report = json.dumps(self._report(since, until))
            made.append(
                (
                    number,
                    _HANDS_OVER,
                    number,
                    calendar.moment(since),
                    calendar.moment(until),
                    lee,
                    text,
                    report,
                    confirmed,
                    kim if confirmed else None,
                    2 if confirmed else 1,
                )
            )
        return made

    def _report(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        start, end = self._calendar.moment(since), self._calendar.moment(until)
        there = [one for one in self._of_first if one["made"] <= end]
        left = [one for one in there if one["closed"] is None or one["closed"] > end]
        emergency = [one for one in left if one["kind"] is TaskKind.EMERGENCY]
        late = [one for one in left if one["due"] < end]
        done = [one for one in there if one["closed"] and start < one["closed"] <= end]
        by_section = {
            Section.OPEN_EMERGENCIES: emergency,
            Section.OVERDUE: late,
            Section.PROMISED: [
                one
                for one in left
                if one["kind"] in (TaskKind.OWN, TaskKind.NEXT_STEP) and one not in late
            ],
            Section.NOT_REACHED: [one for one in left if one["kind"] is TaskKind.UNANSWERED],
            Section.NEW_EMERGENCIES: [
                one for one in there if one["kind"] is TaskKind.EMERGENCY and one["made"] > start
            ],
            Section.DONE: [one for one in done if one["outcome"] == "done"],
        }
        return [
            {
                "section": section.value,
                "count": len(by_section.get(section, ())),
                "items": [_item(section, one, end) for one in by_section.get(section, ())[:ITEMS]],
            }
            for section in Section
        ]

    def _pick(self, values: Any) -> Any:
        return values[int(self._random.random() * len(values))]


def _times(more: Sequence[Any]) -> dict[str, Any]:
    """What a hand-over tells of a task, by name."""
    since, _text, due, who, _tries, seen, _seer, made, closed, closer, outcome, _reason = more
    return {
        "since": since, "due": due, "who": who, "seen": seen, "made": made, "closed": closed,
        "closer": closer, "outcome": outcome,
    }  # fmt: skip


def _item(section: Section, one: dict[str, Any], end: str) -> dict[str, Any]:
    done = section is Section.DONE
    kept = {
        "recipient": one["recipient"],
        "task": one["task"],
        "kind": one["kind"].value,
        "at": f"{one['closed' if done else 'since']}+00:00",
        "until": f"{one['due']}+00:00",
        "who": one["closer" if done else "who"],
        "seen": bool(one["seen"] and one["seen"] <= end),
    }
    return {name: value for name, value in kept.items() if value not in (None, False)}


def _streak(calls: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The calls since somebody answered last, oldest first."""
    found = []
    for call in reversed(calls):
        if call[_RESULT] != "unanswered":
            break
        found.append(call)
    return found[::-1]
