"""What services and screens exchange about the history of a recipient. Frozen; times in UTC."""

from datetime import datetime

from msgspec import Struct

from core.history.rules import EntryKind


class HistoryQuery(Struct, frozen=True):
    """Whose history, and of which kind only (None: of all)."""

    recipient_id: int
    kind: EntryKind | None = None


class HistoryEntry(Struct, frozen=True):
    """One thing that happened. ``what`` is a word of the kind's own (a kind of task, a type of action, the name of
    an audit record), ``outcome`` how a task ended, "" where it was made; ``fields`` what a change changed.

    ``who`` is "" where it was the calls, or the console itself. ``key`` is one for each entry.
    """

    key: int
    at: datetime
    kind: EntryKind
    what: str
    outcome: str
    who: str
    text: str
    fields: tuple[str, ...] = ()
