"""What is searched in conversations, and what is found. Frozen; times in UTC."""

from datetime import date, datetime

from msgspec import Struct

from core.calls.rules import Analysis
from core.conversations.rules import SaidBy
from core.conversations.words import Place


class ConversationQuery(Struct, frozen=True):
    """What was typed, and what it is narrowed to: days in the settings' zone, both included; None, none: all."""

    words: str
    first: date | None = None
    last: date | None = None
    said_by: frozenset[SaidBy] = frozenset()
    analyses: frozenset[Analysis] = frozenset()
    organization_id: int | None = None

    @property
    def fields(self) -> list[str]:
        """The names of the fields that it asks by, for the record of the search."""
        asked = {
            "words": True,
            "from": self.first,
            "to": self.last,
            "speaker": self.said_by,
            "analysis": self.analyses,
            "organization": self.organization_id,
        }
        return [name for name, value in asked.items() if value]


class Hit(Struct, frozen=True):
    """A line in which the words are: of a call (``position`` there, so far into it; -1: its summary), or a memory
    detail.

    ``places`` are those of the words in ``text``. Numbers are as the actor sees them.
    """

    recipient_id: int
    recipient: str
    organization: str
    timezone: str | None
    call_id: int | None
    call: str
    memory_id: int | None
    at: datetime
    said_by: SaidBy
    analysis: Analysis | None
    position: int
    at_ms: int
    text: str
    places: tuple[Place, ...]


class SearchAnchor(Struct, frozen=True):
    """How far a search came: all lines up to this one have been looked at."""

    at: datetime
    document: int
    position: int


class HitPage(Struct, frozen=True):
    """A part of what a search finds, the newest first.

    ``rest`` is where it goes on; None: that is all. It can be there with few hits, or none: a part takes a moment
    and no more, however much has to be looked through. ``filled_from``: calls and memory details before are not
    all in the index yet; None: they are.
    """

    hits: tuple[Hit, ...]
    rest: SearchAnchor | None
    filled_from: datetime | None = None
