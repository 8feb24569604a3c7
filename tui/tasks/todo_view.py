"""What a person has to do: open tasks, emergencies first, then by due time; tabs with their live numbers."""

from collections.abc import Sequence
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from core.contacts.dto import ContactRow
from core.recipients.listing.pager import Pager
from core.tasks.dto import Tab, TaskNumbers, TaskQuery, TaskRow
from core.values.i18n import N_, _
from core.values.times import now
from tui.action import Action
from tui.details.tab_bar import TabBar
from tui.list_screen import ListScreen
from tui.tasks import columns
from tui.text import shown
from tui.widgets.paged_table import PagedTable, TableRow

if TYPE_CHECKING:
    from tui.details.neighbours import Left

TIME_SECONDS = 20  # how often it is looked whether time alone has made something overdue
SETTLED_SECONDS = 0.3  # a row that came under the cursor by itself is not what a key was for
_NEAR = 64

TABS = {
    Tab.MINE: N_("Mine"),
    Tab.UNASSIGNED: N_("Unassigned"),
    Tab.OVERDUE: N_("Overdue"),
    Tab.ALL: N_("All"),
}


class TodoView(ListScreen[TaskRow, None]):
    """The tasks of one tab, and all of the one under the cursor below them.

    ``hasty`` are the actions that do something without asking: none of them is for a row that has just come under
    the cursor by itself.
    """

    no_row = N_("There is no task under the cursor.")
    hasty: frozenset[str] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.tab: Tab | None = None
        self._opens_with: Tab | None = None  # else with the first one in which there is something
        self._organization_id: int | None = None
        self._pager: Pager[TaskQuery, TaskRow] | None = None
        self._numbers: TaskNumbers | None = None
        self._under_cursor: tuple[int, int | None] = (0, None)
        self._shifted_at = -SETTLED_SECONDS
        self._told: tuple[str, ...] = ()
        self.contact: ContactRow | None = None

    def content(self) -> ComposeResult:
        """Title and tabs, the tasks, the one under the cursor."""
        with Horizontal(id="heading"):
            yield Static(shown(_("To do")), id="title")
            yield TabBar({tab.value: label for tab, label in TABS.items()})
        table = PagedTable(self._fetch, id="tasks", selectable=False, empty=_("Opening…"))
        table.columns = columns.COLUMNS
        yield table
        yield Static("", id="task")

    def on_mount(self) -> None:
        """Count, then show a tab that has something in it; look now and then what time has made of it."""
        self._count()
        self.set_interval(TIME_SECONDS, self._count)

    # reading and showing

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        if self._pager is None:
            return []
        rows = await self._pager.rows(start, stop)
        moment = now()
        return [columns.task_row(row, self.form, moment) for row in rows]

    def _count(self) -> None:
        numbers = partial(self.services.tasks.numbers, self.actor, self._organization_id)
        self.read(numbers, self._counted, group="numbers")

    def _counted(self, numbers: TaskNumbers) -> None:
        self._numbers = numbers
        if self.tab is None:
            with_some = (tab for tab in TABS if self._number(tab))
            self.show_tab(self._opens_with or next(with_some, Tab.MINE))
            return
        self._show_numbers()
        if self._pager is not None:
            self._pager.forget()
        self.table.reload()

    def _number(self, tab: Tab) -> int:
        numbers: int = getattr(self._numbers, tab.value)
        return numbers

    def _show_numbers(self) -> None:
        tab = self.tab or Tab.MINE
        total = self._number(tab)
        if self._pager is not None:
            self._pager.total = total
        self.table.total = total
        self.table.empty = self._why_empty(tab)
        self.query_one(TabBar).show(tab.value, {one.value: self._number(one) for one in TABS})

    def show_tab(self, tab: Tab) -> None:
        """Show the tasks of this tab, from its first one."""
        if self._numbers is None or tab is self.tab:
            return
        self.tab = tab
        query = TaskQuery(tab, self._organization_id)
        self._pager = Pager(self.services.tasks.window, self.actor, query)
        self._show_numbers()
        self.table.reload(False, cursor=0)

    def show_organization(self, organization_id: int | None, name: str) -> None:
        """Count and show the tasks of this organization, or of all (None), in the tab that is shown."""
        self._organization_id = organization_id
        self._opens_with, self.tab = self.tab, None
        self.stand("organization", _("Only the tasks of {name}.").format(name=name) if name else "")
        self._count()

    def _why_empty(self, tab: Tab) -> str:
        keys = self.console.own_keys
        if not self._number(Tab.ALL):
            return _(
                "There is nothing to do. What calls bring up comes here by itself; {keys[details.own_task]} in"
                " the details of a recipient adds a task of your own."
            ).format(keys=keys)
        if tab is Tab.MINE:
            return _(
                "You have no task. Press {keys[todo.tab_unassigned]} for those that nobody has,"
                " {keys[todo.take]} there takes one."
            ).format(keys=keys)
        if tab is Tab.UNASSIGNED:
            return _(
                "Every task has somebody. Press {keys[todo.tab_mine]} for yours, {keys[todo.tab_all]} for all."
            ).format(keys=keys)
        return _("Nothing is overdue. Press {keys[todo.tab_mine]} for your tasks.").format(
            keys=keys
        )

    def data_changed(self) -> None:
        """Somebody changed the data: count and read again, keeping the cursor."""
        self._count()

    def on_paged_table_cursor_moved(self) -> None:
        """Show all of the task under the cursor, and note when it came there by itself."""
        super().on_paged_table_cursor_moved()
        self._look()

    def on_paged_table_rows_read(self) -> None:
        """The rows are there: the task under the cursor is known."""
        self._look()

    def _look(self) -> None:
        row = self.current
        here = self.table.cursor_index, row.id if row else None
        index, before = self._under_cursor
        if here[0] == index and before not in (None, here[1]):
            self._shifted_at = monotonic()
        self._under_cursor = here
        if row is None or self.contact is None or self.contact.recipient_id != row.recipient_id:
            self.contact = None
        self._show_current()
        if row is not None and self.may("contacts.next_for"):
            following = self.services.contacts.next_for
            read = partial(following, self.actor, row.recipient_id, row.tries)
            self.read(read, self._show_contact, group="contact")

    def _show_contact(self, contact: ContactRow | None) -> None:
        """Whom to phone next about the recipient under the cursor."""
        self.contact = contact
        self._show_current()

    def _show_current(self) -> None:
        row = self.current
        told = columns.lines(row, self.form, now(), self.contact) if row else ()
        if told != self._told:
            self._told = told
            self.query_one("#task", Static).update(shown("\n".join(told)))

    # what may be done, and with which

    @property
    def is_changing(self) -> bool:
        """While other rows are read in place of these, what can be done with them is not known."""
        return self.table.is_replacing

    def blocked(self, action: Action) -> bool:
        """Whether it is not possible now; what was for the task that has just gone does nothing to the next."""
        if action.full_name in self.hasty and monotonic() - self._shifted_at < SETTLED_SECONDS:
            self._shifted_at = monotonic()  # a key that is held goes on doing nothing
            self.tell(_("Another task is here now; look, then press the key again."))
            return True
        return super().blocked(action)

    # what came of it

    @property
    def task_row(self) -> TaskRow | None:
        """The task that keys are for."""
        return self.current

    def show_task(self, row: TaskRow) -> None:
        """Show a task as it is now, and count again."""
        self.table.replace_row(columns.task_row(row, self.form, now()))
        self._count()

    def about(self, row: TaskRow) -> str:
        """Whose it is and what for."""
        return columns.about(row, self.form, now())

    async def open_task(self, row: TaskRow, *, plays: bool = False) -> None:
        """Open the recipient at the call."""
        raise NotImplementedError

    def come_back(self, left: "Left") -> None:
        """Back from the details: to the task after the one that was seen last."""
        if self._pager is not None:
            self._pager.forget()
        self.table.reload(False, find=partial(self._after, left))

    async def _after(self, left: "Left") -> int | None:
        if self._pager is None:
            return None
        index, start = left.index, max(0, left.index - _NEAR)
        keys = [row.id for row in await self._pager.rows(start, index + _NEAR)]
        if left.next_key in keys:
            index = start + keys.index(left.next_key)
        elif left.key in keys:
            index = start + keys.index(left.key) + 1
        return min(index, start + len(keys) - 1) if keys else None

    @property
    def pager(self) -> Pager[TaskQuery, TaskRow] | None:
        """The tasks of this tab, by their places."""
        return self._pager
