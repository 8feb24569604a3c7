"""Selects on what calls add up to. Whoever asks limits them to what the actor may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.calls.rules import Analysis, CallResult
from core.db.models import Call, Task

_CONNECTED = Call.result == CallResult.CONNECTED


def _number_of(condition: Any) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


# in the order of the fields of ``Sums``
SUMS: tuple[sa.ColumnElement[Any], ...] = (
    sa.func.count(Call.id),
    _number_of(_CONNECTED),
    _number_of(Call.completed),
    sa.func.sum(Call.answer_count),
    sa.func.sum(Call.answer_characters),
    sa.func.sum(sa.case((_CONNECTED, Call.duration_ms), else_=0)),
    _number_of(sa.and_(_CONNECTED, Call.analysis.is_not(None))),
    _number_of(sa.and_(_CONNECTED, Call.analysis == Analysis.NORMAL)),
    _number_of(Call.analysis == Analysis.EMERGENCY),
)


def part_of(starts: Sequence[datetime]) -> sa.ColumnElement[int]:
    """In which stretch of time a call is, by its place among those that begin at these moments."""
    latest_first = reversed(list(enumerate(starts)))
    return sa.case(*((Call.started_at >= start, at) for at, start in latest_first), else_=-1)


def by_part(starts: Sequence[datetime], *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The place of each stretch in which there were calls, and their ``SUMS``."""
    part = part_of(starts).label("part")
    select: sa.Select[Any] = sa.select(part, *SUMS)
    return select.where(Call.started_at >= starts[0], *which).group_by(part)


def open_tasks(ends: Sequence[datetime], *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """How many tasks were open at each of these moments."""
    counts: list[Any] = [
        _number_of(
            sa.and_(Task.created_at < end, sa.or_(Task.closed_at.is_(None), Task.closed_at >= end))
        )
        for end in ends
    ]
    return sa.select(*counts).where(*which)
