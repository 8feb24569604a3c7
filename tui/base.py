"""What every screen shares: services, how reads and writes are started, errors told as notices, why not."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from functools import partial
from inspect import CORO_CREATED, getcoroutinestate
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.css.query import NoMatches
from textual.screen import ModalScreen, Screen

from core.values.errors import CoreError, NotFound
from core.values.i18n import _
from tui.action import Acting, Action, Doing, Need, Scope
from tui.everywhere import EVERYWHERE, IN_DIALOGS
from tui.format import CellFormat
from tui.shell import Shell
from tui.text import shown
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice import Notice
from tui.widgets.sign import Sign

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

_TURN = 0.005  # seconds
Result = TypeVar("Result")
Answer = TypeVar("Answer")


class ConsoleActions(Acting):
    """The actions and helpers of screens and dialogs alike. ``scopes`` declare the keys, the nearest first."""

    scopes: tuple[Scope, ...] = ()
    key_bar: KeyBar | None = None
    is_question = False  # what is typed while it is shown is for nothing below
    lists_before_core = False  # whether rows are there before the core is
    _looking: asyncio.Task[Any] | None = None  # the action that reads before it goes on
    _due: tuple[Any] | None = None  # with which result to close once nothing lies over it

    @property
    def console(self) -> Shell:
        """The app."""
        return cast("Shell", cast("Screen[Any]", self).app)

    @property
    def services(self) -> "Services":
        """The core; the first screen is shown before it is there, every action comes after."""
        return self.console.services

    @property
    def actor(self) -> "Actor":
        """Who acts."""
        return self.console.actor

    @property
    def form(self) -> CellFormat:
        """How cells are formatted for this admin."""
        return CellFormat.of(self.console.settings)

    @property
    def still_stands(self) -> bool:
        """Whether the screen is there with all that is on it, and not being taken down."""
        this = cast("Screen[Any]", self)
        return (
            this.is_mounted
            and self.console.is_running
            and any(screen is this for screen in this.app.screen_stack)
        )

    @property
    def is_changing(self) -> bool:
        """Whether what keys can do is known again in a moment: until then the footer stays as it is."""
        return False

    async def is_there(self) -> bool:
        """Wait until the screen is there with all that is on it; False where it is being taken down."""
        this = cast("Screen[Any]", self)
        while this.is_attached and not this.is_mounted:  # noqa: ASYNC110 - Textual has no event for it
            await asyncio.sleep(_TURN)
        return self.still_stands

    @property
    def is_replacing(self) -> bool:
        """Whether rows are being read in place of those listed; nowhere but where a key is for a row of them."""
        return False

    @property
    def awaits_rows(self) -> bool:
        """Whether keys that are for a row are kept until it is there."""
        return self.is_replacing

    @property
    def knows_keys(self) -> bool:
        """Whether it is known which keys do something; until then they are kept."""
        return self.console.is_open

    def why_not(self, action: Action) -> str | None:
        """The reason why an action is not possible now, which dims its key; None where it is."""
        if action.needs in (Need.NOTHING, Need.ROWS) or not self.knows_keys:
            return None
        reason = self.why_not_here(action)
        if reason is None and action.use_case:
            reason = self.services.why_not(action.use_case, self.actor)
        if reason is None and action.needs in (Need.ROW, Need.SELECTION):
            reason = self.why_no_row(action.needs)
        if reason is None and action.why_not is not None:
            reason = action.why_not(self)
        return reason

    def may(self, use_case: str) -> bool:
        """Whether the actor's role may do the use case of this name."""
        return self.services.why_not(use_case, self.actor) is None

    def why_not_here(self, action: Action) -> str | None:
        """The reason why it is not possible where the focus is, whoever asks."""
        return None

    def why_no_row(self, need: Need) -> str | None:
        """The reason why there is no row, or no selection, for an action that needs one."""
        return None

    def answers_before_core(self, key: str) -> bool:
        """Whether this key can be answered while the core is still being opened."""
        answered = {Need.NOTHING, Need.ROWS} if self.lists_before_core else {Need.NOTHING}
        return self._is_for(key, answered)

    def is_for_rows(self, key: str) -> bool:
        """Whether what this key does depends on which rows are listed."""
        return self._is_for(key, {Need.ROWS, Need.ROW, Need.SELECTION})

    def _is_for(self, key: str, needs: set[Need]) -> bool:
        own = self.console.own_keys
        return any(
            key in own.pressed(one)
            for scope in self.scopes
            for one in scope.actions
            if one.needs in needs
        )

    def blocked(self, action: Action) -> bool:
        """Whether the action is not possible now; the reason is told."""
        if action.needs in (Need.NOTHING, Need.ROWS):
            return False
        if not self.console.is_ready:
            self.tell(_("The list is still being opened."), "warning")
            return True
        if reason := self.why_not(action):
            self.tell(reason, "warning")
        return reason is not None

    async def act(self, action: Action) -> None:
        """Do it, or say why not. What it opens is there before the next key; the rest goes on beside the keys."""
        if self.blocked(action):
            return
        doing = self.doing(action)
        if isinstance(doing, Coroutine):
            await self.start(doing)

    async def start(self, doing: Coroutine[Any, Any, None]) -> None:
        """Begin it, and let it go as far as to where it waits first: the next key is for what it opens."""
        self.begin(doing)
        await asyncio.sleep(0)
        if getcoroutinestate(doing) == CORO_CREATED:
            doing.close()  # it never begins: the screen is being taken down

    def begin(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do it beside the keys; a CoreError becomes a notice."""

        async def run() -> None:
            try:
                await self._unless_taken_down(lambda: doing)
            except CoreError as error:
                if await self.is_there():
                    self.tell_error(error)
            self.on_idle()

        running: Callable[[], Awaitable[None]] = run
        cast("Screen[Any]", self).run_worker(running, group="action")

    @property
    def is_looking(self) -> bool:
        """Whether an action reads what it needs before it opens something."""
        return self._looking is not None

    async def look(self, reading: Coroutine[Any, Any, Result]) -> Result:
        """What an action reads before it goes on; the next action that looks takes its place."""
        if self._looking is not None:
            self._looking.cancel()
        this = self._looking = asyncio.current_task()
        try:
            return await reading
        finally:
            if self._looking is this:
                self._looking = None

    async def ask(self, dialog: "Screen[Answer]") -> Answer | None:
        """What a dialog is answered with; None where it was cancelled."""
        # why something else was not possible is not what is being asked
        for notice in self.notices:
            notice.clear_warning()
        this = cast("Screen[Any]", self)
        return await asyncio.shield(this.app.push_screen(dialog, wait_for_dismiss=True))

    async def write(self, writing: Coroutine[Any, Any, Result]) -> Result:
        """The outcome of a write, once the writes before it are done. It ends whatever becomes of the screen."""
        return await self.console.written(self, writing)

    def data_changed(self) -> None:
        """The data may have changed: read again what is shown. Dialogs show what they were opened with."""

    def show_sign(self, words: str) -> None:
        """Show how many emergencies nobody has acknowledged, and how much is overdue."""

    def stand(self, name: str, text: str) -> None:
        """A notice for as long as something is so; without text it is so no longer."""
        for notice in self.notices:
            notice.stand(name, text)

    def tell(self, text: str, severity: str = "information") -> None:
        """A notice above the keys, until the next key that does something."""
        for notice in self.notices:
            notice.tell(text, severity)

    def tell_for(self, text: str, seconds: float) -> None:
        """A notice for so long at most."""

        def take_back() -> None:
            for notice in self.notices:
                notice.take_back(text)

        self.tell(text)
        cast("Screen[Any]", self).set_timer(seconds, take_back)

    @property
    def notices(self) -> Iterator[Notice]:
        """The notice line; none on a screen that is not there yet or no longer."""
        yield from cast("Screen[Any]", self).query(Notice)

    def tell_error(self, error: BaseException) -> None:
        """A CoreError becomes a notice; anything else goes to the crash log and a plain sentence."""
        if isinstance(error, CoreError):
            hint = error.hint
            if isinstance(error, NotFound) and not hint:
                hint = _("Refresh with {keys[console.refresh]}.").format(keys=self.console.own_keys)
            self.tell(f"{error.what} {hint}".strip(), "error")
        else:
            self.tell(self.console.log_unexpected(error), "error")

    def read(
        self,
        reading: Callable[[], Awaitable[Result]],
        then: Callable[[Result], Any],
        group: str = "read",
    ) -> None:
        """Read in the background; a newer read of the group takes its place. ``then`` changes the screen."""

        async def run() -> None:
            try:
                result = await reading()
            except CoreError as error:
                if await self.is_there():
                    self.tell_error(error)
                return
            answer = then(result) if await self.is_there() else None
            if isinstance(answer, Awaitable):
                await answer
            self.on_idle()

        self.in_background(run, group)

    def in_background(self, working: Callable[[], Awaitable[None]], group: str) -> None:
        """Work in the background, in place of what the group does.

        It may be replaced, or its screen taken down, before it begins: only then is a coroutine made of it.
        What is not found on a screen that is being taken down is no failure.
        """
        running: Callable[[], Awaitable[None]] = partial(self._unless_taken_down, working)
        cast("Screen[Any]", self).run_worker(running, group=group, exclusive=True)

    async def _unless_taken_down(self, working: Callable[[], Awaitable[None]]) -> None:
        try:
            await working()
        except NoMatches:
            if self.still_stands:
                raise

    async def perform(self, action: Action) -> None:
        """An action that was chosen by its name: what has the focus does it, or what is around that."""
        this = cast("Screen[Any]", self)
        for node in (this.focused or this).ancestors_with_self:
            if isinstance(node, Acting) and node.answers(action):
                await this.app.run_action(action.binding.action, node)
                return

    def on_screen_suspend(self) -> None:
        """A dialog is opened: the keys below it do nothing."""
        if self.key_bar is not None:
            self.key_bar.show_keys(False)

    def on_screen_resume(self) -> None:
        """The dialog is closed: the keys work again."""
        if self.key_bar is not None and self.still_stands:
            self.key_bar.show_keys(True)
        if self._due is not None:
            self.dismiss(*self._due)

    def on_idle(self) -> None:
        """Whatever was done, and by whom: show which keys are possible now."""
        if self.key_bar is not None and self.still_stands and not self.is_changing:
            self.key_bar.refresh_keys()

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close this screen with a result; as soon as what lies over it, such as the help, is closed."""
        this = cast("Screen[Any]", super())
        if this.is_attached and not this.is_active:
            self._due = (result,)
            return AwaitComplete()
        return this.dismiss(result)

    def show_help(self) -> Doing:
        """Show the keys of this screen."""
        self.console.show_help(self)
        return None

    def show_palette(self) -> Doing:
        """Offer all actions of this screen by name."""
        return self.console.show_palette(self)

    def next_emergency(self) -> Doing:
        """Open the next emergency that nobody has acknowledged."""
        return self.console.next_emergency(self)

    def read_again(self) -> Doing:
        """Paint the screen anew."""
        self.console.repaint()
        return None

    def leave(self) -> Doing:
        """Leave the console."""
        self.console.leave()
        return None

    def go_back(self) -> Doing:
        """Close this screen."""
        self.dismiss(None)
        return None


class ConsoleScreen(ConsoleActions, Screen[Result]):
    """A full screen: content, a notice line and the key bar."""

    binds: ClassVar[tuple[Scope, ...]] = (EVERYWHERE,)
    AUTO_FOCUS = "PagedTable"

    def compose(self) -> ComposeResult:
        """The content, then what every screen has below it."""
        from textual.containers import Horizontal

        yield from self.content()
        with Horizontal(id="notice-line"):
            yield Notice()
            yield Sign(self.console.sign)
        self.key_bar = KeyBar()
        yield self.key_bar

    def content(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def read_again(self) -> Doing:
        """Read again what is shown, and paint the screen anew."""
        super().read_again()
        if self.knows_keys:
            self.data_changed()
            self.tell(_("Read again."))
        return None

    def show_sign(self, words: str) -> None:
        """Show it beside the notice."""
        for sign in self.query(Sign):
            sign.tell(words)

    def on_paged_table_cursor_moved(self) -> None:
        """What was not possible was so for the row that the cursor left."""
        self.query_one(Notice).clear_warning()


class ConsoleDialog(ConsoleActions, ModalScreen[Result]):
    """A dialog: an opaque box over the screen, its notice inside. Dismissed with a typed result, or None.

    Its title is always the same (``title_words``), or is given.
    """

    title_words: ClassVar[str] = ""
    binds: ClassVar[tuple[Scope, ...]] = (IN_DIALOGS,)

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """The box with the content."""
        from textual.containers import Vertical

        with Vertical(classes="dialog-box") as box:
            box.border_title = shown(self.title_text())
            box.border_subtitle = shown(self.console.sign)
            yield from self.content()
            yield Notice()
            self.key_bar = KeyBar()
            yield self.key_bar

    def title_text(self) -> str:
        """The title on the box's border."""
        return self._title or _(self.title_words)

    def content(self) -> ComposeResult:
        """The dialog's own widgets."""
        yield from ()

    def show_sign(self, words: str) -> None:
        """Show it in the border: the screen below may be hidden."""
        for box in self.query(".dialog-box"):
            if box.border_subtitle != words:
                box.border_subtitle = shown(words)
