"""Deliveries that could not be stored are told to system admins, by a bell and in the heading of the list."""

from pathlib import Path

from core.calls.held_dto import HeldSummary
from core.io.identity import of_process
from core.values.i18n import use
from core.values.roles import Role
from tests.deliveries import call, lines, small_world
from tests.drivers import console
from tests.factories import make_services
from tui.recipients.held_deliveries import held_text


async def test_a_delivery_that_is_held_rings_once_and_stands_in_the_heading(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account=of_process().account)
    await small_world(world)
    rung: list[str] = []
    async with console(world) as driver:
        driver.app.bell = lambda: rung.append("bell")  # type: ignore[method-assign]
        await driver.sees("1 recipient")
        await driver.sees_no("held")
        wrong = [call("c-1", campaign="Mroning", analysis="emergency"), call("c-2", duration_s=-1)]
        await world.services.ingest.deliver(world.system, [lines(wrong[0])])
        await driver.sees("! 1 delivery held (1 emergency)")
        assert rung == ["bell"]
        await world.services.ingest.deliver(world.system, [lines(*wrong)])
        await driver.sees("! 2 deliveries held (1 emergency)")
        await world.campaign("Mroning")
        await world.services.ingest.retry(world.system)
        await driver.sees("! 1 delivery held")
        await driver.sees_no("emergency)")
        await driver.sees("! 1 emergency")  # it is taken in, and somebody has to see to it
        assert rung == ["bell"] * 3
    await world.close()


async def test_nobody_else_is_told_of_it(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account=of_process().account)
    await small_world(world)
    await world.admin("kim", Role.ORGANIZATION, 1, account="kim")
    await world.services.ingest.deliver(world.system, [b"{\n"])
    async with console(world, account="kim") as driver:
        await driver.sees("1 recipient")
        await driver.quiet()
        await driver.sees_no("held")
    await world.close()


def test_the_heading_has_room_for_it_in_korean() -> None:
    use("ko")
    try:
        assert held_text(HeldSummary(1_000, 1_000, 1)) == "! 보류 자료 1,000건(긴급 1,000건)"
    finally:
        use("en")
