"""Whether PostgreSQL is set up so that its login roles are held to what they may do."""

import sqlalchemy as sa

from core.db.engine import Database
from core.db.errors import translate_errors
from core.values.errors import StorageUnavailable
from core.values.i18n import _

# What a function that takes a text is given may be somebody's. Where PostgreSQL believes that it keeps that for
# itself, it is called before the policy of the row is, and EXPLAIN ANALYZE tells for how many rows it said yes.
_NO_LEAKPROOF = (
    "UPDATE pg_proc SET proleakproof = false"
    " WHERE proargtypes::oid[] && '{text,varchar,bpchar,bytea}'::regtype[]::oid[];"
)

_QUERY = sa.text(
    """SELECT
        coalesce((SELECT has_schema_privilege('public', oid, 'CREATE') FROM pg_namespace
            WHERE nspname = 'public'), false) AS open_public,
        coalesce((SELECT has_schema_privilege('public', oid, 'CREATE')
            OR EXISTS (SELECT 1 FROM pg_roles AS r WHERE r.rolname = 'carecall_admins'
                AND has_schema_privilege(r.oid, n.oid, 'CREATE'))
            FROM pg_namespace AS n WHERE nspname = 'carecall'), false) AS open_own,
        coalesce((SELECT r.rolsuper OR r.rolbypassrls
            FROM pg_namespace AS n JOIN pg_roles AS r ON r.oid = n.nspowner
            WHERE nspname = 'carecall'), false) AS mighty_owner,
        EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('carecall') AND relkind = 'r'
            AND relname <> 'alembic_version' AND NOT relrowsecurity) AS unguarded,
        EXISTS (SELECT 1 FROM pg_proc WHERE proleakproof
            AND proargtypes::oid[] && '{text,varchar,bpchar,bytea}'::regtype[]::oid[]) AS leaking"""
)


def _words() -> dict[str, tuple[str, str]]:
    """What is told of each state, and what to do about it."""
    return {
        "open_public": (
            _("Every role may create in the schema public."),
            _("Run in this database, as its administrator: {statement}").format(
                statement="REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
            ),
        ),
        "open_own": (
            _("Others than the owner may create in the schema of the tables."),
            _("Run: carecall db upgrade"),
        ),
        "mighty_owner": (
            _("The owner of the tables is a superuser or passes row-level security."),
            _("Make another role the owner, as docs/postgresql.md tells."),
        ),
        "unguarded": (
            _("A table has no row-level security."),
            _("Run: carecall db upgrade"),
        ),
        "leaking": (
            _("EXPLAIN ANALYZE tells every role what is in the rows of others."),
            _("Run in this database, as its administrator: {statement}").format(
                statement=_NO_LEAKPROOF
            ),
        ),
    }


async def problems(database: Database) -> list[tuple[str, str]]:
    """What is not as ``docs/postgresql.md`` says, each with what to do about it; nothing on SQLite."""
    found = await _found(database)
    return [words for state, words in _words().items() if state in found]


async def require_closed(database: Database) -> None:
    """Raise StorageUnavailable where others could put something in the way of the tables that are to be made."""
    if "open_public" in await _found(database):
        raise StorageUnavailable(*_words()["open_public"])


async def _found(database: Database) -> set[str]:
    if database.is_sqlite:
        return set()
    with translate_errors():
        async with database.engine.connect() as connection:
            row = (await connection.execute(_QUERY)).one()
    return {state for state in row._fields if getattr(row, state)}
