"""What services and screens exchange about contacts. Frozen; times in UTC."""

from datetime import datetime

from msgspec import Struct

from core.contacts.rules import Relation


class ContactRow(Struct, frozen=True):
    """Somebody to turn to about a recipient; ``place`` counts from 1 in the order in which they are phoned.

    ``phone`` is E.164 or the digits of a service, as the actor may see it. ``shared_with`` names a few of the
    other recipients who have the number too, ``is_shared_widely`` tells that there are more.
    """

    id: int
    version: int
    recipient_id: int
    place: int
    relation: Relation
    name: str
    phone: str
    created_at: datetime
    updated_at: datetime
    shared_with: tuple[str, ...] = ()
    is_shared_widely: bool = False
