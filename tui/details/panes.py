"""The panes with memory details, follow-up actions, memos and contacts."""

from collections.abc import Sequence
from typing import Any

from core.contacts.dto import ContactRow
from core.contacts.rules import RELATION_WORDS
from core.followups.dto import FollowupRow
from core.followups.rules import ACTION_WORDS
from core.memory.dto import MemoryRow
from core.memos.dto import MemoRow
from core.values.i18n import _
from tui.details import columns
from tui.details.list_pane import ListPane
from tui.format import CellFormat


class TimedPane(ListPane):
    """A pane that knows how times are shown: in the zone of the recipient's organization."""

    form: CellFormat
    timezone: str | None = None

    def time(self, moment: Any) -> str:
        """A time as it is read."""
        return self.form.time(moment, self.timezone)


class MemoryPane(TimedPane):
    """What the machine remembers."""

    def __init__(self, form: CellFormat) -> None:
        super().__init__(
            "memory", columns.memory_columns(), _("No call has brought anything up yet.")
        )
        self.form = form

    def show_all(self, rows: Sequence[MemoryRow], timezone: str | None, *, keep: bool) -> None:
        """Show these."""
        self.timezone = timezone
        self.show([columns.memory_row(one, self.form, timezone) for one in rows], keep=keep)

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


class FollowupPane(TimedPane):
    """What staff did about calls."""

    def __init__(self, form: CellFormat) -> None:
        super().__init__(
            "followup",
            columns.followup_columns(),
            _("There is no follow-up action. Press {keys[notes.add]} to add one."),
        )
        self.form = form

    def show_all(self, rows: Sequence[FollowupRow], timezone: str | None, *, keep: bool) -> None:
        """Show these."""
        self.timezone = timezone
        self.show([columns.followup_row(one, self.form, timezone) for one in rows], keep=keep)

    def reading(self, data: FollowupRow) -> list[tuple[str, str]]:
        """Type, details, by whom and when."""
        written = _("By {who}, {time}; for the call of {call}.").format(
            who=data.admin, time=self.time(data.updated_at), call=self.time(data.call_at)
        )
        text = [(data.details, "")] if data.details else []
        return [(_(ACTION_WORDS[data.action_type]), "bold"), *text, (written, "dim")]


class ContactPane(TimedPane):
    """Whom to turn to, in the order in which they are phoned."""

    def __init__(self, form: CellFormat) -> None:
        super().__init__(
            "contacts",
            columns.contact_columns(),
            _("There is no contact. Press {keys[contacts.add]} to add a guardian or an office."),
        )
        self.form = form

    def show_all(self, rows: Sequence[ContactRow], timezone: str | None, *, keep: bool) -> None:
        """Show these."""
        self.timezone = timezone
        self.show([columns.contact_row(one, self.form) for one in rows], keep=keep)

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


class MemoPane(TimedPane):
    """Free notes on the recipient."""

    def __init__(self, form: CellFormat) -> None:
        super().__init__(
            "memo",
            columns.memo_columns(),
            _("There is no memo. Press {keys[notes.add]} to add one."),
        )
        self.form = form

    def show_all(self, rows: Sequence[MemoRow], timezone: str | None, *, keep: bool) -> None:
        """Show these."""
        self.timezone = timezone
        self.show([columns.memo_row(one, self.form, timezone) for one in rows], keep=keep)

    def reading(self, data: MemoRow) -> list[tuple[str, str]]:
        """The whole memo, its author and time."""
        written = f"{data.author}, {self.time(data.created_at)}"
        if data.updated_at != data.created_at:
            written = _("{written}, edited {time}").format(
                written=written, time=self.time(data.updated_at)
            )
        return [(data.text, ""), (written, "dim")]
