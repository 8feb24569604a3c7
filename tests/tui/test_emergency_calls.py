"""Emergency calls are one key away."""

from datetime import timedelta
from pathlib import Path

from core.values.times import now
from tests.deliveries import call, deliver, small_world
from tests.factories import make_services
from tests.tui.details import details


def days_ago(days: int) -> str:
    return (now() - timedelta(days=days)).isoformat()


async def test_one_key_goes_through_the_emergency_calls(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    await small_world(world)
    emergencies = {3, 40}
    for day in range(1, 60):
        analysis = "emergency" if day in emergencies else "normal"
        said = [{"at_s": 0, "speaker": "recipient", "text": f"{day} days ago"}]
        await deliver(
            world,
            call(f"c-{day}", started_at=days_ago(day), analysis=analysis, utterances=said),
        )
    async with details(world) as it:
        for day in (3, 40, 3):
            await it.go("exclamation_mark")
            await it.sees(f"recipient  {day} days ago")
    await world.close()


async def test_without_any_it_says_so(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    await small_world(world)
    await deliver(world, call("c-1"))
    async with details(world) as it:
        await it.press("exclamation_mark")
        await it.sees("This recipient has no emergency call.")
        await deliver(world, call("c-2", analysis="emergency"))
        await it.until(lambda: it.screen.calls.table.total == 2, "the new call is shown")
        await it.go("home", "exclamation_mark", "exclamation_mark")
        await it.sees("This is the only emergency call of this recipient.")
    await world.close()
