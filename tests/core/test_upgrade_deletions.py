"""Deletes that were made before they had a table of their own can still be undone, by whoever made them."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.app.actor import Actor
from core.app.services import Services
from core.db import schema
from core.db.engine import Database
from core.recipients.deletion_dto import DeletedQuery
from core.values.roles import Role
from core.values.times import now
from tests import postgresql
from tests.factories import make_settings
from tests.older import make_older

KIM = Actor(1, "kim", "Kim", Role.SYSTEM, None, "kim")
NOW = "'2026-01-05 01\\:00\\:00'"


def rows() -> list[str]:
    """Two deletes by Kim, of one recipient each, and a recipient who is still there."""
    made = [
        f"INSERT INTO organizations (name, name_key, created_at, version) VALUES ('H', 'h', {NOW}, 1)",
        f"""INSERT INTO admins (login, name, role, preferences, created_at, version)
        VALUES ('kim', 'Kim', 'system', '{{}}', {NOW}, 1)""",
    ]
    for number, key in enumerate(("first", "second", ""), 1):
        moment = f"{now() - timedelta(days=5 - number):%Y-%m-%d %H\\:%M\\:%S}"
        deleted = f"'{moment}', '{key}'" if key else "NULL, NULL"
        made.append(
            f"""INSERT INTO recipients (organization_id, name, phone, other_information, search_text,
            registered_at, version, deleted_at, deletion_id)
            VALUES (1, '{key}', '+821012345{number:03}', '', '', {NOW}, 1, {deleted})"""
        )
        if key:
            made.append(
                f"""INSERT INTO audit_records (at, admin_id, account, client, action, subject, details,
                previous_hash, hash) VALUES ({NOW}, 1, 'kim', '', 'recipient.delete', 'recipient',
                '{{"deletion"\\: "{key}"}}', '', '')"""
            )
    return made


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_deletes_of_before_are_kept(kind: str, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/c.db" if kind == "sqlite" else postgresql.new_database()
    database = Database(url)
    await make_older(database, "0003", *rows())
    await schema.upgrade(database)
    await database.close()
    services = await Services.open(make_settings(tmp_path, CARECALL_DATABASE=url))
    try:
        found = await services.deletions.window(KIM, DeletedQuery())
        assert [row.name for row, _ in found] == ["second", "first"]
        assert {row.deleted_by for row, _ in found} == {"Kim"}
        last = await services.deletions.latest(KIM)
        assert last is not None
        assert (await services.deletions.undo(KIM, last.id)).count == 1
        assert (await services.recipients.get(KIM, found[0][0].id)).name == "second"
    finally:
        await services.close()
