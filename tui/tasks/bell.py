"""When the bell rings for an emergency. Pure."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.tasks.dto import TaskNumbers


class Bell:
    """Knows for which emergencies it was rung; those that were there at the first look have rung elsewhere."""

    def __init__(self) -> None:
        self._unseen: int | None = None
        self._escalated = 0
        self._task = self._call = 0

    def rings(self, numbers: "TaskNumbers") -> bool:
        """Whether an emergency has come, or is everybody's by now, since these numbers were asked last."""
        is_first = self._unseen is None
        before = (self._unseen or 0, self._escalated, self._task, self._call)
        now = (
            numbers.unseen,
            numbers.escalated,
            numbers.latest_unseen or 0,
            numbers.latest_call or 0,
        )
        self._unseen, self._escalated = numbers.unseen, numbers.escalated
        # one that is acknowledged takes the number down; what comes after it is newer all the same
        self._task, self._call = max(before[2], now[2]), max(before[3], now[3])
        return not is_first and any(one > other for one, other in zip(now, before, strict=True))
