"""What makes a task, and when it is due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.tasks.rules import (
    TEXT_LENGTH,
    TaskKind,
    clean_text,
    due_at,
    escalates_before,
    kind_of,
    makes_task,
    rank_of,
)
from core.values.errors import InvalidInput
from core.values.settings import TaskTimes
from core.values.text import clean_reason

SEOUL = ZoneInfo("Asia/Seoul")
TIMES = TaskTimes()


@pytest.mark.parametrize(
    ("called", "due"),
    [
        ("2026-11-27 14:59", "2026-11-27 14:59"),  # the last minute of the 27th in Seoul
        ("2026-11-27 15:00", "2026-11-28 14:59"),
        ("2026-12-31 15:00", "2027-01-01 14:59"),
    ],
)
def test_unanswered_calls_are_due_at_the_end_of_the_day_of_their_organization(
    called: str, due: str
) -> None:
    moment = datetime.fromisoformat(called).replace(tzinfo=UTC)
    found = due_at(TaskKind.UNANSWERED, moment, TIMES, SEOUL)
    assert f"{found.astimezone(UTC):%Y-%m-%d %H:%M}" == due


def test_the_others_are_due_after_so_many_hours() -> None:
    moment = datetime(2026, 11, 27, 12, tzinfo=UTC)
    after = {
        kind: due_at(kind, moment, TIMES, SEOUL) - moment
        for kind in (TaskKind.EMERGENCY, TaskKind.NEGATIVE)
    }
    assert after == {
        TaskKind.EMERGENCY: timedelta(hours=TIMES.emergency_hours),
        TaskKind.NEGATIVE: timedelta(hours=TIMES.negative_hours),
    }
    assert moment - escalates_before(moment, TIMES) == timedelta(hours=TIMES.escalation_hours)


def test_a_call_of_long_ago_makes_none_unless_it_is_an_emergency() -> None:
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    oldest = now - timedelta(days=TIMES.look_back_days)
    older = oldest - timedelta(seconds=1)
    made = [
        makes_task(kind, at, now, TIMES)
        for kind in (TaskKind.NEGATIVE, TaskKind.EMERGENCY)
        for at in (oldest, older)
    ]
    assert made == [True, False, True, True]
    kinds = [kind_of(one) for one in ("emergency", "negative", "normal", None)]
    assert kinds == [TaskKind.EMERGENCY, TaskKind.NEGATIVE, None, None]
    assert rank_of(TaskKind.EMERGENCY) < rank_of(TaskKind.NEGATIVE) == rank_of(TaskKind.UNANSWERED)


@pytest.mark.parametrize("clean", [clean_text, clean_reason])
def test_a_text_has_one_character_at_least_and_so_many_at_most(clean) -> None:
    assert clean(" x ") == "x"
    assert clean("가" * TEXT_LENGTH) == "가" * TEXT_LENGTH
    for wrong in ("", "  ", "가" * (TEXT_LENGTH + 1)):
        with pytest.raises(InvalidInput):
            clean(wrong)
