"""What the keys of the details do to memory details, follow-up actions and memos."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from core.app.actor import why_not_write
from core.calls.dto import CallRow
from core.followups.dto import FollowupRow
from core.followups.rules import ACTION_WORDS
from core.memory.dto import MemoryRow
from core.memory.rules import why_not_edit, why_not_reset
from core.memos.dto import MemoRow
from core.memos.rules import why_not_change
from core.values.errors import Conflict, CoreError, NotFound
from core.values.i18n import _
from tui.base import ConsoleActions
from tui.details.columns import analysis
from tui.forms.actions import DELETE, RESET
from tui.widgets.confirm_dialog import ConfirmDialog

if TYPE_CHECKING:
    from tui.details.calls_pane import CallsPane
    from tui.details.loaded import Loaded
    from tui.details.panes import FollowupPane, MemoPane, MemoryPane
    from tui.recipients.columns import CellFormat

_EXCERPT = 60


class NoteActions(ConsoleActions):
    """Add, edit, delete and reset."""

    active: str

    if TYPE_CHECKING:  # the screen's own
        loaded: Loaded | None
        calls: CallsPane
        memory: MemoryPane
        followups: FollowupPane
        memos: MemoPane
        form: CellFormat

        def reload(self) -> None: ...

    def why_not_note(self, action: str) -> str | None:
        """The reason why add, edit, delete or reset is not possible in the active pane, or None."""
        if reason := why_not_write(self.actor):
            return reason
        if action == "reset" and self.active != "memory":
            return _(
                "Only memory details can be reset; press {keys[details.tab_memory]} for them."
            ).format(keys=self.console.own_keys)
        if self.active == "calls":
            return _(
                "Press {keys[details.tab_memory]} for memory details, {keys[details.tab_followup]} for"
                " follow-up actions, {keys[details.tab_memo]} for memos."
            ).format(keys=self.console.own_keys)
        if self.active == "memory":
            return self._why_not_memory(action)
        if action == "add":
            return None
        return self._why_not_change()

    def _why_not_memory(self, action: str) -> str | None:
        one: MemoryRow | None = self.memory.current
        if action in ("add", "delete"):
            return _(
                "Memory details come from calls; they can be edited ({keys[memory.edit]}) and reset"
                " ({keys[memory.reset]})."
            ).format(keys=self.console.own_keys)
        if one is None:
            return _("There is no memory under the cursor.")
        if action == "edit":
            return why_not_edit(is_reset=one.is_reset)
        return why_not_reset(is_reset=one.is_reset)

    def _why_not_change(self) -> str | None:
        if self.active == "followup":
            if self.followups.current is None:
                return _("There is no follow-up action under the cursor.")
            return None
        memo: MemoRow | None = self.memos.current
        if memo is None:
            return _("There is no memo under the cursor.")
        return why_not_change(memo.author_id, self.actor.admin_id)

    def _time(self, moment: Any) -> str:
        timezone = self.loaded.recipient.timezone if self.loaded else None
        return self.form.time(moment, timezone)

    # add

    def action_add(self) -> None:
        """Add a follow-up action or a memo."""
        if self.blocked("add") or self.loaded is None:
            return
        if self.active == "followup":
            self._add_followup()
            return
        from tui.details.forms import MemoForm

        recipient = self.loaded.recipient
        self.ask(MemoForm(recipient.id, recipient.name), self._saved(_("The memo was added.")))

    def _add_followup(self) -> None:
        assert self.loaded is not None  # noqa: S101 - asked by who calls
        chosen = self.calls.current
        if self.calls.table.cursor_index and chosen is not None and chosen.followup_id is None:
            self.open_followup_form(chosen)
            return

        def found(call: CallRow | None) -> None:
            if call is None:
                self.tell(_("Every connected call has a follow-up action already."), "warning")
            else:
                self.open_followup_form(call)

        reading = self.services.calls.latest_without_followup(self.actor, self.loaded.recipient.id)
        self.read(reading, found, group="open")

    def open_followup_form(self, call: CallRow) -> None:
        """Add a follow-up action to this call."""
        from tui.details.forms import FollowupForm

        about = _("Call of {time}: {analysis}").format(
            time=self._time(call.started_at), analysis=analysis(call)
        )
        told = _("The follow-up action was added.")
        self.ask(FollowupForm(call.recipient_id, call.id, about), self._saved(told))

    def _saved(self, told: str) -> Callable[[Any], None]:
        def done(row: Any) -> None:
            for kind, pane in (
                (MemoRow, self.memos),
                (FollowupRow, self.followups),
                (MemoryRow, self.memory),
            ):
                if isinstance(row, kind):
                    pane.follow(row.id)
            self.reload()
            self.tell(told, "success")

        return done

    # edit

    def action_edit(self) -> None:
        """Edit what is under the cursor, as it is now."""
        if self.blocked("edit"):
            return
        if self.active == "memory":
            self._edit_memory(self.memory.current)
        elif self.active == "followup":
            reading = self.services.followups.get(self.actor, self.followups.current.id)
            self.read(reading, self._edit_followup, group="open")
        else:
            reading_memo = self.services.memos.get(self.actor, self.memos.current.id)
            self.read(reading_memo, self._edit_memo, group="open")

    def _edit_memory(self, one: MemoryRow) -> None:
        from tui.details.forms import MemoryForm

        about = _("Topic: {topic}").format(topic=one.topic)
        if one.newer_content is not None:
            about += "\n" + _("! Newer, from the call of {time}:").format(
                time=self._time(one.newer_call_at)
            )
            about += "\n" + one.newer_content
        self.ask(MemoryForm(one, about), self._saved(_("The memory was saved.")))

    def _edit_followup(self, one: FollowupRow) -> None:
        from tui.details.forms import FollowupForm

        about = _("Call of {time}").format(time=self._time(one.call_at))
        told = _("The follow-up action was saved.")
        form = FollowupForm(one.recipient_id, one.call_id, about, one)
        self.ask(form, self._saved(told))

    def _edit_memo(self, one: MemoRow) -> None:
        from tui.details.forms import MemoForm

        name = self.loaded.recipient.name if self.loaded else ""
        told = _("The memo was saved.")
        self.ask(MemoForm(one.recipient_id, name, one), self._saved(told))

    # delete and reset

    def action_delete(self) -> None:
        """Delete what is under the cursor."""
        if self.blocked("delete"):
            return
        if self.active == "followup":
            action: FollowupRow = self.followups.current
            about = f"{_(ACTION_WORDS[action.action_type])} · {self._time(action.call_at)}"
            question = _("It is gone for good. The call can then get another follow-up action.")
            deleting = partial(
                self.services.followups.delete, self.actor, action.id, action.version
            )
            title, told = _("Delete follow-up action"), _("The follow-up action was deleted.")
        else:
            memo: MemoRow = self.memos.current
            about, question = _excerpt(memo.text), _("It is gone for good.")
            deleting = partial(self.services.memos.delete, self.actor, memo.id, memo.version)
            title, told = _("Delete memo"), _("The memo was deleted.")

        def delete(_yes: bool) -> None:
            self.write(deleting(), self._saved(told), self._refused)

        self.ask(ConfirmDialog(title, f"{about}\n\n{question}", DELETE), delete)

    def action_reset(self) -> None:
        """Have the machine forget the memory under the cursor."""
        if self.blocked("reset"):
            return
        one: MemoryRow = self.memory.current
        question = _(
            "The machine forgets it. Its history stays visible to admins, and a later call may bring it up anew."
        )

        def reset(_yes: bool) -> None:
            resetting = self.services.memory.reset(self.actor, one.id, one.version)
            self.write(resetting, self._saved(_("The memory was reset.")), self._refused)

        about = f"{one.topic}: {_excerpt(one.content)}"
        self.ask(ConfirmDialog(_("Reset memory"), f"{about}\n\n{question}", RESET), reset)

    def _refused(self, error: CoreError) -> None:
        if isinstance(error, Conflict | NotFound):
            self.reload()
        self.tell_error(error)


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"
