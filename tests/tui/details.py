"""Opens the details of a recipient in a console, for tests."""

import contextlib
from collections.abc import AsyncIterator

from tests.drivers import Console, console
from tests.factories import World
from tui.details.details_screen import DetailsScreen


class Details(Console):
    """A console with the details open."""

    @property
    def screen(self) -> DetailsScreen:
        """The details, wherever dialogs lie over them."""
        (screen,) = [one for one in self.app.screen_stack if isinstance(one, DetailsScreen)]
        return screen

    async def read(self) -> None:
        """Wait until all that is shown has been read."""

        def done() -> bool:
            screen = self.screen
            tables = (
                screen.calls.table,
                screen.memory.table,
                screen.followups.table,
                screen.contacts.table,
                screen.history.table,
            )
            return (
                screen.loaded is not None
                and not any(table.busy for table in (*tables, screen.memos.table))
                and not self.app.is_writing
                and not any(
                    worker.is_running
                    and (worker.group != "action" or self.app.screen is screen)  # else it asks
                    for worker in self.app.workers
                    if worker.node is screen
                )
            )

        await self.until(done, "the details are read")

    async def go(self, *keys: str) -> None:
        """Press keys, and wait after each until all has been read."""
        for key in keys:
            await self.press(key)
            await self.read()

    async def stays(self, *texts: str) -> None:
        """All has been read, and the screen still has these texts."""
        await self.read()
        for text in texts:
            assert text in self.text() or text in self.words(), self.text()


@contextlib.asynccontextmanager
async def details(
    world: World, *, account: str = "root", size: tuple[int, int] = (80, 24), down: int = 0
) -> AsyncIterator[Details]:
    """The details of the recipient in this row of the list (the last one added is the first)."""
    async with console(world, account=account, size=size) as it:
        opened = Details(it.app, it.pilot)
        await opened.press(*["down"] * down, "enter")
        await opened.sees("Recipient details")
        await opened.read()
        yield opened
