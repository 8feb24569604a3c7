"""The first rows of the list, read before the core is there.

Importing SQLAlchemy takes longer than reading them, so the console shows these rows while it imports. They come
from the same file in the same order as ``RecipientService.window`` gives them (a test compares the two), limited
to what the admin of the OS account may see. Wherever anything is out of the ordinary there is no first look, and
the core itself answers.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from core.db.revision import HEAD
from core.io.identity import Identity
from core.recipients.dto import RecipientRow, SortColumn
from core.recipients.rules import NO_VALUE, Status
from core.values.settings import Settings
from core.values.times import NEVER

_SCHEME = "sqlite+aiosqlite:///"
_WAIT_SECONDS = 0.1
_ROLES = ("system", "organization", "viewer")
_SORT_KEYS = {
    SortColumn.ORGANIZATION: "o.name_key",
    SortColumn.CAMPAIGN: "coalesce(c.list_key, '')",
} | {
    column: f"r.{column.value}"
    for column in SortColumn
    if column not in (SortColumn.ORGANIZATION, SortColumn.CAMPAIGN)
}
# those without a value come last, whichever way the others are sorted
_HAS_VALUE = {
    SortColumn.OTHER_INFORMATION: "r.other_information > ''",
    SortColumn.LAST_CALL_AT: f"r.last_call_at > '{NEVER:%Y-%m-%d %H:%M:%S.%f}'",
    SortColumn.CAMPAIGN: "r.campaign_id IS NOT NULL",
} | {
    sort: f"r.{sort.value} > {NO_VALUE}"
    for sort in (
        SortColumn.CONNECTION_RATE,
        SortColumn.COMPLETION_RATE,
        SortColumn.ANSWER_LENGTH,
        SortColumn.CALL_DURATION,
    )
}
_ROWS = """
SELECT r.id, r.version, r.organization_id, o.name, o.timezone, r.name, r.phone, r.other_information,
    r.registered_at, r.last_call_at, r.total_calls, r.connection_rate, r.completion_rate, r.answer_length,
    r.call_duration, coalesce(c.name, ''), r.status, r.last_analysis, r.unanswered_streak,
    p.pause_reason, p.resumes_at
FROM recipients AS r
JOIN organizations AS o ON o.id = r.organization_id
LEFT JOIN campaigns AS c ON c.id = r.campaign_id
LEFT JOIN participations AS p ON r.status = {paused} AND p.recipient_id = r.id AND p.campaign_id = r.campaign_id
    AND p.paused_at IS NOT NULL
WHERE r.deleted_at IS NULL {whose} {within}
ORDER BY {key} {direction}, r.id {direction} LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The first rows, and the admin's view options as they are kept."""

    rows: list[RecipientRow]
    preferences: Mapping[str, Any]


def first_look(settings: Settings, identity: Identity, *, limit: int = 64) -> FirstLook | None:
    """The first rows that this account sees, in its own order; None where the core has to be asked."""
    if not settings.database.startswith(_SCHEME) or identity.act_as or settings.mask_phones_for:
        return None
    path = settings.database.removeprefix(_SCHEME)
    try:
        uri = f"file:{quote(path)}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS)) as connection:
            return _read(connection, identity, limit)
    except (sqlite3.Error, ValueError, TypeError, KeyError):
        return None  # whatever is wrong here, opening the core finds and explains it


def _read(connection: sqlite3.Connection, identity: Identity, limit: int) -> FirstLook | None:
    if connection.execute("SELECT version_num FROM alembic_version").fetchone() != (HEAD,):
        return None
    admin = connection.execute(
        "SELECT role, organization_id, preferences FROM admins WHERE account = ? AND disabled_at IS NULL",
        (identity.account,),
    ).fetchone()
    if admin is None:
        return None
    role, organization_id, kept = admin
    if role not in _ROLES:
        return None
    preferences = json.loads(kept).get("recipients", {})
    sort = SortColumn(preferences.get("sort", SortColumn.REGISTERED_AT))
    direction = "DESC" if preferences.get("descending", True) else "ASC"
    whose = "" if role == "system" else "AND r.organization_id = :organization"
    rows: list[RecipientRow] = []
    has_value = _HAS_VALUE.get(sort)
    for within in (f"AND {has_value}", f"AND NOT {has_value}") if has_value else ("",):
        statement = _ROWS.format(
            key=_SORT_KEYS[sort],
            direction=direction,
            whose=whose,
            within=within,
            paused=int(Status.PAUSED),
        )
        found = {"organization": organization_id, "limit": limit - len(rows)}
        rows += [_row(columns) for columns in connection.execute(statement, found)]
    return FirstLook(rows, preferences)


def _row(columns: tuple[Any, ...]) -> RecipientRow:
    values = dict(zip(RecipientRow.__slots__, columns, strict=True))
    for moment in ("registered_at", "last_call_at", "resumes_at"):
        if values[moment] is not None:
            values[moment] = datetime.fromisoformat(values[moment]).replace(tzinfo=UTC)
    return RecipientRow.of_columns(values)
