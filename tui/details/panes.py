"""The panes with memory details, follow-up actions, memos and contacts."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from core.contacts.dto import ContactRow
from core.contacts.rules import RELATION_WORDS
from core.followups.dto import FollowupRow
from core.followups.rules import ACTION_WORDS
from core.memory.dto import MemoryRow
from core.memos.dto import MemoRow
from core.values.i18n import N_, _
from tui.details import columns
from tui.details.list_pane import ListPane
from tui.format import CellFormat
from tui.widgets.paged_table_cells import Column, TableRow


class TimedPane(ListPane):
    """A pane that knows how times are shown: in the zone of the recipient's organization."""

    def __init__(self, name: str, columns: Sequence[Column], empty: str, form: CellFormat) -> None:
        super().__init__(name, columns, empty)
        self.form = form
        self.timezone: str | None = None

    def time(self, moment: Any) -> str:
        """A time as it is read."""
        return self.form.time(moment, self.timezone)


class NotePane(TimedPane):
    """All of one kind that there is of a recipient. A subclass says how a row of it looks."""

    tab: ClassVar[str]
    labels: ClassVar[Sequence[Column]]
    nothing: ClassVar[str]
    to_row: ClassVar[Callable[[Any, CellFormat, str | None], TableRow]]

    def __init__(self, form: CellFormat) -> None:
        super().__init__(self.tab, self.labels, _(self.nothing), form)

    def show_all(self, rows: Sequence[Any], timezone: str | None, *, keep: bool) -> None:
        """Show these."""
        self.timezone = timezone
        to_row = type(self).to_row
        self.show([to_row(one, self.form, timezone) for one in rows], keep=keep)


class MemoryPane(NotePane):
    """What the machine remembers."""

    tab = "memory"
    labels = columns.MEMORY
    to_row = columns.memory_row
    nothing = N_("No call has brought anything up yet.")

    def reading(self, data: MemoryRow) -> list[tuple[str, str]]:
        """The content; beside an edit, what a later call brought up; where it comes from."""
        if data.is_reset:
            when = self.time(data.reset_at)
            return [
                (data.topic, "bold"),
                (_("Reset by {admin} at {time}.").format(admin=data.admin, time=when), ""),
                (_("Press {keys[list.open]} for its history.").format(keys=self.keys), "dim"),
            ]
        parts = [(data.topic, "bold"), (data.content, "")]
        if data.newer_content is not None:
            call = self.time(data.newer_call_at)
            parts += [
                (_("! Newer, from the call of {time}:").format(time=call), "bold"),
                (data.newer_content, ""),
            ]
        who = data.admin or _("machine")
        parts.append(
            (
                _("By {who}, {time}; from the call of {call}.").format(
                    who=who, time=self.time(data.changed_at), call=self.time(data.call_at) or "-"
                ),
                "dim",
            )
        )
        return parts


class FollowupPane(NotePane):
    """What staff did about calls."""

    tab = "followup"
    labels = columns.FOLLOWUPS
    to_row = columns.followup_row
    nothing = N_("There is no follow-up action. Press {keys[notes.add]} to add one.")

    def reading(self, data: FollowupRow) -> list[tuple[str, str]]:
        """Type, details, by whom and when."""
        written = _("By {who}, {time}; for the call of {call}.").format(
            who=data.admin, time=self.time(data.updated_at), call=self.time(data.call_at)
        )
        text = [(data.details, "")] if data.details else []
        return [(_(ACTION_WORDS[data.action_type]), "bold"), *text, (written, "dim")]


class ContactPane(NotePane):
    """Whom to turn to, in the order in which they are phoned."""

    tab = "contacts"
    labels = columns.CONTACTS
    to_row = columns.contact_row
    nothing = N_("There is no contact. Press {keys[contacts.add]} to add a guardian or an office.")

    def reading(self, data: ContactRow) -> list[tuple[str, str]]:
        """Who it is, the number, who else has it, since when."""
        parts = [(f"{_(RELATION_WORDS[data.relation])} {data.name}", "bold")]
        number = self.form.phone(data.phone)
        copy = _("{number}; press {keys[contacts.copy]} to copy it.")
        parts.append((copy.format(number=number, keys=self.keys), ""))
        if data.shared_with:
            words = _("The number is also that of, or of a contact of: {names}")
            parts.append((words.format(names=columns.shared_with(data)), "bold"))
        changed = _("Changed {time}").format(time=self.time(data.updated_at))
        return [*parts, (changed, "dim")]


class MemoPane(NotePane):
    """Free notes on the recipient."""

    tab = "memo"
    labels = columns.MEMOS
    to_row = columns.memo_row
    nothing = N_("There is no memo. Press {keys[notes.add]} to add one.")

    def reading(self, data: MemoRow) -> list[tuple[str, str]]:
        """The whole memo, its author and time."""
        written = f"{data.author}, {self.time(data.created_at)}"
        if data.updated_at != data.created_at:
            written = _("{written}, edited {time}").format(
                written=written, time=self.time(data.updated_at)
            )
        return [(data.text, ""), (written, "dim")]
