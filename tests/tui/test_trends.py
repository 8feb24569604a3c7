"""Trends in the details, the overview of an organization, and the command, at 80x24."""

import json

import pytest

from core.io.identity import of_process
from tests.commands import Carecall
from tests.deliveries import call, deliver, minutes_ago
from tests.drivers import console
from tests.factories import make_services
from tests.tui.details import details
from tests.tui.noted import three_calls

DAY = 24 * 60


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account=of_process().account)
    await three_calls(made)
    calls = [
        call(
            f"t-{at}",
            started_at=minutes_ago(at * DAY),
            utterances=[{"at_s": 1, "speaker": "recipient", "text": said}],
        )
        for at, said in [
            *((30 + at, "오늘은 잘 잤어요.") for at in range(5)),
            *((5 + at, "네.") for at in range(5)),
        ]
    ]
    await deliver(made, *calls)
    yield made
    await made.close()


async def test_a_trend_is_read_above_the_history_and_by_week(world):
    async with details(world) as it:
        await it.go("6")
        await it.sees("8 calls in 4 weeks, 5 before", "Answer length", "12 weeks", "−")
        await it.press("w")
        await it.sees("Trend of ", "Week from", "Answers", "Normal")
        await it.press("escape")
        await it.sees("[6 History")


async def test_the_overview_of_the_organization(world):
    async with console(world, account=world.system.account) as it:
        await it.press("O")
        await it.sees("Overview", "Week from", "Open tasks", "█")
        await it.press("escape")
        await it.sees("Manage recipients")


def test_the_command_gives_the_same(world, tmp_path):
    carecall = Carecall(tmp_path)
    told = carecall.done("trend", "1")
    assert "8 calls in 4 weeks, 5 before" in told.err
    assert told.out.splitlines()[0].split()[:2] == ["Week", "from"]
    assert len(told.out.splitlines()) == 13
    weeks = [json.loads(line) for line in carecall.done("trend", "--json").out.splitlines()]
    assert sum(week["calls"] for week in weeks) == 13
    assert weeks[0]["open_tasks"] is not None
    assert carecall("trend", "99").code == 2
