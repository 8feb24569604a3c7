"""The app: theme, opening the core behind the first frame, what is told on every screen, leaving."""

import asyncio
import contextlib
import importlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from textual.events import Event, InputEvent, Key, Paste, Resize
from textual.screen import Screen

from core.app.permissions import READERS
from core.io.drafts import Drafts
from core.io.identity import Identity
from core.recipients.first_look import first_look
from core.values.errors import CoreError, InvalidInput, NotPermitted, StorageUnavailable
from core.values.i18n import _
from core.values.settings import Settings
from tui import crash
from tui.action import Acting, Action, asked_for, named
from tui.everywhere import ALWAYS
from tui.notices import Notices
from tui.own_keys import OwnKeys
from tui.presence import Presence
from tui.start_up import started
from tui.tasks.bell import Bell
from tui.terminal.app import TerminalApp
from tui.terminal.driver import ConsoleDriver
from tui.terminal.hangup import WRITES_SECONDS
from tui.terminal.preparing import theme_name
from tui.widgets.notice import Notice
from tui.widgets.sign import sign_words
from tui.writes import Writes

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services
    from tui.shell import View

Result = TypeVar("Result")

MINIMUM_WIDTH, MINIMUM_HEIGHT = 80, 24
UPKEEP_SECONDS = 60
RETRY_SECONDS = 2


def _imported() -> Any:
    """The core; before it the details, which may be asked for first."""
    importlib.import_module("tui.details.details_screen")
    return importlib.import_module("core.app.services")


