"""The voice of the call under the cursor: where it has speech, what is played, and how it is heard."""

import platform
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from core.calls.dto import CallRow
from core.values.errors import CoreError
from core.values.i18n import _
from core.voice.dto import PlayerState, Playing
from core.voice.rules import SPEEDS, next_speed
from tui.shell import View
from tui.voice import columns
from tui.voice.voice_view import VoiceView
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice import Notice

if TYPE_CHECKING:
    from core.voice.player import Player

SEEK_MS = 5_000
# Who only passes by a call does not have its file read.
_SETTLED_SECONDS = 0.3
_RUNS = (Playing.PLAYING, Playing.PAUSED, Playing.STARTING)


class VoicePane(Widget):
    """Plays the call it is shown. Everything else can be read without it."""

    can_focus = False

    class Spoken(Message):
        """What is heard now began at this moment of the call; None: nothing is heard."""

        def __init__(self, at_ms: int | None) -> None:
            super().__init__()
            self.at_ms = at_ms

    def __init__(self) -> None:
        super().__init__(id="voice-pane")
        self.view = VoiceView()
        self.state = PlayerState()
        self._call: CallRow | None = None
        self._problem = ""
        self._told = ""
        self._player: Player | None = None
        self._settled: Timer | None = None
        self._listens = False

    def compose(self) -> Any:
        """The waveform and what stands below it."""
        yield self.view

    @property
    def _screen(self) -> View:
        return cast("View", self.screen)

    # what the details and the app ask

    @property
    def is_playing(self) -> bool:
        """Whether somebody listens."""
        return self.state.playing in (Playing.PLAYING, Playing.STARTING)

    def show(self, call: CallRow | None) -> None:
        """This call is under the cursor now; what plays of another one stops."""
        if call and self._call and (call.id, call.voice_file) == (
            self._call.id, self._call.voice_file,
        ):  # fmt: skip
            return
        self._call, self._problem = call, ""
        self._take_back()
        self._leave_alone()
        self._changed(PlayerState(speed=self.state.speed))
        has_voice = call is not None and bool(call.voice_file)
        self.view.clear(visible=has_voice)
        if has_voice:
            self._settled = self.set_timer(_SETTLED_SECONDS, self._load)
        self._refresh_keys()

    def _leave_alone(self) -> None:
        """End what is going on with the voice that was shown."""
        if self._settled is not None:
            self._settled.stop()
        self.workers.cancel_node(self)
        self._listens = False
        if self._player is not None:
            self._player.kill()

    def why_not(self, action: str) -> str | None:
        """The reason why an action of the voice is not possible now, or None."""
        if self._call is None or not self._call.voice_file:
            return _("This call has no voice file.")
        if self._problem:
            return self._problem
        if action == "copy_listen":
            return None
        if self._screen.services.settings.player == "off":
            return _(
                "Playing is switched off in the settings; {keys[calls.copy_listen]} copies a line for your desk."
            ).format(keys=self._screen.console.own_keys)
        if action in ("stop", "seek_back", "seek_forward") and self.state.playing not in _RUNS:
            return _("Nothing is playing.")
        if action == "slower" and self.state.speed <= SPEEDS[0]:
            return _("This is as slow as it can be.")
        if action == "faster" and self.state.speed >= SPEEDS[-1]:
            return _("This is as fast as it can be.")
        return None

    def do(self, action: str) -> None:
        """Do one of the actions of the voice."""
        if action == "copy_listen":
            self._copy_listen()
        elif action == "play":
            self._play(None)
        elif action in ("slower", "faster"):
            speed = next_speed(self.state.speed, 1 if action == "faster" else -1)
            self._changed(replace(self.state, speed=speed))
            self._run(self._made_player().set_speed(speed))
        elif action == "stop":
            self._run(self._made_player().stop())
        else:
            by = SEEK_MS if action == "seek_forward" else -SEEK_MS
            self._run(self._made_player().seek(by))

    def play_from(self, at_ms: int) -> None:
        """Play from this moment of the call on."""
        self._play(at_ms)

    # playing

    def _play(self, at_ms: int | None) -> None:
        if self._call is None or self.state.playing is Playing.STARTING:
            return
        player = self._made_player()
        if self.state.playing is Playing.PLAYING and at_ms is None:
            self._run(player.pause())
        elif self.state.playing in _RUNS:
            self._run(player.play(at_ms))
        else:
            if at_ms is None and self.state.playing is not Playing.ENDED:
                at_ms = self.state.position_ms
            self._leave_alone()
            self._run(self._listen(player, self._call.id, at_ms or 0))

    def _made_player(self) -> "Player":
        if self._player is None:
            from core.voice.player import Player
            from core.voice.waveform import WAVEFORMS

            settings = self._screen.services.settings
            cache = settings.state_dir / WAVEFORMS
            self._player = Player(settings, self._heard, cache_dir=cache)
        return self._player

    async def _listen(self, player: "Player", call_id: int, at_ms: int) -> None:
        """Begin to listen: the file is opened anew, and that is recorded."""
        before = self.state
        self._changed(replace(before, playing=Playing.STARTING, position_ms=at_ms))
        screen = self._screen
        try:
            with await screen.services.voice.open_voice(screen.actor, call_id) as voice:
                await player.load(voice.file)
        except CoreError:
            self._changed(before)
            raise
        self._listens = True
        await player.play(at_ms)
        if not self.view.levels:
            self.view.levels = await player.waveform()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        async def run() -> None:
            try:
                await work
            except CoreError as error:
                self._tell(str(error), "error")

        self.run_worker(run(), group="voice")

    def _load(self) -> None:
        self._run(self._look())

    async def _look(self) -> None:
        """Draw where the call has speech; the process that reads the file rests until it plays."""
        if self._call is None:
            return
        player, screen = self._made_player(), self._screen
        try:
            with await screen.services.voice.open_unheard(screen.actor, self._call.id) as voice:
                facts = await player.load(voice.file)
            self._changed(replace(self.state, duration_ms=facts.duration_ms))
            self.view.levels = await player.waveform()
            await player.rest()
        except CoreError as error:
            self._problem = str(error)
            self.view.problem = self._problem
        self._refresh_keys()

    async def on_unmount(self) -> None:
        """Leaving ends what plays."""
        if self._player is not None:
            await self._player.close()

    # what is seen

    def _heard(self, state: PlayerState) -> None:
        """What the player tells, as far as it is about listening to this call."""
        if not self._listens:
            return
        ran = self.state.playing in _RUNS
        self._changed(state)
        if self._player is not None and ran and state.playing in (Playing.ENDED, Playing.STOPPED):
            self._run(self._player.rest())

    def _changed(self, state: PlayerState) -> None:
        before, self.state = self.state, state
        if not self.is_attached:
            return
        self.view.state = state
        heard = state.playing in (Playing.PLAYING, Playing.PAUSED)
        self.post_message(self.Spoken(state.position_ms if heard else None))
        if state.playing is Playing.FAILED and before.playing is not Playing.FAILED:
            self._tell(self._hint(), "error")  # the pane itself says why
        if (before.playing, before.speed) != (state.playing, state.speed):
            self._refresh_keys()

    def _hint(self) -> str:
        return _("At your desk: {command}").format(command=self._listen_command())

    def _refresh_keys(self) -> None:
        if self.is_attached:
            for bar in self.screen.query(KeyBar):
                bar.refresh_keys()

    def _tell(self, text: str, severity: str) -> None:
        # What ends with the screen has nobody to tell.
        if self.is_attached and self.screen.query(Notice):
            self._told = text
            self._screen.tell(text, severity)

    def _take_back(self) -> None:
        """What was told of one call is not true of the next."""
        if self._told and self.is_attached:
            for notice in self.screen.query(Notice):
                notice.take_back(self._told)
        self._told = ""

    def _listen_command(self) -> str:
        external_id = self._call.external_id if self._call else ""
        return columns.listen_command(platform.node(), external_id)

    def _copy_listen(self) -> None:
        command = self._listen_command()
        self.app.copy_to_clipboard(command)
        self._tell(self._hint(), "success")
