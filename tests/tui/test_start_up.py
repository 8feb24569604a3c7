"""The garbage collector is off while the console starts, and on whenever somebody works with it."""

import contextlib
import gc
from pathlib import Path

import pytest

from tests.drivers import console
from tests.factories import make_services
from tui import __main__, start_up


async def test_the_open_console_collects_garbage(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    with start_up.starting():
        assert not gc.isenabled()
        async with console(world) as it:
            await it.until(gc.isenabled)
    await world.close()


@pytest.mark.parametrize("arguments", [["organization", "list"], ["no-such-command"]])
def test_so_does_whoever_calls_it(arguments: list[str]) -> None:
    with contextlib.suppress(SystemExit):
        __main__.main(arguments)
    assert gc.isenabled()
