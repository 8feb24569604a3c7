"""The tasks with their keys."""

from core.tasks.dto import TaskRow
from tui.recipients.changes import tell_deleted
from tui.tasks.actions import TODO, TODO_PLACE
from tui.tasks.todo_view import TodoView
from tui.widgets.paged_table import PagedTable


class TodoScreen(TodoView):
    """To do; enter opens the recipient at the call."""

    binds = (TODO,)
    scopes = TODO_PLACE
    hasty = frozenset({"todo.take", "todo.emergency"})

    async def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Open the recipient at the call that the task is about."""
        if isinstance(event.row.data, TaskRow):
            await self.start(self.open_task(event.row.data))

    async def open_task(self, row: TaskRow, *, plays: bool = False) -> None:
        """Open the recipient at the call; back from there, the next task is under the cursor."""
        from tui.tasks.task_details import TaskDetails

        index = self.table.cursor_index
        recipient = await self.look(self.services.recipients.get(self.actor, row.recipient_id))
        details = TaskDetails(recipient, index, self.pager, row, plays=plays)
        left = await self.ask(details)
        if left is not None:
            self.come_back(left)
            if left.deletion is not None:
                tell_deleted(self, left.deletion, left.name)
