"""One bad row stops no list: it is shown as unreadable, and the others stand."""

import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.campaigns.rules import STATE_WORDS, CampaignState
from core.db import schema
from core.db.engine import Database
from core.db.models import Base, UtcDateTime
from core.db.schema import unreadable
from core.recipients.dto import RecipientQuery, Selection
from core.recipients.fields import FieldName
from core.values.errors import ActionBlocked, InvalidInput, NotPermitted
from core.values.roles import Role
from core.values.stored import UNREADABLE
from core.values.times import show
from tests import postgresql
from tests.core.stage import Stage
from tests.deliveries import call, deliver, small_world
from tests.drivers import console
from tests.factories import World, make_services
from tests.unchecked import put


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_services(tmp_path)
    yield made
    await made.close()
    postgresql.leave_out(made.settings.database)


def moment_that_is_none(world: World) -> str:
    return "'yesterday'" if world.database.is_sqlite else "'infinity'"


async def test_one_bad_recipient_stops_no_list(world: World) -> None:
    body = await world.organization()
    good, status, moment, number = [row.id for row in await world.recipients(body, 4)]
    rate = "'much'" if world.database.is_sqlite else "'NaN'"
    await put(
        world,
        f"UPDATE recipients SET status = 99 WHERE id = {status}",
        f"UPDATE recipients SET registered_at = {moment_that_is_none(world)} WHERE id = {moment}",
        f"UPDATE recipients SET connection_rate = {rate} WHERE id = {number}",
    )
    for sort in FieldName:
        query = RecipientQuery(sort=sort)
        found = await world.services.recipients.window(world.system, query)
        rows = {row.id: row for row, _anchor in found}
        assert len(rows) == len(found) == 4, sort
    assert rows[good].status is not UNREADABLE
    assert rows[status].status is UNREADABLE
    assert show(rows[moment].registered_at, world.settings.zone) == "unreadable"
    assert math.isnan(rows[number].connection_rate or 0)
    with pytest.raises(ActionBlocked, match="cannot be read"):
        await world.services.participations.pause(world.system, Selection(frozenset({status})), 1)


async def test_one_bad_view_stops_no_list(world: World) -> None:
    """Whoever writes views by SQL may nest them deeper than is read."""
    bad = '{"a": ' * 3_000 + "1" + "}" * 3_000
    body = await world.organization()
    services = world.services
    for name in ("Bad", "Good"):
        await services.views.share(world.system, body, name, RecipientQuery(search="김"))
    await put(world, f"UPDATE views SET query = '{bad}' WHERE name = 'Bad'")
    views = [view for view in (await services.views.list(world.system)).views if view.id]
    assert [view.name for view in views] == ["Bad", "Good"]
    assert views[1].query is not None


async def test_one_bad_call_stops_no_list(world: World) -> None:
    recipient = await small_world(world)
    await deliver(world, *(call(f"c-{number}") for number in range(3)))
    await put(
        world,
        "UPDATE calls SET result = 'lost', analysis = 'odd' WHERE external_id = 'c-1'",
        f"UPDATE calls SET started_at = {moment_that_is_none(world)} WHERE external_id = 'c-2'",
        "UPDATE utterances SET speaker = 'nobody'",
    )
    found = await world.services.calls.window(world.system, recipient)
    rows = {row.external_id: row for row, _anchor in found}
    assert (rows["c-0"].result, rows["c-0"].analysis) == ("connected", "normal")
    assert rows["c-1"].result is UNREADABLE
    assert rows["c-1"].analysis is UNREADABLE
    assert show(rows["c-2"].started_at, world.settings.zone) == "unreadable"
    details = await world.services.calls.get(world.system, rows["c-1"].id)
    assert {one.speaker for one in details.utterances} == {UNREADABLE}


