"""What services and screens exchange about memos. Frozen; times in UTC."""

from datetime import datetime

from msgspec import Struct


class MemoRow(Struct, frozen=True):
    """A free note on a recipient, owned by its author."""

    id: int
    version: int
    recipient_id: int
    author_id: int
    author: str
    text: str
    created_at: datetime
    updated_at: datetime
