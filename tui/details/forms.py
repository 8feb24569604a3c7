"""The forms of the details: a memo, a memory detail, a follow-up action."""

from collections.abc import Coroutine, Mapping
from typing import Any

from textual.app import ComposeResult

from core.followups.dto import FollowupRow
from core.followups.rules import ACTION_WORDS, DETAILS_MAXIMUM, ActionType, clean_details
from core.io.drafts import DraftFile
from core.memory.dto import MemoryRow
from core.memory.rules import CONTENT_MAXIMUM
from core.memory.rules import clean_content as clean_memory
from core.memos.dto import MemoRow
from core.memos.rules import TEXT_MAXIMUM
from core.memos.rules import clean_text as clean_memo
from core.values.i18n import _
from core.values.stored import stored
from tui.details.note_form import NoteForm
from tui.forms.note_field import NoteField
from tui.forms.radio_list import RadioList


class MemoForm(NoteForm[MemoRow]):
    """Adds a memo to a recipient, or edits ``memo``."""

    def __init__(
        self,
        recipient_id: int,
        about: str,
        memo: MemoRow | None = None,
        draft: DraftFile | None = None,
    ) -> None:
        name = "memo.edit" if memo else "memo.add"
        title = _("Edit memo") if memo else _("Add memo")
        subject, version = (memo.id, memo.version) if memo else (0, 0)
        super().__init__(name, title, about, recipient_id, subject, version, draft)
        self._recipient_id = recipient_id
        self._memo = memo

    def field(self) -> NoteField:
        """The memo."""
        text = self._memo.text if self._memo else ""
        return NoteField("text", _("Memo"), text, clean_memo, TEXT_MAXIMUM)

    def saving(self, version: int) -> Coroutine[Any, Any, MemoRow]:
        """Add or edit."""
        memos = self.services.memos
        if self._memo is None:
            return memos.add(self.actor, self._recipient_id, self.note.value)
        return memos.edit(self.actor, self._memo.id, self.note.value, version)

    def words_of(self, row: MemoRow) -> str:
        """The memo's text."""
        return row.text


class MemoryForm(NoteForm[MemoryRow]):
    """Edits the content of a memory detail; what a later call brought up stands above it."""

    def __init__(self, memory: MemoryRow, about: str, draft: DraftFile | None = None) -> None:
        title = _("Edit memory details")
        ids = memory.recipient_id, memory.id
        super().__init__("memory.edit", title, about, *ids, memory.version, draft)
        self._memory = memory

    def field(self) -> NoteField:
        """The content."""
        return NoteField(
            "content", _("Content"), self._memory.content, clean_memory, CONTENT_MAXIMUM
        )

    def saving(self, version: int) -> Coroutine[Any, Any, MemoryRow]:
        """Edit."""
        return self.services.memory.edit(self.actor, self._memory.id, self.note.value, version)

    def words_of(self, row: MemoryRow) -> str:
        """The content, and what a call brought up beside it."""
        if row.is_reset:
            return _("(reset)")
        if row.newer_content is None:
            return row.content
        return _("{content}\nNewer, from a call: {newer}").format(
            content=row.content, newer=row.newer_content
        )


class FollowupForm(NoteForm[FollowupRow]):
    """Adds a follow-up action to a call, or edits ``followup``."""

    def __init__(
        self,
        recipient_id: int,
        call_id: int,
        about: str,
        followup: FollowupRow | None = None,
        draft: DraftFile | None = None,
    ) -> None:
        name = "followup.edit" if followup else "followup.add"
        title = _("Edit follow-up action") if followup else _("Add follow-up action")
        subject, version = (followup.id, followup.version) if followup else (call_id, 0)
        super().__init__(name, title, about, recipient_id, subject, version, draft)
        self._call_id = call_id
        self._followup = followup

    def above(self) -> ComposeResult:
        """What was done."""
        chosen = self._followup.action_type if self._followup else ActionType.PHONED
        yield RadioList([(one.value, _(ACTION_WORDS[one])) for one in ActionType], chosen.value)

    def field(self) -> NoteField:
        """The details."""
        text = self._followup.details if self._followup else ""
        label = _("Details (optional)")
        return NoteField("details", label, text, clean_details, DETAILS_MAXIMUM)

    @property
    def _chosen(self) -> ActionType:
        return stored(ActionType, self.query_one(RadioList).value)

    def draft_values(self) -> dict[str, str]:
        """The type as well."""
        return {**super().draft_values(), "type": self._chosen.value}

    def restore(self, values: Mapping[str, str]) -> None:
        """The type as well."""
        super().restore(values)
        self.query_one(RadioList).choose(values.get("type", ""))

    def own_words(self) -> str:
        """Type and details."""
        return f"{_(ACTION_WORDS[self._chosen])}\n{self.note.value}".strip()

    def words_of(self, row: FollowupRow) -> str:
        """Type and details."""
        return f"{_(ACTION_WORDS[row.action_type])}\n{row.details}".strip()

    def saving(self, version: int) -> Coroutine[Any, Any, FollowupRow]:
        """Add or edit."""
        followups, text = self.services.followups, self.note.value
        if self._followup is None:
            return followups.add(self.actor, self._call_id, self._chosen, text)
        return followups.edit(self.actor, self._followup.id, self._chosen, text, version)
