"""What the keys of the details do to the call under the cursor."""

from typing import TYPE_CHECKING

from core.app.actor import why_not_write
from core.calls.rules import Verdict
from core.followups.rules import why_not_add
from core.values.i18n import _
from tui.base import ConsoleActions
from tui.details.conversation import Conversation
from tui.details.voice_slot import VOICE_ACTIONS

if TYPE_CHECKING:
    from core.calls.dto import CallRow
    from tui.details.calls_pane import CallsPane

CALL_ACTIONS = VOICE_ACTIONS | {"positive", "negative", "followup", "search", "emergency"}


class CallActions(ConsoleActions):
    """Feedback, follow-up action for this call, search, and what the voice does."""

    active: str

    if TYPE_CHECKING:  # the screen's own
        calls: CallsPane

        def reload(self) -> None: ...
        def open_followup_form(self, call: CallRow) -> None: ...
        def go_to_call(self, call_id: int) -> None: ...

    def why_not_call(self, action: str) -> str | None:
        """The reason why one of ``CALL_ACTIONS`` is not possible now, or None."""
        if self.active != "calls":
            return _("Press {keys[details.tab_calls]} for the calls first.").format(
                keys=self.console.own_keys
            )
        call = self.calls.current
        if call is None:
            return _("There is no call under the cursor.")
        if action in VOICE_ACTIONS:
            return self.calls.voice.why_not(action)
        if action in ("search", "emergency"):
            return None
        if reason := why_not_write(self.actor):
            return reason
        if action == "followup" and (
            reason := why_not_add(has_followup=call.followup_id is not None)
        ):
            return f"{reason} {_('Press 3 to see it.')}"
        return None

    def action_positive(self) -> None:
        """Positive feedback; the same again withdraws it."""
        self._give("positive", Verdict.POSITIVE)

    def action_negative(self) -> None:
        """Negative feedback; the same again withdraws it."""
        self._give("negative", Verdict.NEGATIVE)

    def _give(self, action: str, verdict: Verdict) -> None:
        if self.blocked(action) or self.calls.current is None:
            return

        def given(now: Verdict | None) -> None:
            self.reload()
            if now is None:
                self.tell(_("Your feedback was withdrawn."), "success")
            elif now is Verdict.POSITIVE:
                self.tell(_("Your feedback: positive. The same key withdraws it."), "success")
            else:
                self.tell(_("Your feedback: negative. The same key withdraws it."), "success")

        self.write(self.services.feedback.give(self.actor, self.calls.current.id, verdict), given)

    def action_followup(self) -> None:
        """Add a follow-up action to the call under the cursor."""
        if not self.blocked("followup") and self.calls.current is not None:
            self.open_followup_form(self.calls.current)

    def action_emergency(self) -> None:
        """Go to the next emergency call back in time, then round to the latest."""
        call = self.calls.current
        if self.blocked("emergency") or call is None:
            return

        def found(emergency: "CallRow | None") -> None:
            if emergency is None:
                self.tell(_("This recipient has no emergency call."))
            elif emergency.id == call.id:
                self.tell(_("This is the only emergency call of this recipient."))
            else:
                self.go_to_call(emergency.id)

        reading = self.services.calls.next_emergency(self.actor, call.recipient_id, call)
        self.read(reading, found, group="open")

    def action_search(self) -> None:
        """Search in the conversation."""
        if not self.blocked("search"):
            self.calls.conversation.search()

    # the voice

    def action_play(self) -> None:
        """Play or pause."""
        self._voice("play")

    def action_stop(self) -> None:
        """Stop."""
        self._voice("stop")

    def action_seek_back(self) -> None:
        """5 s back."""
        self._voice("seek_back")

    def action_seek_forward(self) -> None:
        """5 s forward."""
        self._voice("seek_forward")

    def action_slower(self) -> None:
        """Slower."""
        self._voice("slower")

    def action_faster(self) -> None:
        """Faster."""
        self._voice("faster")

    def action_copy_listen(self) -> None:
        """Copy the listen command."""
        self._voice("copy_listen")

    def _voice(self, action: str) -> None:
        part = self.calls.voice.part
        if not self.blocked(action) and part is not None:
            part.do(action)

    def on_conversation_play_from(self, event: Conversation.PlayFrom) -> None:
        """Enter on a line of the conversation."""
        part = self.calls.voice.part
        if not self.blocked("play") and part is not None:
            part.play_from(event.at_ms)
