"""Opens what there is to do in a console, for tests."""

import contextlib
from collections.abc import AsyncIterator

from core.tasks.dto import Tab, TaskQuery, TaskRow
from tests.deliveries import call, deliver, minutes_ago, unanswered
from tests.drivers import Console, console
from tests.factories import World
from tui.tasks.todo_screen import TodoScreen

PHONES = ("+821011112220", "+821011112221", "+821011112222")


class Todo(Console):
    """A console with what there is to do open."""

    @property
    def screen(self) -> TodoScreen:
        """The tasks, wherever dialogs lie over them."""
        (screen,) = [one for one in self.app.screen_stack if isinstance(one, TodoScreen)]
        return screen

    async def on(self, name: str) -> None:
        """Wait until the cursor is on the task of this person, on the screen that is on top."""
        await self.until(
            lambda: (
                self.app.screen is self.screen
                and not self.screen.table.busy
                and self.screen.current is not None
                and self.screen.current.name == name
            ),
            f"the cursor is on {name}",
        )


async def morning(world: World) -> int:
    """An emergency (김영희), a negative call (박철수), three unanswered (이순자); gives the organization."""
    body = await world.organization("Haeundae")
    for name, phone in zip(("김영희", "박철수", "이순자"), PHONES, strict=True):
        await world.recipient(body, name, phone)
    await world.campaign("Morning")
    first, second, third = PHONES
    await deliver(
        world,
        call("c-0", recipient_phone=first, started_at=minutes_ago(300)),
        call("c-1", recipient_phone=first, started_at=minutes_ago(60), analysis="emergency"),
        call("c-2", recipient_phone=first, started_at=minutes_ago(30)),
        call("c-3", recipient_phone=second, started_at=minutes_ago(90), analysis="negative"),
        *(
            unanswered(f"u-{at}", recipient_phone=third, started_at=minutes_ago(40 - at))
            for at in range(3)
        ),
    )
    return body


async def open_tasks(world: World) -> list[TaskRow]:
    """All open tasks in their order."""
    found = await world.services.tasks.window(world.system, TaskQuery(Tab.ALL))
    return [row for row, _anchor in found]


@contextlib.asynccontextmanager
async def todo(
    world: World, *, account: str = "root", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Todo]:
    """What there is to do, opened by its key."""
    async with console(world, account=account, size=size) as it:
        opened = Todo(it.app, it.pilot)
        await opened.press("t")
        await opened.until(lambda: isinstance(it.app.screen, TodoScreen), "To do is open")
        await opened.until(lambda: opened.screen.tab is not None, "the tasks are counted")
        yield opened
