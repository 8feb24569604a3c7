"""The details of a recipient, opened from a task: its neighbours and its keys are there as well."""

from typing import Any

from msgspec.structs import replace

from core.recipients.dto import RecipientRow
from core.tasks.dto import TaskRow
from core.tasks.rules import OUTCOME_WORDS
from core.values.errors import NotFound
from core.values.i18n import _
from core.values.times import now
from tui.details.details_screen import DetailsScreen
from tui.details.loaded import Loaded
from tui.details.neighbours import ListPager, Stop
from tui.tasks import columns
from tui.tasks.actions import TASK, TASK_TABS


def stop_of(row: TaskRow) -> Stop:
    """Where the details of a task open."""
    return Stop(row.id, row.recipient_id, row.call_id)


class TaskDetails(DetailsScreen):
    """Opens at the call that the task is about."""

    binds = (TASK,)
    tabs = TASK_TABS
    scopes = TASK_TABS["calls"]

    def __init__(
        self,
        recipient: RecipientRow,
        index: int,
        pager: ListPager | None,
        task: TaskRow,
        *,
        plays: bool,
    ) -> None:
        self._first = task
        super().__init__(
            recipient,
            index,
            pager,
            stop_of(task),
            stop_of=stop_of,
            plays=plays,
            follows=False,
        )

    async def _load(self, stop: Stop) -> Loaded:
        loaded = await super()._load(stop)
        try:
            return replace(loaded, task=await self.services.tasks.get(self.actor, stop.key))
        except NotFound:
            return loaded

    @property
    def task_row(self) -> TaskRow | None:
        """The task that it was opened from."""
        return self.loaded.task if self.loaded is not None else self._first

    def about(self, row: TaskRow) -> str:
        """Whose it is and what for."""
        return columns.about(row, self.form, now())

    def show_task(self, row: TaskRow) -> None:
        """It has changed: read it again."""
        if self.loaded is not None:
            self.loaded = replace(self.loaded, task=row)
        self.reload()

    def place_words(self) -> str:
        """Until when it is due, or how it ended, before its place."""
        row = self.task_row
        if row is None:
            return super().place_words()
        told: Any = (
            columns.due(row, self.form, now())
            if row.closed_at is None
            else _("task closed: {outcome}").format(
                outcome=_(OUTCOME_WORDS[row.outcome]) if row.outcome else "-"
            )
        )
        return f"{told} · {super().place_words()}"
