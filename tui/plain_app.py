"""The console in lines: the same screens, never drawn. A line is read, what is new is told.

Whatever the console can do is done by its own screens, keys and use cases; only what is seen there is heard here.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from textual.events import Key

from core.values.i18n import _
from tui.app import ConsoleApp
from tui.plain.answering import HELP, Answering
from tui.plain.lines import Lines
from tui.plain.spoken_keys import SpokenKeys
from tui.plain.telling import Teller
from tui.terminal.type_ahead import answered
from tui.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from core.io.identity import Identity
    from core.values.settings import Settings

SIZE = (
    119,
    60,
)  # of the screens that nobody sees: enough, and too little for two things side by side
_TURN = 0.02
_PATIENCE = 20.0  # of what a line has begun
_CALM = 2  # turns
# what goes on for as long as the console does
_LASTING = frozenset(("watch", "presence", "core", "upkeep", "voice", "plain", "leave", "hang-up"))


class PlainApp(ConsoleApp):
    """Talks with whoever types, until there is no more to read."""

    def __init__(self, settings: "Settings", identity: "Identity") -> None:
        super().__init__(settings, identity)
        self.own_keys = SpokenKeys(settings.keys)
        self._lines = Lines(self.hang_up.lost)
        self._teller = Teller(self)
        self._answering = Answering(self, self._teller, self._press, self._say, self._settle)
        self._is_answering = True
        self._displayed = asyncio.Event()

    async def on_mount(self) -> None:
        """Begin to talk; the console opens by itself."""
        self.run_worker(self._talk(), group="plain")
        self.run_worker(self._tell_news(), group="plain")

    async def _talk(self) -> None:
        while not self.is_ready:  # noqa: ASYNC110 - the console tells nobody
            await asyncio.sleep(_TURN)
        self._say(_("The console in lines. {help} tells what can be done.").format(help=HELP))
        while True:
            await self._settle()
            if self._leaving:
                return
            for told in self._teller.all_new():
                self._say(told)
            self._say(self._answering.prompt, end="")
            self._is_answering = False
            line = await self._lines.next()
            self._is_answering = True
            if line is None:
                self._say("")
                self.leave()
                return
            if self.acted():
                await self._answering.answer(line)

    async def _tell_news(self) -> None:
        """What comes by itself is told at once, and the prompt again."""
        while True:
            await self._displayed.wait()
            self._displayed.clear()
            if self._is_answering:
                continue
            await self._settle()
            if self._leaving:
                return
            if not self._is_answering and (news := self._teller.news()):
                self._say("")
                for told in news:
                    self._say(told)
                self._say(self._answering.prompt, end="")

    def leave(self, code: int = 0) -> None:
        """Leave; what is said at the end begins on a line of its own."""
        if not (self._leaving or self._is_answering):
            self._say("")
        super().leave(code)

    def post_display_hook(self) -> None:
        """Something may be another than before."""
        self._displayed.set()

    def _say(self, text: str, end: str = "\n") -> None:
        for line in text.splitlines() or [""]:
            self._lines.say(line, end)

    async def _press(self, key: str) -> None:
        event = Key(key, key if len(key) == 1 else None)
        event.set_sender(self)
        self.post_message(event)
        await answered(self)

    def _is_repeat(self, event: Key) -> bool:
        """No line is a key that is held down."""
        return False

    async def _settle(self) -> None:
        """Wait until what was begun is done, or waits for an answer."""
        loop = asyncio.get_running_loop()
        end, calm = loop.time() + _PATIENCE, 0
        while calm < _CALM and loop.time() < end and not self._leaving:
            calm = 0 if self._is_busy else calm + 1
            await asyncio.sleep(_TURN)

    @property
    def _is_busy(self) -> bool:
        at_work: Any = (one for one in self.workers if not one.is_finished)
        # an action of a screen that lies below waits for what lies over it
        return (
            self.is_writing
            or any(table.busy for table in self.screen.query(PagedTable))
            or any(
                one.node is self.screen if one.group == "action" else one.group not in _LASTING
                for one in at_work
            )
        )
