"""The history in the details, driven by keys at 80x24."""

import pytest

from core.recipients.dto import Selection
from core.values.roles import Role
from tests.factories import make_services
from tests.tui.details import details
from tests.tui.noted import three_calls


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await three_calls(made)
    yield made
    await made.close()


async def test_it_is_read_newest_first_and_filtered_by_kind(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    await world.services.memos.add(kim, 1, "Likes tea")
    await world.services.participations.pause(kim, Selection(ids=frozenset({1})), 1)
    async with details(world) as it:
        await it.go("6")
        await it.sees("[6 History]", "Pause", "paused", "Memo", "Likes tea", "Kim")
        text = it.text()
        assert text.index("Pause  ") < text.index("Likes tea") < text.index("added")
        await it.press("f")
        await it.sees("History: which kind", "All kinds")
        await it.type("mem")
        await it.press("enter")
        await it.read()
        await it.sees_no("Pause  ")
        await it.sees("Likes tea")
        await it.press("f")
        await it.sees("History: which kind")
        await it.press("enter")
        await it.sees("Pause  ")
        await it.go("1")
        await it.sees("[1 Calls", "6 History")
