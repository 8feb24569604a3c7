"""Emergency calls are one key away."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from core.values.roles import Role
from core.values.times import now
from tests.deliveries import call, deliver, small_world
from tests.drivers import console
from tests.factories import make_services
from tests.tui.details import details


def days_ago(days: int) -> str:
    return (now() - timedelta(days=days)).isoformat()


async def test_one_key_goes_through_the_emergency_calls(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    await small_world(world)
    emergencies = {3, 40}
    await deliver(
        world,
        *(
            call(
                f"c-{day}",
                started_at=days_ago(day),
                analysis="emergency" if day in emergencies else "normal",
                utterances=[{"at_s": 0, "speaker": "recipient", "text": f"{day} days ago"}],
            )
            for day in range(1, 60)
        ),
    )
    async with details(world) as it:
        await it.go("exclamation_mark")
        await it.sees(
            "recipient  3 days ago", "Nobody has acknowledged this emergency yet; ! does."
        )
        await it.go("exclamation_mark")
        await it.sees("You have acknowledged it; ! goes to the next one.")
        for day in (40, 3):
            await it.go("exclamation_mark")
            await it.sees(f"recipient  {day} days ago")
    await world.close()


async def test_without_any_it_says_so(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    await small_world(world)
    await deliver(world, call("c-1"))
    async with details(world) as it:
        await it.press("exclamation_mark")
        await it.sees("There is no emergency that nobody has acknowledged.")
        await deliver(world, call("c-2", analysis="emergency"))
        await it.until(lambda: it.screen.calls.table.total == 2, "the new call is shown")
        await it.go("exclamation_mark")
        await it.sees("Nobody has acknowledged this emergency yet")
        await it.go("exclamation_mark", "exclamation_mark")
        await it.sees("This is the only emergency call of this recipient.")
    await world.close()


def seoul_day(days: int) -> str:
    """The day of ``days_ago`` as it is shown there."""
    return f"{datetime.fromisoformat(days_ago(days)).astimezone(ZoneInfo('Asia/Seoul')):%Y-%m-%d}"


async def test_one_key_goes_from_everywhere_through_those_that_nobody_has_seen(
    tmp_path: Path,
) -> None:
    world = await make_services(tmp_path, account="root")
    body = await small_world(world) and 1
    eve = await world.admin("eve", Role.VIEWER, body, account="eve")
    for at, name in enumerate(("박철수", "이순자")):
        row = await world.recipient(body, name)
        for day, analysis in ((9, "emergency"), (1, "normal")):
            line = call(f"c-{at}-{day}", started_at=days_ago(day), analysis=analysis)
            await deliver(world, {**line, "recipient_phone": row.phone})
    async with console(world) as it:
        await it.sees("! 2 emergencies")
        await it.press("U", "!")
        await it.sees(
            "Recipient details", "박철수", "Nobody has acknowledged this emergency yet; ! does."
        )
        assert seoul_day(9) in it.text().split("Duration")[-1]
        await it.press("2", "!")  # from another tab, it comes back
        await it.sees("[1 Calls", "Nobody has acknowledged")
        await it.press("!")
        await it.sees("You have acknowledged it; ! goes to the next one.", "! 1 emergency")
        await it.press("!")
        await it.sees("이순자", "Nobody has acknowledged this emergency yet; ! does.")
        await it.press("!")
        await it.sees("You have acknowledged it")
        await it.press("!")
        await it.sees("This is the only emergency call of this recipient.")
        await it.press("escape")
        await it.sees("Uploads")
        await it.press("escape", "!")
        await it.sees("There is no emergency that nobody has acknowledged.")
    await deliver(world, call("c-9", analysis="emergency"))
    async with console(world, account="eve") as it:
        await it.press("!")
        await it.sees("김영희", "Nobody has acknowledged this emergency yet.")
        await it.press("!")
        await it.sees("This is the only emergency call")
    assert (await world.services.tasks.numbers(eve)).unseen == 1
    await world.close()
