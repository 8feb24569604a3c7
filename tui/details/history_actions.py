"""What the keys of the tab with the history do."""

from functools import partial
from typing import TYPE_CHECKING

from core.values.i18n import N_, _
from tui.action import Scope

if TYPE_CHECKING:
    from tui.details.details_view import DetailsView

HISTORY = Scope("history", N_("Recipient details, history"))


@HISTORY.action("f", N_("Filter"), footer=10, command="recipient history")
async def filter_history(view: "DetailsView") -> None:
    """List one kind of entries only, or all."""
    from core.history.rules import EntryKind
    from tui.details.history_pane import ALL, KindPicker

    chosen = await view.ask(KindPicker())
    if chosen is not None:
        view.read_history(None if chosen == ALL else EntryKind(chosen), changed=True)


@HISTORY.action(
    "w",
    N_("Weeks"),
    footer=11,
    use_case="trends.of_recipient",
    command="trend",
    also=N_("trend, chart, statistics"),
)
async def weeks(view: "DetailsView") -> None:
    """Show the calls of each week."""
    from tui.trends import tables
    from tui.trends.dialogs import WeeksDialog

    reading = partial(view.services.trends.of_recipient, view.actor, view.recipient.id)
    title = _("Trend of {name}").format(name=view.recipient.name)
    await view.ask(WeeksDialog(title, reading, tables.by_week))
