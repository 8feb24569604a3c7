"""An admin who is disabled elsewhere loses the console that is open, and what was about to be saved."""

import asyncio
from pathlib import Path

from core.io.identity import of_process
from core.recipients.dto import RecipientQuery
from core.values.errors import NotPermitted
from core.values.roles import Role
from tests.commands import Carecall
from tests.drivers import console
from tests.factories import make_services


async def disable(directory: Path, login: str) -> None:
    """In another process, as a system admin does from the command line; the console goes on meanwhile."""
    done = await asyncio.to_thread(Carecall(directory).process, "admin", "disable", login)
    assert done.code == 0


async def test_the_open_console_ends_and_says_why(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account=of_process().account)
    body = await world.organization()
    await world.recipient(body)
    await world.admin("kim", Role.ORGANIZATION, body, account="kim")
    async with console(world, account="kim") as driver:
        await driver.sees("김영희")
        await disable(tmp_path, "kim")
        await driver.until(lambda: driver.app.failure, "the console ends")
        assert driver.app.failure is not None
        assert "kim is disabled" in driver.app.failure
        await driver.until(lambda: driver.app.return_code is not None, "the console has ended")
        assert driver.app.return_code == NotPermitted.exit_code
    await world.close()


async def test_what_was_typed_is_not_saved_any_more(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account=of_process().account)
    body = await world.organization()
    await world.admin("kim", Role.ORGANIZATION, body, account="kim")
    async with console(world, account="kim") as driver:
        await driver.press("a")
        await driver.sees("Add recipient")
        await driver.type("박철수")
        await driver.press("tab")
        await driver.type("010-1234-5678")
        await disable(tmp_path, "kim")
        await driver.press("ctrl+s")
        await driver.until(lambda: driver.app.failure, "the console ends")
    assert await world.services.recipients.count(world.system, RecipientQuery()) == 0
    await world.close()


async def test_a_role_that_was_taken_away_is_gone_at_once(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    body = await world.organization()
    await world.recipient(body)
    kim = await world.admin("kim", Role.ORGANIZATION, body, account="kim")
    async with console(world, account="kim") as driver:
        await driver.sees("김영희")
        async with world.database.transaction() as session:
            from core.db.models import Admin

            (await session.get_one(Admin, kim.admin_id)).role = Role.VIEWER.value
        await driver.until(lambda: driver.app.actor.role is Role.VIEWER, "the new role is known")
        await driver.press("e")
        await driver.sees("The role viewer reads only.")
    await world.close()


async def test_a_calling_system_sees_no_console(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account=of_process().account)
    body = await world.organization()
    await world.recipient(body)
    await world.admin("robot", Role.INGEST, body, account="robot")
    async with console(world, account="robot") as driver:
        await driver.until(lambda: driver.app.failure, "the console ends")
        assert "carecall ingest" in (driver.app.failure or "")
        assert not driver.app.is_open
        assert "김영희" not in driver.text()
        await driver.until(lambda: driver.app.return_code is not None, "the console has ended")
        assert driver.app.return_code == NotPermitted.exit_code
    await world.close()