class ConsoleApp(Acting, TerminalApp):
    """The console of one admin."""

    CSS_PATH = [
        "../styles/base.tcss",
        "../styles/widgets.tcss",
        "../styles/recipients.tcss",
        "../styles/uploads.tcss",
        "../styles/details.tcss",
        "../styles/tasks.tcss",
        "../styles/handovers.tcss",
        "../styles/conversations.tcss",
    ]
    binds = (ALWAYS,)
    ENABLE_COMMAND_PALETTE = False
    services: "Services"
    actor: "Actor"

    def __init__(self, settings: Settings, identity: Identity, *, rich: bool = False) -> None:
        super().__init__(ConsoleDriver)
        self.settings = settings
        self.identity = identity
        self.own_keys = OwnKeys(settings.keys)
        self.rich = rich
        self.failure: str | None = None
        self.farewell = ""  # why it was left by itself
        self.ending = "left"  # how the session ends, for the record of access
        self.presence = Presence(settings)
        self._notices = Notices(self)
        self._writes = Writes(self)
        self._leaving = False
        self.sign = ""
        self.last_reason = ""
        self._bell = Bell()
        name = theme_name(settings.theme, rich=rich)
        if name not in self.available_themes:
            raise InvalidInput(
                _("There is no theme {name}.").format(name=name),
                _("The themes are: {names}.").format(
                    names=", ".join(sorted(self.available_themes))
                ),
            )
        self.theme = name

    @property
    def is_open(self) -> bool:
        """Whether the core is there."""
        return hasattr(self, "actor")

    @property
    def question(self) -> Screen[Any] | None:
        """The question that is on the screen, if there is one."""
        screen = self.screen_stack[-1] if self.screen_stack else None
        return screen if getattr(screen, "is_question", False) else None

    def answers_now(self, event: Key | Paste) -> bool:
        """Whether what was typed can be answered.

        Before the core is there, few keys can, and none before the list is on the screen; while other rows are
        read in place of those listed, or the first ones, none that is for a row: it is for the row that comes.
        """
        if self.is_ready:
            waits = getattr(self.screen, "awaits_rows", False)
            return not (isinstance(event, Key) and waits and self._is_for_rows(event))
        if (
            not isinstance(event, Key) or len(self.screen_stack) < 2
        ):  # the first one is Textual's, and empty
            return False
        answers = getattr(self.screen, "answers_before_core", None)
        return answers is None or answers(event.key)

    def _is_for_rows(self, event: Key) -> bool:
        is_for_rows = getattr(self.screen, "is_for_rows", None)
        return is_for_rows is not None and bool(is_for_rows(event.key))

    def ends_it(self, event: Key | Paste) -> bool:
        """Whether this is the key that leaves the console, whatever it is doing."""
        return isinstance(event, Key) and event.key in self.own_keys.pressed(
            named("always.interrupt")
        )

    @property
    def is_opening(self) -> bool:
        """Whether what a key opens or lists is still to come."""
        return any(getattr(self.screen, name, False) for name in ("is_replacing", "is_looking"))

    async def on_mount(self) -> None:
        """Show the list at once, then open the core behind it."""
        from tui.recipients.list_screen import RecipientsScreen

        self.set_keymap(self.own_keys.keymap())
        self.hang_up.act_on(asyncio.get_running_loop(), self._hang_up)
        await self.push_screen(RecipientsScreen(first_look(self.settings, self.identity)))
        self.call_after_refresh(self._open)
        watching: Callable[[], Awaitable[None]] = self.watch_presence
        self.run_worker(watching, group="presence")

    def _open(self) -> None:
        self.run_worker(self._open_core(), group="core")

    async def _open_core(self) -> None:
        from tui.offering import offer
        from tui.recipients.list_screen import RecipientsScreen

        try:
            module = await asyncio.to_thread(_imported)
            self.services = await module.Services.open(self.settings, self._notices.tell_waiting)
            actor = await self.services.admins.sign_in(self.identity)
            READERS.require(actor.role)
            self.actor = actor
            for screen in self.screen_stack:
                if isinstance(screen, RecipientsScreen):
                    await screen.opened()
                    if screen.still_stands:
                        await screen.start(offer(screen))
        except CoreError as error:
            self.fail(error)
            return
        self.presence.acted()
        self.is_ready = True  # the core is open, and the list knows it
        started()
        self.run_worker(self._watch(), group="watch")
        self._keep_up()
        self.set_interval(UPKEEP_SECONDS, self._keep_up)

    def _keep_up(self) -> None:
        async def run_upkeep() -> None:
            with contextlib.suppress(CoreError):  # locked or read-only; the next one tries again
                await self.services.run_upkeep()
            with contextlib.suppress(CoreError):
                await self._count_tasks()

        self.run_worker(run_upkeep(), group="upkeep", exclusive=True)

    def fail(self, error: CoreError) -> None:
        """End the console with one sentence and the error's exit code."""
        self.failure = str(error)
        self.ending = "disabled" if isinstance(error, NotPermitted) else "failed"
        self.leave(error.exit_code)

    async def on_event(self, event: Event) -> None:
        """Whoever presses a key is there; what a terminal tells by itself is no key.

        A key that comes when the time is over keeps nothing open and shows nothing: the process may have been
        stopped meanwhile, with keys waiting for it.
        """
        if isinstance(event, InputEvent | Paste) and not (event.is_forwarded or self.acted()):
            return
        await super().on_event(event)

    def acted(self) -> bool:
        """Somebody has acted; False where it came too late, and the console is left."""
        if how := self._over:
            self._leave_by_itself(how)
            return False
        self.presence.acted()
        if self._notices.is_warned:
            self._notices.warn(self.presence.warning)
        return True

    async def watch_presence(self) -> None:
        """Leave when no key was pressed for long, or the session lasts too long; say so a minute before."""
        while not self._leaving:
            if self.is_writing or self._is_playing:
                self.presence.acted()
            if how := self._over:
                self._leave_by_itself(how)
                return
            self._notices.warn(self.presence.warning)
            await asyncio.sleep(self.presence.next_look)

    @property
    def may_show(self) -> bool:
        """Not once the time is over, even before that is looked at, as when a stopped process goes on."""
        return not self._over

    @property
    def _over(self) -> str:
        """How the session ends now; "" while something goes on that is waited for."""
        how = self.presence.over
        return "" if how and (self.is_writing or self._is_playing) else how

    def _leave_by_itself(self, how: str) -> None:
        self.ending, self.farewell = how, self.presence.farewell(how)
        self.leave()

    @property
    def _is_playing(self) -> bool:
        panes: Iterator[Any] = (
            pane for screen in self.screen_stack for pane in screen.query("VoicePane")
        )
        return any(pane.is_playing for pane in panes)

    async def _watch(self) -> None:
        watcher = self.services.watcher()
        try:
            while True:
                try:
                    await watcher.wait()
                    await self._show_changes()
                except StorageUnavailable as error:
                    self._notices.tell_storage(error)
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            await watcher.close()

    async def _show_changes(self) -> None:
        try:
            self.actor = await self.services.admins.current(self.actor)
        except NotPermitted as error:
            self.fail(error)
            return
        if not self.is_running:  # the screens are being taken down
            return
        self._notices.tell_storage(None)
        for screen in self.screen_stack:
            changed = getattr(screen, "data_changed", None)
            if changed is not None and screen.is_mounted:
                changed()
        await self._count_tasks()

    async def _count_tasks(self) -> None:
        """Say on every screen how many emergencies and overdue tasks there are; ring when an emergency comes."""
        numbers = await self.services.tasks.numbers(self.actor)
        self.sign = sign_words(numbers)
        for screen in self.screen_stack:
            show = getattr(screen, "show_sign", None)
            if show is not None and screen.is_mounted:
                show(self.sign)
        if self._bell.rings(numbers):
            self.bell()
            if self.settings.tasks.notify:
                self.notify_desk(self.sign)

    async def run_action(self, action: Any, *args: Any, **more: Any) -> bool:
        """Do what a key asks for. If it does something, what was told before is over."""
        declared = asked_for(action)
        if declared is not None and not declared.looks:
            for notice in self.screen.query(Notice):
                notice.clear()
        return await super().run_action(action, *args, **more)

    @property
    def is_writing(self) -> bool:
        """Whether a write is under way."""
        return bool(self._writes.running)

    async def written(
        self, view: "View", writing: Coroutine[Any, Any, Result], *, in_turn: bool = True
    ) -> Result:
        """The outcome of a write that leaving waits for, and that ends whatever becomes of the screen."""
        return await self._writes.outcome(view, writing, in_turn=in_turn)

    @property
    def drafts(self) -> Drafts:
        """What the admin typed and has not saved."""
        return Drafts(self.settings.state_dir, self.settings.database, self.actor.admin_id)

    def show_help(self, view: "View") -> None:
        """Show the keys of this screen."""
        from tui.help_screen import HelpScreen

        self.push_screen(HelpScreen(view))

    async def show_palette(self, view: "View") -> None:
        """Offer the actions of this screen by name, and run the one that is chosen."""
        from tui.palette import choose_action

        await choose_action(view)

    async def next_emergency(self, view: "View") -> None:
        """Open the next emergency that nobody has acknowledged, at its call."""
        from tui.tasks.opening import open_next

        await open_next(view)

    async def search_conversations(self, view: "View") -> None:
        """Search in conversations; back from there, all is as it was."""
        from tui.conversations.search_screen import ConversationSearchScreen

        await view.ask(ConversationSearchScreen())

    def leave(self, code: int = 0) -> None:
        """Leave once the writes under way are done; a second call changes nothing."""
        if not self._leaving:
            self._leaving = True
            self.run_worker(self._leave(code, None), group="leave")

    def _hang_up(self) -> None:
        self._leaving = True
        self.ending = "signal"
        self.run_worker(self._leave(self.hang_up.exit_code, WRITES_SECONDS), group="hang-up")

    async def _leave(self, code: int, patience: float | None) -> None:
        self._keep_drafts()
        if self._writes.running:
            await asyncio.wait(set(self._writes.running), timeout=patience)
        self.hang_up.left()
        self.exit(return_code=code)

    def _keep_drafts(self) -> None:
        from tui.forms.drafts import KeptForm

        for screen in self.screen_stack:
            if isinstance(screen, KeptForm):
                screen.keep()

    async def act(self, action: Action) -> None:
        """Only one key is answered here: ctrl+c, which leaves like ``q``."""
        screen = self.screen
        if isinstance(screen, Acting):
            await screen.act(action)
        else:
            self.leave()

    async def on_unmount(self) -> None:
        """Give the database back."""
        if hasattr(self, "services"):
            if hasattr(self, "actor"):
                await self._sign_out()
            await self.services.close()

    async def _sign_out(self) -> None:
        try:
            await self.services.admins.sign_out(self.identity, self.actor, self.ending)
        except CoreError:
            return  # a disk that is full or gone; the record of the beginning is there

    def on_resize(self, event: Resize) -> None:
        """Say so where the terminal is too small."""
        self.forget_output()
        from tui.small_screen import SmallScreen

        small = event.size.width < MINIMUM_WIDTH or event.size.height < MINIMUM_HEIGHT
        shown = isinstance(self.screen, SmallScreen)
        if small and not shown:
            self.push_screen(SmallScreen())
        elif not small and shown:
            self.pop_screen()

    def log_unexpected(self, error: BaseException) -> str:
        """Put what nobody expected into the log, without values; gives the sentence for the user."""
        return crash.log(error, self.settings.state_dir)

    def unexpected(self, error: Exception) -> int:
        """Note what nobody expected, which ends the console; gives the exit code."""
        self.failure = self.log_unexpected(error)
        return crash.EXIT_CODE
