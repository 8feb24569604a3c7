"""Whether PostgreSQL is set up so that its login roles are held to what they may do."""

import sqlalchemy as sa

from core.db.engine import Database
from core.db.errors import told_plainly
from core.values.errors import StorageUnavailable
from core.values.i18n import _

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
            AND relname <> 'alembic_version' AND NOT relrowsecurity) AS unguarded"""
)


async def problems(database: Database) -> list[tuple[str, str]]:
    """What is not as ``docs/postgresql.md`` says, each with what to do about it; nothing on SQLite."""
    if database.is_sqlite:
        return []
    with told_plainly():
        async with database.engine.connect() as connection:
            found = (await connection.execute(_QUERY)).one()
    by_state = {
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
    }
    return [words for state, words in by_state.items() if getattr(found, state)]


async def require_closed(database: Database) -> None:
    """Raise StorageUnavailable where others could put something in the way of the tables that are to be made."""
    for what, way_out in await problems(database):
        raise StorageUnavailable(what, way_out)
