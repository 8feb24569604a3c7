"""Who saw whose data: noted within a reading, kept before anything of it is shown.

``note_access`` notes it in the session; ``Database.reading`` hands it to ``AccessLog`` when the reading ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.engine import ACCESSES
from core.values.structs import defaults
from core.values.times import now

LISTED = "look.list"
_OF_ONE = (
    "recipient_id",
    "call_id",
    "memory_id",
    "followup_id",
    "memo_id",
    "contact_id",
    "task_id",
)
ENDS = ("left", "signal", "idle", "longest", "disabled", "failed")
"""How a session of the console ends; one whose process was killed has the end ``killed``."""
_LARGEST = 2**63 - 1
_Number = Annotated[int, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]


class Access(Struct, frozen=True):
    """One access: by whom, from where, to what. ``details`` hold IDs, names of fields and numbers only.

    ``asked`` is what was asked for, words included: it tells one search from another, and is kept nowhere. The
    types are what a line of the spool is checked against.
    """

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    admin_id: _Number | None
    account: str
    client: str
    action: str
    organization_id: _Number | None
    subject: str
    subject_id: _Number | None
    details: Mapping[str, Any]
    asked: object = None


KEPT = tuple(name for name in Access.__struct_fields__ if name != "asked")
"""The columns of an access, as they are kept."""


def note_access(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject: str,
    subject_id: int | None = None,
    *,
    organization_id: int | None = None,
    details: Mapping[str, Any] | None = None,
    asked: object = None,
) -> None:
    """Note that the actor is about to see this; it is kept before the reading gives anything."""
    noted = session.info.setdefault(ACCESSES, [])
    noted.append(
        Access(
            now(), actor.admin_id, actor.account, actor.client, action,
            organization_id, subject, subject_id, dict(details or {}), asked,
        )
    )  # fmt: skip


def note_list(
    session: AsyncSession, actor: Actor, asked: Mapping[str, Any], rows: Sequence[Any]
) -> None:
    """Note that a command is about to print these rows, found for these arguments."""
    values = [*asked.values(), *(row[0] if type(row) is tuple else row for row in rows)]
    of = {getattr(one, "organization_id", None) for one in values} | {asked.get("organization_id")}
    whose = of - {None} if actor.sees_all else {actor.organization_id}
    recipient_id = asked.get("recipient_id")
    note_access(
        session, actor, LISTED, "recipients" if recipient_id is None else "recipient", recipient_id,
        organization_id=whose.pop() if len(whose) == 1 else None,
        details={
            "command": actor.doing, "fields": _fields_asked(asked.values()), "rows": len(rows),
            "people": _people(asked, rows),
        },
    )  # fmt: skip


def _people(asked: Mapping[str, Any], rows: Sequence[Any]) -> int:
    """Of how many people the rows are: not of the two who made a record, nor one for each of somebody's calls."""
    if rows and any(asked.get(name) is not None for name in _OF_ONE):
        return 1
    known: set[int] = set()
    others = 0  # who is told of, and is no recipient (yet)
    for row in (row[0] if type(row) is tuple else row for row in rows):
        for one in _told_of(row):
            if isinstance(one, int):
                known.add(one)
            else:
                others += 1
    return len(known) + others


def _told_of(row: Any) -> Iterable[int | None]:
    if hasattr(row, "recipient_id"):
        return (row.recipient_id,)
    if hasattr(row, "phone"):
        return (row.id,)  # a recipient itself
    parts = getattr(row, "parts", ())
    return [one.recipient_id for part in parts for one in part.items]


def _fields_asked(asked: Iterable[Any]) -> list[str]:
    """The names of what narrows it, without what."""
    names: set[str] = set()
    for one in asked:
        if (own := getattr(one, "fields_asked", None)) is not None:
            names.update(own)
        elif isinstance(one, Struct):
            names.update(
                name
                for name, default in defaults(type(one)).items()
                if getattr(one, name) != default
            )
    return sorted(names - {"limit"})


def note_session(
    session: AsyncSession, actor: Actor, action: str, details: Mapping[str, Any]
) -> None:
    """Note that a session of the admin begins or ends."""
    whose = actor.organization_id
    note_access(
        session, actor, action, "admin", actor.admin_id, organization_id=whose, details=details
    )
