"""Of who is purged nothing is left in the rows of uploads, in whatever digits it was given, before and after."""

import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.db.models import Upload, UploadRow
from core.db.schema import alembic_config
from core.recipients.dto import Selection
from core.recipients.rules import RecipientDraft
from core.values.times import now
from tests.core.people import Person, delete, left_in, make_world
from tests.factories import World
from tests.workbooks import workbook


async def given(world: World) -> dict[tuple[int, int], object]:
    """What failed rows are kept of, by upload and row."""
    async with world.database.reading() as session:
        columns = sa.select(UploadRow.upload_id, UploadRow.row, UploadRow.given, UploadRow.reasons)
        rows = (await session.execute(columns.where(UploadRow.result == "failed"))).all()
    return {(row.upload_id, row.row): row.given or row.reasons for row in rows}


@pytest.mark.sqlite
async def test_rows_go_with_the_recipient_that_they_were_about(tmp_path: Path) -> None:
    world = await make_world(tmp_path, "deleted_recipients = 30\n")
    body = await world.organization()
    uploads, recipients = world.services.uploads, world.services.recipients
    long = "뷁쀍" * 11  # too long for a name
    rows = [
        [
            long,
            "０１０-７１２３-４５６７",
            "",
            "",
        ],  # the number in other digits, before anybody had it
        [long, "+82 10 7123 4567", "", ""],
        ["쀓뜕휅", "010-7123-45", "", ""],  # no number yet: corrected below
        [unicodedata.normalize("NFD", "쀓뜕휅"), "7123", "", ""],  # only the name tells
        ["남은이", "010-7999-99", "", ""],
    ]
    first = await uploads.upload(world.system, workbook(rows), organization=body)
    again = await uploads.upload(world.system, workbook(rows), organization=body, again=True)
    assert (first.failed, again.failed) == (5, 5)
    row = await uploads.correct_row(
        world.system, 2, 4, RecipientDraft("쀓뜕휅", "010-7123-4567", "", organization_id=body)
    )
    assert row.recipient_id is not None
    # taken, under another name, and then the number is changed
    await uploads.upload(
        world.system, workbook([["뚫훍", "010-7123-4567", "", ""]]), organization=body
    )
    draft = RecipientDraft("쀓뜕휅", "010-7222-3333", "", organization_id=body)
    await recipients.edit(world.system, row.recipient_id, draft, 1)
    [taken] = await uploads.results(world.system, 3)
    assert taken.reasons == (
        "Mobile phone number 010-7123-4567 belongs to 쀓뜕휅 in this organization already.",
    )
    async with world.database.reading() as session:
        kept = await session.scalars(sa.select(UploadRow.reasons))
        assert "쀓뜕휅" not in repr(kept.all())

    digits = ["7123-45", "71234567", "7123 4567", "72223333", "７１２３-４５６７"]
    secrets = [*digits, "쀓뜕휅", unicodedata.normalize("NFD", "쀓뜕휅"), "뚫훍", "뷁쀍"]
    one = Person(row.recipient_id, "", "", secrets)
    await delete(world, [one], days_ago=31)
    [taken] = await uploads.results(world.system, 3)
    assert taken.reasons == ("Mobile phone number 010-7123-4567 belonged to another recipient.",)
    async with world.database.transaction() as session:
        # the uploads are older than the deletion
        before = now() - timedelta(days=40)
        await session.execute(sa.update(Upload).values(created_at=before))
    await world.services.retention.erase_expired(world.system)
    kept_rows = {place for place, what in (await given(world)).items() if what}
    assert kept_rows == {(1, 6), (2, 6)}
    await world.close()
    assert left_in(tmp_path, [one], but=frozenset({"뷁쀍"})) == []
    assert left_in(tmp_path, [one]) == []


@pytest.mark.sqlite
async def test_rows_of_an_older_database_lose_the_names_in_their_reasons(tmp_path: Path) -> None:
    from alembic import command

    world = await make_world(tmp_path)
    body = await world.organization()
    holder = await world.recipient(body, "김영희", "010-1234-5678")
    other = await world.recipient(body, "박철수")
    await world.services.recipients.delete(world.system, Selection(ids=frozenset({other.id})), 1)
    await world.services.uploads.upload(
        world.system, workbook([["x", "010-1234-5678", "", ""]] * 3), organization=body
    )
    said = [
        "Mobile phone number 010-1234-5678 belongs to 김영희 in this organization already.",
        "휴대폰 번호 010-1234-5678은(는) 이미 이 기관의 김영희 님이 사용하고 있습니다.",
        "Mobile phone number is in row 2 already. Keep one of the two rows.",
    ]
    async with world.database.transaction() as session:
        for at, reason in enumerate(said):
            await session.execute(
                sa.update(UploadRow)
                .where(UploadRow.row == at + 2)
                .values(reasons=[reason], about_id=None, phone_key=None)
            )

    def upgrade(connection: sa.Connection) -> None:
        for index in ("about", "phone"):
            connection.exec_driver_sql(f"DROP INDEX ix_upload_rows_{index}")
        for column in ("about_id", "phone_key"):
            connection.exec_driver_sql(
                f"ALTER TABLE upload_rows RENAME COLUMN {column} TO was_{column}"
            )
        config = alembic_config(connection)
        command.stamp(config, "0004")
        command.upgrade(config, "0005")

    async with world.database.engine.begin() as connection:
        await connection.run_sync(upgrade)
    async with world.database.reading() as session:
        rows = (await session.scalars(sa.select(UploadRow).order_by(UploadRow.row))).all()
    assert [row.reasons for row in rows] == [[{"code": "taken"}], [{"code": "taken"}], [said[2]]]
    assert [row.about_id for row in rows] == [holder.id, holder.id, None]
    assert {row.phone_key for row in rows} == {"+821012345678"}
    shown = await world.services.uploads.results(world.system, 1)
    assert [row.reasons[0] for row in shown] == [said[0], said[0], said[2]]
    await world.close()
