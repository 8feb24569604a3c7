"""How the voice of a call is drawn: the waveform with the place that is heard, then what is played."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from core.values.i18n import _
from core.voice.dto import PlayerState
from core.voice.waveform import fitted
from tui.text import fit, shown
from tui.voice import columns

_PLACE = Style(reverse=True)
_MOST_LINES = 6


class VoiceView(Widget):
    """One line of waveform, one of state, and a line for each reason why nothing can be heard."""

    can_focus = False
    state: reactive[PlayerState] = reactive(PlayerState(), repaint=False)
    levels: reactive[Sequence[float]] = reactive((), repaint=False)
    problem: reactive[str] = reactive("", repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Strip] = []
        self._has_voice = False

    def clear(self, *, visible: bool) -> None:
        """Another call; without a voice file it takes no room."""
        self._has_voice = visible
        self.levels, self.problem = (), ""
        self._draw()

    def watch_state(self) -> None:
        """Draw what the player does."""
        self._draw()

    def watch_levels(self) -> None:
        """Draw the waveform."""
        self._draw()

    def watch_problem(self) -> None:
        """Draw why the voice file cannot be heard."""
        self._draw()

    def on_resize(self) -> None:
        """Fit it to the new width."""
        self._draw()

    def _draw(self) -> None:
        """Make the lines anew; what has not changed is not written to the terminal."""
        width = self.size.width
        if not self._has_voice:
            lines = []
        elif self.problem:
            label = _("Voice")
            lines = self._wrapped(f"{label}: {self.problem}", width)
        else:
            lines = [self._waveform(width), *self._wrapped(columns.status(self.state), width)]
            for reason in columns.reasons(self.state):
                lines += self._wrapped(reason, width)
        lines = lines[:_MOST_LINES]
        if len(lines) != len(self._lines) or not self.styles.height:
            self.styles.height = len(lines)
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def _waveform(self, width: int) -> Strip:
        text = columns.blocks(fitted(self.levels, width)) if self.levels else "·" * width
        if not self.state.position_ms:
            return Strip([Segment(text)], width)
        at = columns.column_at(self.state.position_ms, self.state.duration_ms, width)
        parts = (Segment(text[:at]), Segment(text[at : at + 1], _PLACE), Segment(text[at + 1 :]))
        return Strip([part for part in parts if part.text], width)

    def _wrapped(self, text: str, width: int) -> list[Strip]:
        room = max(1, width - 2)
        return [self._text(part.plain, width) for part in shown(text).wrap(room)]

    @staticmethod
    def _text(text: str, width: int) -> Strip:
        return Strip([Segment(fit(f" {text}", width))], width)

    def render_line(self, y: int) -> Strip:
        """The line, in the widget's own colours."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        return self._lines[y].apply_style(self.rich_style)