async def test_one_bad_campaign_or_admin_stops_no_list(world: World) -> None:
    await world.campaign("Morning")
    bad = await world.campaign("Evening")
    kim = await world.admin("kim", Role.ORGANIZATION, await world.organization())
    await put(
        world,
        f"UPDATE campaigns SET state = 'lost' WHERE id = {bad}",
        "UPDATE admins SET role = 'owner' WHERE login = 'kim'",
    )
    rows = {row.name: row for row in await world.services.campaigns.list(world.system)}
    assert rows["Morning"].state is CampaignState.IN_PROGRESS
    assert STATE_WORDS[rows["Evening"].state] == "unreadable"
    with pytest.raises(ActionBlocked, match="cannot be read"):
        await world.services.campaigns.end(world.system, "Evening")
    admins = {row.login: row.role for row in await world.services.admins.list(world.system)}
    assert admins == {"root": Role.SYSTEM, "kim": UNREADABLE}
    with pytest.raises(NotPermitted, match="does not know"):
        await world.services.campaigns.list(kim)


@pytest.mark.parametrize(
    "odd",
    [
        "5",
        "null",
        '[5, [], {}, {"code": "differs", "field": []}]',
        '{"name": 5, "fields": 5, "x": []}',
    ],
)
async def test_one_bad_result_of_an_upload_stops_no_list(world: World, odd: str) -> None:
    body = await world.organization()
    uploads = world.services.uploads
    upload = await Stage(world, world.system, body, "Haeundae", world.system).upload()
    kim = await world.admin("kim", Role.ORGANIZATION, body)
    somebody = (await world.recipient(body)).id
    await put(
        world,
        f"UPDATE uploads SET notes = '{odd}'",
        f"UPDATE upload_rows SET given = '{odd}', reasons = '{odd}', warnings = '{odd}', about_id = {somebody}",
    )
    for actor in (world.system, kim):
        assert [row.id for row in await uploads.uploads(actor)] == [upload]
        [row] = await uploads.results(actor, upload)
        assert (row.name, row.warnings, row.fields) == ("", (), ())


@pytest.mark.sqlite
async def test_the_console_shows_a_bad_row_as_unreadable(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    first, second = await world.recipients(await world.organization(timezone="Asia/Seoul"), 2)
    await put(
        world,
        f"UPDATE recipients SET status = 99, registered_at = 'x', total_calls = 'x' WHERE id = {first.id}",
        "UPDATE organizations SET timezone = 'Nowhere'",
    )
    async with console(world) as it:
        await it.sees("2 recipients", first.name, second.name, "unreadable")
        await it.press("enter")
        await it.sees("Status: unreadable", "registered unreadable", first.name)
    await world.close()


_BAD = (
    "UPDATE recipients SET status = 99",
    "UPDATE recipients SET connection_rate = 7",
    "UPDATE recipients SET total_calls = -1",
    "UPDATE recipients SET last_analysis = 'odd'",
    "UPDATE calls SET result = 'lost'",
    "UPDATE calls SET duration_ms = -1",
    "UPDATE utterances SET speaker = 'nobody'",
    "UPDATE campaigns SET state = 'lost'",
    "UPDATE admins SET role = 'owner'",
    "UPDATE memory_versions SET change = 'odd'",
    "INSERT INTO feedback SELECT id, 1, 'odd', started_at FROM calls",
)


async def test_the_database_takes_nothing_that_the_rules_do_not_know(world: World) -> None:
    await small_world(world)
    await deliver(world, call())
    moment = moment_that_is_none(world)
    moments = [
        f"UPDATE {table.name} SET {column.name} = {moment}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, UtcDateTime) and table.name in ("recipients", "calls", "admins")
    ]
    for statement in (*_BAD, *moments):
        try:
            async with world.database.transaction() as session:
                await session.execute(sa.text(statement))
        except InvalidInput:
            continue
        pytest.fail(f"taken: {statement}")


async def test_an_upgrade_leaves_a_bad_row_tells_of_it_and_keeps_others_out(world: World) -> None:
    await world.recipients(await world.organization(), 2)
    await put(
        world, "UPDATE recipients SET status = 99 WHERE id = (SELECT min(id) FROM recipients)"
    )
    owner = Database(world.settings.database)
    await schema.upgrade(owner)
    assert await unreadable(owner) == ["recipients.status"]
    with pytest.raises(InvalidInput):
        async with owner.transaction() as session:
            await session.execute(sa.text("UPDATE recipients SET status = 98"))
    async with owner.transaction() as session:
        await session.execute(sa.text("UPDATE recipients SET status = 0"))
    await schema.upgrade(owner)
    assert await unreadable(owner) == []
    await owner.close()
