"""One recipient with three calls, and what staff noted about them; for tests."""

from tests.deliveries import call, deliver, minutes_ago, small_world, unanswered
from tests.factories import World


async def three_calls(world: World) -> None:
    """A negative call that brought a memory up, an emergency, and one that nobody answered."""
    await small_world(world)
    await deliver(
        world,
        call("c-1", started_at=minutes_ago(90), analysis="negative"),
        call("c-2", started_at=minutes_ago(60), analysis="emergency", memory=[]),
        unanswered("c-3", started_at=minutes_ago(30)),
    )


async def memos(world: World) -> list[str]:
    """The texts of the memos."""
    return [one.text for one in await world.services.memos.list(world.system, 1)]


async def actions(world: World) -> list[tuple[int, str, str]]:
    """Call, type and details of the follow-up actions."""
    rows = await world.services.followups.list(world.system, 1)
    return [(one.call_id, one.action_type.value, one.details) for one in rows]
