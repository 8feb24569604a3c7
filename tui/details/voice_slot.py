"""Where the voice of a call is played: the place for a widget, and what the details ask of it."""

from typing import Protocol

from textual.app import ComposeResult
from textual.containers import Vertical

from core.calls.dto import CallRow
from core.values.i18n import _
from tui.voice.voice_pane import VoicePane

VOICE_ACTIONS = frozenset(
    ("play", "stop", "seek_back", "seek_forward", "slower", "faster", "copy_listen")
)


class VoicePart(Protocol):
    """A widget that plays the voice of the call that is shown."""

    def show(self, call: CallRow | None) -> None:
        """This call is under the cursor now."""

    def why_not(self, action: str) -> str | None:
        """The reason why one of ``VOICE_ACTIONS`` is not possible now, or None."""

    def do(self, action: str) -> None:
        """Do one of ``VOICE_ACTIONS``."""

    def play_from(self, at_ms: int) -> None:
        """Play from this moment of the call on."""


class VoiceSlot(Vertical):
    """Holds the part, if there is one; without it, takes no room."""

    part: VoicePart | None = None

    def compose(self) -> ComposeResult:
        """The part."""
        self.part = pane = VoicePane()
        yield pane

    def show(self, call: CallRow | None) -> None:
        """This call is under the cursor now."""
        if self.part is not None:
            self.part.show(call)

    def why_not(self, action: str) -> str | None:
        """The reason why an action of the voice is not possible now, or None."""
        if self.part is None:
            return _("Voice cannot be played here.")
        return self.part.why_not(action)
