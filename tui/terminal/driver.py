"""The terminal as Textual drives it, and what becomes of the console when the terminal is gone.

Without it a lost link ends a thread of Textual's, whose queue then fills until the whole console hangs; the
thread that reads keys spins on a terminal that was hung up; and a byte that is no UTF-8 is a crash.
"""

import asyncio
import codecs
import errno
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import wait
from typing import IO, Any, cast

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.terminal.app import TerminalApp
from tui.terminal.escapes import Escapes
from tui.terminal.size import bounded
from tui.terminal.type_ahead import ANSWER_SECONDS, OPENING_SECONDS, TypeAhead, answered

_POLL_SECONDS = 0.1  # after it an escape that nothing followed is looked at
_ANSWER_POLL_SECONDS = 0.02
_AT_ONCE = 4096
_AT_MOST = ANSWER_SECONDS + OPENING_SECONDS


class ConsoleDriver(LinuxDriver):
    """Reads keys and writes the screen on the terminal of standard input and output."""

    def __init__(self, app: TerminalApp, *args: Any, **more: Any) -> None:
        super().__init__(app, *args, **more)
        self._console = app
        app.write_codes = self.write
        self._size = self._size or self._get_terminal_size()
        self._type_ahead = TypeAhead(app, self._pass_on)
        self._is_suspended = False
        # by the loop, so that nothing is in the middle of being written
        self._loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        self._loop.add_signal_handler(signal.SIGCONT, self._go_on)
        if sys.__stdout__ is not None:
            self._file = cast("Any", _Output(sys.__stdout__, self._lost))

    def _lost(self) -> None:
        self._console.hang_up.tell(signal.SIGHUP)

    def start_application_mode(self) -> None:
        """Take the terminal; a slow one delays only what is shown, never the keys or a signal."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is not None:
            self._writer_thread._queue.maxsize = 0

    def _suspend(self) -> None:
        self.suspend_application_mode()
        self._is_suspended = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        """Take the terminal again; who was stopped without a word still holds it, as somebody may have left it.

        Textual would take it twice: then two threads read keys, one of them without end, and a raw terminal is
        what it gives back.
        """
        if not self._is_suspended:
            self.suspend_application_mode()
        self._is_suspended = False
        self.resume_application_mode()
        self._console.call_later(self._console.repaint)

    def stop_application_mode(self) -> None:
        """Give the terminal back, with nothing on it of what was shown.

        A terminal without a second screen, as GNU screen is by default, keeps what is on it; and a screen that is
        cleared at once goes into what can be scrolled back to, as in tmux, so that it is cleared line by line.
        """
        height = self._get_terminal_size()[1]
        self.write("".join(f"\x1b[{row};1H\x1b[2K" for row in range(height, 0, -1)))
        super().stop_application_mode()

    def _get_terminal_size(self) -> tuple[int, int]:
        return bounded(*super()._get_terminal_size())

    def process_message(self, message: Message) -> None:
        """Pass on what came from the terminal; what was typed when it can be answered."""
        if isinstance(message, events.Resize):
            message = events.Resize.from_dimensions(bounded(*message.size), message.pixel_size)
        if isinstance(message, events.Key | events.Paste):
            self._type_ahead.typed(message)
        elif not self.exit_event.is_set():
            super().process_message(message)

    def _pass_on(self, typed: events.Key | events.Paste) -> None:
        """Pass a key on, and wait until it is answered; once the console ends, no key is passed on."""
        if self.exit_event.is_set():
            return
        super().process_message(typed)
        coroutine = answered(self._console)
        answer = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        end = time.monotonic() + _AT_MOST
        # the loop that answers waits for this thread where it ends: asked again and again
        while not (answer.done() or self.exit_event.is_set() or time.monotonic() > end):
            wait((answer,), _ANSWER_POLL_SECONDS)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._lost()
        except Exception as error:  # noqa: BLE001 - told by the app, on its own thread
            self._console.call_later(_raise, error)

    def run_input_thread(self) -> None:
        """Pass on what is typed until the console ends. Raises OSError when the terminal is gone."""
        keys = Escapes(self._debug)
        decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                waiting = self._type_ahead.is_waiting
                if selector.select(_ANSWER_POLL_SECONDS if waiting else _POLL_SECONDS):
                    typed = os.read(self.fileno, _AT_ONCE)
                    if not typed:
                        raise OSError(errno.EIO, "the terminal was hung up")
                    self._take(keys.feed(decode(typed)))
                for message in keys.tick():
                    self.process_message(message)
                self._type_ahead.catch_up()

    def _take(self, messages: Iterable[Message]) -> None:
        """Pass on what was typed at once, up to the key that answers the question that was on the screen then.

        Who types "delete" where a button shows ``d`` means that button, and not to edit somebody by its ``e``.
        Behind an escape, which answers nothing, keys are for what is below.
        """
        question = self._console.question
        for message in messages:
            is_typed = isinstance(message, events.Key | events.Paste)
            if is_typed and question is not None and question not in self._console.screen_stack:
                continue
            self.process_message(message)
            if isinstance(message, events.Key) and message.key == "escape":
                question = None


def _raise(error: Exception) -> None:
    raise error


class _Output:
    """Standard output; once it cannot be written to, what is written goes nowhere."""

    def __init__(self, stream: IO[str], lost: Callable[[], None]) -> None:
        self._stream = stream
        self._lost = lost

    def write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except OSError:
            self._give_up()

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            self._give_up()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def _give_up(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (sys.__stdout__, sys.__stderr__):
            if descriptor is not None:
                os.dup2(nowhere, descriptor.fileno())
        os.close(nowhere)
        self._lost()
