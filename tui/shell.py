"""What screens may ask of the app, and actions of any screen. Screens import this, never the app."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

    from core.app.actor import Actor
    from core.app.services import Services
    from core.io.drafts import Drafts
    from core.io.identity import Identity
    from core.values.settings import Settings
    from tui.action import Action, Scope
    from tui.format import CellFormat
    from tui.own_keys import OwnKeys

Result = TypeVar("Result")
Answer = TypeVar("Answer")


class Shell(Protocol):
    """The app, as its screens know it."""

    settings: "Settings"
    identity: "Identity"
    own_keys: "OwnKeys"
    services: "Services"
    actor: "Actor"
    is_ready: bool
    sign: str  # what every screen says of emergencies and of what is overdue
    last_reason: str  # why a number was asked for last

    @property
    def is_open(self) -> bool:
        """Whether the core is there."""

    @property
    def is_running(self) -> bool:
        """Whether screens are shown."""

    @property
    def drafts(self) -> "Drafts":
        """What the admin typed and has not saved."""

    async def written(
        self, view: "View", writing: Coroutine[Any, Any, Result], *, in_turn: bool = True
    ) -> Result:
        """The outcome of a write that leaving waits for, and that ends whatever becomes of the screen."""

    def show_help(self, view: "View") -> None:
        """Show the keys of this screen."""

    async def show_palette(self, view: "View") -> None:
        """Offer the actions of this screen by name, and run the one that is chosen."""

    async def next_emergency(self, view: "View") -> None:
        """Open the next emergency that nobody has acknowledged, at its call."""

    async def search_conversations(self, view: "View") -> None:
        """Search in conversations; back from there, all is as it was."""

    def leave(self, code: int = 0) -> None:
        """Leave once the writes under way are done."""

    def point_at(self, widget: "Widget") -> None:
        """Have the terminal's cursor stand there until the next key, though the focus is elsewhere."""

    def repaint(self) -> None:
        """Write the whole screen again, whatever the terminal shows."""

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal to copy the text; not every one does."""

    def log_unexpected(self, error: BaseException) -> str:
        """Put what nobody expected into the log, without values; gives the sentence for the user."""


class View(Protocol):
    """Any screen or dialog, as actions know it."""

    @property
    def scopes(self) -> "tuple[Scope, ...]":
        """The keys that are told of it, the nearest first."""

    @property
    def console(self) -> Shell:
        """The app."""

    @property
    def services(self) -> "Services":
        """The core."""

    @property
    def actor(self) -> "Actor":
        """Who acts."""

    @property
    def form(self) -> "CellFormat":
        """How cells are formatted for this admin."""

    def why_not(self, action: "Action") -> str | None:
        """The reason why an action is not possible now, or None."""

    async def perform(self, action: "Action") -> None:
        """An action that was chosen by its name."""

    async def start(self, doing: Coroutine[Any, Any, None]) -> None:
        """Begin what goes on beside the keys; it has gone as far as to where it waits first."""

    async def ask(self, dialog: "Screen[Answer]") -> Answer | None:
        """What a dialog is answered with; None where it was cancelled."""

    async def look(self, reading: Coroutine[Any, Any, Result]) -> Result:
        """What an action reads before it goes on; the next action that looks takes its place."""

    async def write(self, writing: Coroutine[Any, Any, Result]) -> Result:
        """The outcome of a write, once the writes before it are done."""

    def tell(self, text: str, severity: str = "information") -> None:
        """A notice above the keys, until the next key that does something."""

    def tell_for(self, text: str, seconds: float) -> None:
        """A notice for so long at most."""

    def data_changed(self) -> None:
        """Read again what is shown, keeping the cursor."""

    def tell_error(self, error: BaseException) -> None:
        """A CoreError becomes a notice; anything else goes to the log and a plain sentence."""

    def stand(self, name: str, text: str) -> None:
        """A notice for as long as something is so; without text it is so no longer."""
