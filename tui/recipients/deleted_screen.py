"""The deleted recipients with their keys."""

from core.recipients.deletion_dto import DeletedRow
from tui.recipients.deleted_actions import DELETED, DELETED_PLACE, show_one
from tui.recipients.deleted_view import DeletedView
from tui.widgets.paged_table import PagedTable


class DeletedScreen(DeletedView):
    """What was deleted and can be restored; enter shows what one was."""

    binds = (DELETED,)
    scopes = DELETED_PLACE

    async def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Show what it was."""
        if isinstance(event.row.data, DeletedRow):
            await self.start(show_one(self, event.row.data))
