"""What the console wants of Textual's app that is not public: what is written, and what a crash shows."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.driver import Driver
from textual.events import Event, Key, Paste
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

from core.values.text import displayed_line
from tui.terminal import cursor
from tui.terminal.frugal_output import FrugalOutput, WrittenUpdate
from tui.terminal.hangup import HangUp
from tui.terminal.held_key import HeldKey


class TerminalApp(App[int]):
    """An app that writes few bytes, ends with its terminal, and shows nothing of a crash."""

    is_ready = False  # for every key

    def __init__(self, driver_class: type[Driver]) -> None:
        super().__init__(driver_class=driver_class)
        self.hang_up = HangUp()
        # by the driver of a terminal
        self.write_codes: Callable[[str], object] = lambda _codes: None
        self._output = FrugalOutput(colours=not self.no_color)
        self._is_cursor_hidden = True  # as Textual's driver hides it
        self._pointed: Widget | None = None
        self._held_key = HeldKey()
        self._is_over = False

    @property
    def question(self) -> Screen[Any] | None:
        """The question that is on the screen, if there is one."""
        return None

    def answers_now(self, event: Key | Paste) -> bool:
        """Whether what was typed can be answered by now."""
        return self.is_ready

    def ends_it(self, event: Key | Paste) -> bool:
        """Whether this is the key that ends the app, whatever it is doing."""
        return False

    @property
    def may_show(self) -> bool:
        """Whether anything may be written to the screen."""
        return True

    @property
    def is_opening(self) -> bool:
        """Whether what a key opens or lists is still to come."""
        return False

    async def on_event(self, event: Event) -> None:
        """Answer what was typed, but no key that only repeats the answer to a question."""
        if isinstance(event, Key) and not event.is_forwarded:
            if self._is_repeat(event):
                return
            self._pointed = None
        await super().on_event(event)

    def _is_repeat(self, event: Key) -> bool:
        return self._held_key.is_repeat(event.key, event.time, self.question)

    def key_answered(self) -> None:
        """The last key has been answered, and the next one is read only now."""
        self._held_key.answered(time.monotonic())
        if self.screen_stack:
            self.screen.call_after_refresh(self._follow)

    def point_at(self, widget: Widget) -> None:
        """Have the terminal's cursor stand there until the next key, though the focus is elsewhere."""
        self._pointed = widget

    def _follow(self) -> None:
        """Bring the cursor to where the last key has led, if nothing had to be drawn for it."""
        if self._is_cursor_hidden or not (self.screen_stack and self.may_show):
            return
        at = self._cursor_place()
        if at != self._previous_cursor_position:
            self.cursor_position = self._previous_cursor_position = at
            self.write_codes(cursor.move_to(at))

    def _cursor_place(self) -> Offset:
        return self.screen.outer_size.clamp_offset(cursor.place(self.screen, self._pointed))

    def exit(self, *args: Any, **more: Any) -> None:
        """Take all screens down and end."""
        self._is_over = True
        super().exit(*args, **more)

    def unexpected(self, error: Exception) -> int:
        """Note what nobody expected, which ends the app; gives the exit code."""
        raise NotImplementedError

    def as_app(self) -> contextlib.AbstractContextManager[None]:
        """Within it, a task that is made belongs to the app, not to the screen that made it."""
        return self._context()

    def notify_desk(self, words: str) -> None:
        """Ask the terminal to show a notification at the desk (OSC 9), where it knows how."""
        self.write_codes(f"\x1b]9;{displayed_line(words)}\x07")

    def forget_output(self) -> None:
        """The terminal may show anything now: the next update writes all of it."""
        self._output.forget()
        self._is_cursor_hidden = True

    def repaint(self) -> None:
        """Write the whole screen again, whatever the terminal shows."""
        self.forget_output()
        self.screen.refresh(layout=True)

    async def run_async(self, *args: Any, **more: Any) -> int | None:
        """Run to the end; when a signal ended it, so does the process here.

        What asyncio does afterwards would wait for a write that waits for somebody else.
        """
        try:
            return await super().run_async(*args, **more)
        finally:
            if self.hang_up.came:
                self.hang_up.end()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not self.may_show:
            renderable = None
        if isinstance(renderable, CompositorUpdate):
            if self._running and not (self._batch_count or self._closed or self.is_headless):
                codes = self._output.difference(renderable, self.console)
                self.cursor_position = self._cursor_place()
                if not codes and self.cursor_position == self._previous_cursor_position:
                    self.post_display_hook()
                    return
                renderable = WrittenUpdate(cursor.shown(codes, is_hidden=self._is_cursor_hidden))
                self._is_cursor_hidden = False
            else:
                renderable = None  # it is not written, so nothing may be remembered of it
        super()._display(screen, renderable)

    def _fatal_error(self) -> None:
        # Textual would print every local variable, phone numbers and transcripts included.
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        if self._is_over and isinstance(error, (NoMatches, NoScreen)):
            return  # a screen that is opened or shown again while all are taken down has nothing on it
        code = self.unexpected(error)
        super()._handle_exception(error)
        self._return_code = code
