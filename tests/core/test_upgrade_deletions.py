"""Deletes that were made before they had a table of their own can still be undone, by whoever made them."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from core import schema
from core.recipients.dto import DeletedQuery, Selection
from core.services import Services
from tests import postgresql
from tests.factories import make_services

# what the migration made, taken back
_AS_BEFORE = """
    DROP INDEX ix_recipients_deleted; DROP INDEX ix_recipients_deleted_of;
    ALTER TABLE recipients ADD COLUMN deletion_key VARCHAR(32);
    UPDATE recipients SET deletion_key = 'key' || deletion_id;
    PRAGMA foreign_keys = OFF;
    UPDATE recipients SET deletion_id = NULL;
    DROP TABLE deletions;
    PRAGMA writable_schema = ON;
    UPDATE sqlite_master SET sql = replace(sql,
        'deletion_id INTEGER CONSTRAINT fk_recipients_deletion_id REFERENCES deletions (id)',
        'deletion_id_gone INTEGER') WHERE name = 'recipients';
    PRAGMA writable_schema = RESET;
"""


@pytest.mark.skipif(postgresql.wanted(), reason="made by hand on SQLite")
async def test_deletes_of_before_are_kept(tmp_path: Path) -> None:
    world = await make_services(tmp_path)
    own = await world.organization()
    first, second = await world.recipients(own, 2)
    for row in (first, second):
        await world.services.recipients.delete(world.system, Selection(frozenset({row.id})), 1)
    await world.close()
    path = world.database.path
    assert path is not None
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.executescript(_AS_BEFORE)
        file.executescript(
            """
            ALTER TABLE recipients RENAME COLUMN deletion_key TO deletion_id;
            ALTER TABLE recipients DROP COLUMN deletion_id_gone;
            CREATE INDEX ix_recipients_deleted ON recipients (deleted_at) WHERE deleted_at IS NOT NULL;
            CREATE INDEX ix_recipients_deletion ON recipients (deletion_id)
                WHERE deletion_id IS NOT NULL;
            DROP TRIGGER audit_records_no_update;
            UPDATE audit_records SET details = replace(details, '"deletion": 1', '"deletion": "key1"');
            UPDATE audit_records SET details = replace(details, '"deletion": 2', '"deletion": "key2"');
            CREATE TRIGGER audit_records_no_update BEFORE UPDATE ON audit_records BEGIN
                SELECT RAISE(ABORT, 'audit records can only be added');
            END;
            UPDATE alembic_version SET version_num = '0003';
            """
        )
        file.commit()
    await schema.upgrade(world.database)
    later = await Services.open(world.settings)
    try:
        rows = await later.deletions.window(world.system, DeletedQuery(), None)
        assert [row.id for row, _ in rows] == [second.id, first.id]
        assert {row.deleted_by for row, _ in rows} == {"Root"}
        last = await later.deletions.latest(world.system)
        assert last is not None
        assert (await later.deletions.undo(world.system, last.id)).count == 1
        assert (await later.recipients.get(world.system, second.id)).name == second.name
    finally:
        await later.close()
        await world.database.close()
