"""On every screen stands how many emergencies nobody has seen and what is overdue; the bell rings once each."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.db.models import Task
from core.tasks.dto import TaskNumbers
from core.values.i18n import use
from core.values.times import now
from tests.deliveries import call, deliver, small_world
from tests.drivers import Console, console
from tests.factories import World, make_services
from tui.app import ConsoleApp
from tui.tasks.bell import Bell
from tui.widgets.sign import sign_words


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has rung."""
    heard: list[str] = []
    monkeypatch.setattr(ConsoleApp, "bell", lambda _app: heard.append("bell"))
    return heard


@pytest.fixture
async def world(tmp_path: Path):
    made = await make_services(tmp_path, account="root")
    await small_world(made)
    await deliver(made, call("c-1", analysis="emergency"))
    yield made
    await made.close()


async def be_due(world: World, ago: timedelta) -> None:
    """All tasks were due so long ago."""
    async with world.database.transaction() as session:
        await session.execute(sa.update(Task).values(due_at=now() - ago))


def border(it: Console) -> str:
    """The lower border of the dialog."""
    return next((line for line in it.text().splitlines() if "╰" in line), "")


def last_line_but_keys(it: Console) -> str:
    """The line above the keys."""
    return it.text().splitlines()[-2]


async def test_it_is_on_every_screen_and_rings_once_for_each(world: World, rung: list[str]) -> None:
    row = await world.recipient(1, "박철수")
    async with console(world) as it:
        await it.sees("! 1 emergency")
        assert last_line_but_keys(it).rstrip().endswith("! 1 emergency")
        assert rung == []  # it had come before
        await it.press("a")
        await it.sees("Add recipient")
        await it.until(lambda: "! 1 emergency" in border(it), "a dialog says so, too")
        await deliver(world, call("c-2", analysis="emergency", recipient_phone=row.phone))
        await it.until(lambda: "! 2 emergencies" in border(it), "it counts on")
        assert rung == ["bell"]
        for keys, title in (
            (("escape", "enter"), "Recipient details"),
            (("escape", "U"), "Uploads"),
            (("f1",), "! 2 emergencies"),
        ):
            await it.press(*keys)
            await it.sees(title, "! 2 emergencies")
        await it.press("escape", "escape")
        first = await world.services.tasks.next_unseen(world.system)
        await world.services.tasks.acknowledge(world.system, first.id)
        await it.sees("! 1 emergency")
        await be_due(world, timedelta(minutes=30))
        await it.sees("! 1 emergency · 2 overdue")
        assert rung == ["bell"]
        await be_due(world, timedelta(minutes=61))
        await it.sees("! 1 emergency, 1 escalated · 2 overdue")
        assert rung == ["bell"] * 2
        # a newer call of the one that was seen has to be seen again
        await deliver(world, call("c-3", analysis="emergency", recipient_phone="+821011112222"))
        await it.until(lambda: len(rung) == 3, "it rings")
    async with console(world) as it:
        await it.sees("! 2 emergencies, 2 escalated · 2 overdue")
    assert rung == ["bell"] * 3


async def test_a_long_notice_leaves_room_for_it(world: World, rung: list[str]) -> None:
    await be_due(world, timedelta(hours=3))
    async with console(world) as it:
        await it.sees("! 1 emergency, 1 escalated · 1 overdue")
        it.app.screen.tell(
            "More is told than has room beside the number, in lines. " * 2 + "The end."
        )
        await it.sees("The end.", "! 1 emergency, 1 escalated · 1 overdue")


@pytest.mark.parametrize(
    ("numbers", "rings"),
    [
        ([(0, 0, 0), (1, 5, 9)], [False, True]),
        ([(1, 5, 9), (1, 5, 9), (0, 0, 0), (1, 5, 9)], [False, False, False, True]),
        ([(2, 5, 9), (2, 6, 9)], [False, True]),  # one was seen while another came
        ([(2, 5, 9), (2, 5, 10)], [False, True]),  # one of the two came again
        ([(2, 5, 9), (1, 4, 8), (0, 0, 0)], [False] * 3),
    ],
)
def test_the_bell_rings_for_what_is_new(numbers, rings) -> None:
    bell = Bell()
    asked = [
        TaskNumbers(0, 0, 0, unseen, unseen, task or None, call or None)
        for unseen, task, call in numbers
    ]
    assert [bell.rings(one) for one in asked] == rings


def test_there_is_room_for_it_in_korean() -> None:
    use("ko")
    try:
        numbers = TaskNumbers(0, 0, 1_234, 0, 1_000, escalated=1_000)
        assert sign_words(numbers) == "! 긴급 1,000건(전원 1,000건) · 기한 지남 1,234건"
    finally:
        use("en")
