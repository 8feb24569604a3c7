"""The tasks with their keys."""

from core.tasks.dto import TaskRow
from tui.tasks.actions import TODO, TODO_PLACE, open_task
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
            await self.start(open_task(self, event.row.data))
