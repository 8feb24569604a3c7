"""Existing databases are told whose calls and voice files are, and lose nothing else by it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from core.app.audit import trail
from core.db import schema
from core.db.engine import Database
from core.db.models import AuditRecord, Call
from core.values.errors import StorageUnavailable
from tests import postgresql
from tests.older import make_older

NFC, NFD = "2026/\uac00.wav", "2026/\u1100\u1161.wav"
FILES = (
    "2026/1.wav",
    "2026/1.wav",
    None,
    NFC,
    NFD,
    "organizations/2/x.wav",
    "Organizations/1/y.wav",
)
NOW = "'2026-01-05 01:00:00'"


def rows() -> list[str]:
    """Two organizations with a recipient each; the calls in turns."""
    made = [
        f"INSERT INTO organizations (name, name_key, created_at, version) VALUES ('{name}', '{name}', {NOW}, 1)"
        for name in ("alpha", "beta")
    ]
    made += [
        f"""INSERT INTO recipients (organization_id, name, phone, other_information, search_text, registered_at,
        version) VALUES ({body}, 'r', '+8210{body}', '', '', {NOW}, 1)"""
        for body in (1, 2)
    ]
    made.append(
        f"""INSERT INTO campaigns (name, name_key, state, created_at, version)
        VALUES ('Morning', 'morning', 'scheduled', {NOW}, 1)"""
    )
    for at, file in enumerate(FILES):
        named = "NULL" if file is None else f"'{file}'"
        made.append(
            f"""INSERT INTO calls (external_id, recipient_id, campaign_id, started_at, duration_ms, result,
            completed, answer_count, answer_characters, voice_file, content_hash)
            VALUES ('c-{at}', {1 + at % 2}, 1, {NOW}, 0, 'connected', true, 0, 0, {named}, '')"""
        )
    made.append(
        "INSERT INTO utterances (call_id, position, at_ms, speaker, text) VALUES (1, 0, 0, 'ai', 'x')"
    )
    return [*made, "DELETE FROM calls WHERE external_id = 'c-2'"]


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_first_call_keeps_a_voice_file_and_the_others_are_recorded(
    kind: str, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/c.db" if kind == "sqlite" else postgresql.new_database()
    database = Database(url)
    await make_older(database, "0001", *rows())
    with pytest.raises(StorageUnavailable):  # nothing is lost without a record
        await schema.upgrade(database)
    assert await schema.upgrade(database, trail.record_lost_voices) == 3
    async with database.reading() as session:
        columns = (
            Call.external_id,
            Call.organization_id,
            Call.source,
            Call.voice_file,
            Call.voice_key,
        )
        found = (await session.execute(sa.select(*columns).order_by(Call.id))).all()
        record = (await session.execute(sa.select(AuditRecord))).scalar_one()
        said = await session.scalar(sa.text("SELECT count(*) FROM utterances"))
    assert [tuple(row) for row in found] == [
        ("c-0", 1, "", "2026/1.wav", "2026/1.wav"),
        ("c-1", 2, "", None, None),
        ("c-3", 2, "", NFC, NFC),
        ("c-4", 1, "", None, None),
        ("c-5", 2, "", "organizations/2/x.wav", "organizations/2/x.wav"),
        ("c-6", 1, "", None, None),
    ]
    assert said == 1
    assert (record.action, record.details) == ("voice.lose", {"ids": [2, 5, 7]})
    async with database.engine.connect() as connection:
        assert await connection.run_sync(schema.differences) == []
    async with database.transaction() as session:
        again = Call(
            external_id="c-9", recipient_id=1, campaign_id=1, organization_id=1, started_at=record.at,
            result="connected",
        )  # fmt: skip
        session.add(again)
        await session.flush()
        assert again.id == len(FILES) + 1  # an ID that was deleted is not given again
    await database.close()
