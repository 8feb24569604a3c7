"""The duplicates with their keys."""

from tui.action import named
from tui.duplicates.actions import DUPLICATES, DUPLICATES_PLACE
from tui.duplicates.duplicates_view import DuplicatesView
from tui.widgets.paged_table import PagedTable


class DuplicatesScreen(DuplicatesView):
    """Pairs that may be one person; enter compares them."""

    binds = (DUPLICATES,)
    scopes = DUPLICATES_PLACE

    async def on_paged_table_row_opened(self, _event: PagedTable.RowOpened) -> None:
        """Compare them."""
        await self.act(named("duplicates.merge"))
