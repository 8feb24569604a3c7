"""What services, screens and commands exchange about views. Frozen."""

from collections.abc import Sequence

from msgspec import Struct

from core.recipients.dto import RecipientQuery
from core.values.i18n import _
from core.views.rules import READY_MADE


class View(Struct, frozen=True):
    """A view as somebody may see it. ``key`` names it among all: a ready-made one's name, else its ID.

    ``organization_id`` is that of an organization's view; ``author`` who made it. ``query`` is None where a newer
    version means something else by what is kept; ``unknown`` names what of it is not understood.
    """

    key: str
    name: str
    query: RecipientQuery | None
    id: int | None = None
    version: int = 0
    organization_id: int | None = None
    organization: str = ""
    author: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def is_ready_made(self) -> bool:
        """Whether everybody has it, and nobody changes it."""
        return self.id is None


class Views(Struct, frozen=True):
    """The views that an admin has, in the admin's order, and the key of the one to start with, or ""."""

    views: Sequence[View]
    start: str = ""

    def of(self, key: str) -> View | None:
        """The one with this key."""
        return next((one for one in self.views if one.key == key), None)


class Opened(Struct, frozen=True):
    """A view that is to be listed, and what of it is gone: each in a sentence."""

    view: View
    gone: tuple[str, ...] = ()


class Number(Struct, frozen=True):
    """How many a view finds; ``is_more``: at least one more than ``count``."""

    count: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.count:,}{'+' if self.is_more else ''}"


def ready_made() -> list[View]:
    """The ready-made ones, in the language of the console."""
    return [View(key, _(one.name), one.query) for key, one in READY_MADE.items()]
