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
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from core.db.revision import HEAD
from core.io.identity import Identity
from core.recipients.dto import ROW_COLUMNS, RecipientRow
from core.recipients.fields import BY_NAME, FieldName, Kind, named
from core.recipients.rules import Status
from core.values.settings import Settings

_SCHEME = "sqlite+aiosqlite:///"
_WAIT_SECONDS = 0.1
_ROLES = ("system", "organization", "viewer")
_JOINED = {
    "organization": "o.name",
    "timezone": "o.timezone",
    "campaign": "coalesce(c.name, '')",
    "pause_reason": "p.pause_reason",
    "resumes_at": "p.resumes_at",
}
_SORT_KEYS: dict[str, str] = {
    FieldName.ORGANIZATION: "o.name_key",
    FieldName.CAMPAIGN: "coalesce(c.list_key, '')",
}
_ROWS = f"""
SELECT {", ".join(_JOINED.get(name, f"r.{name}") for name in ROW_COLUMNS)}
FROM recipients AS r
JOIN organizations AS o ON o.id = r.organization_id
LEFT JOIN campaigns AS c ON c.id = r.campaign_id
LEFT JOIN participations AS p ON r.status = {int(Status.PAUSED)} AND p.recipient_id = r.id
    AND p.campaign_id = r.campaign_id AND p.paused_at IS NOT NULL
WHERE r.deleted_at IS NULL {{whose}} {{within}}
ORDER BY {{key}} {{direction}}, r.id {{direction}} LIMIT :limit
"""  # noqa: S608 - own names
_TAGS = """
SELECT h.recipient_id, t.name FROM recipient_tags AS h JOIN tags AS t ON t.id = h.tag_id
WHERE h.recipient_id IN (SELECT value FROM json_each(?)) ORDER BY t.name_key
"""
_TIMES = (*named(frozenset({Kind.TIME})), "resumes_at")


class FirstLook(Struct, frozen=True):
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
    kept = json.loads(kept)
    preferences = kept.get("recipients", {})
    if starts_with_view(kept):
        return FirstLook([], preferences)
    sort = BY_NAME[preferences.get("sort", FieldName.REGISTERED_AT)]
    direction = "DESC" if preferences.get("descending", True) else "ASC"
    whose = "" if role == "system" else "AND r.organization_id = :organization"
    rows: list[RecipientRow] = []
    # those without a value come last, whichever way the others are sorted
    has_value = f"r.{sort.stored_in} " + ("> :none" if sort.index else "IS NOT NULL")
    for within in (f"AND {has_value}", f"AND NOT {has_value}") if sort.optional else ("",):
        key = _SORT_KEYS.get(sort.name, f"r.{sort.stored_in}")
        statement = _ROWS.format(key=key, direction=direction, whose=whose, within=within)
        found = {
            "organization": organization_id,
            "limit": limit - len(rows),
            "none": _kept(sort.purged),
        }
        rows += [_row(columns) for columns in connection.execute(statement, found)]
    tags: dict[int, tuple[str, ...]] = {}
    for recipient_id, name in connection.execute(_TAGS, [json.dumps([row.id for row in rows])]):
        tags[recipient_id] = (*tags.get(recipient_id, ()), name)
    rows = [replace(row, tags=tags[row.id]) if row.id in tags else row for row in rows]
    return FirstLook(rows, preferences)


def starts_with_view(preferences: Mapping[str, Any]) -> bool:
    """Whether an admin who prefers this starts with a view: its rows the core reads."""
    views = preferences.get("views")
    return isinstance(views, dict) and bool(views.get("start"))


def _kept(value: Any) -> Any:
    """As SQLite has it."""
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def _row(columns: tuple[Any, ...]) -> RecipientRow:
    values = dict(zip(ROW_COLUMNS, columns, strict=True))
    for moment in _TIMES:
        if values[moment] is not None:
            values[moment] = datetime.fromisoformat(values[moment]).replace(tzinfo=UTC)
    return RecipientRow.of_columns(values)
