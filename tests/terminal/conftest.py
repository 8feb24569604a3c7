"""A host for each module of tests, and one console on it that its tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A host with one organization and one recipient."""
    made = Host(tmp_path_factory.mktemp("host"))

    async def fill(world: World) -> None:
        await world.recipient(await world.organization("해운대구 복지관"), "이순신", "01011112222")

    made.do(fill)
    return made


@pytest.fixture(scope="module")
def shared(host: Host) -> Iterator[Terminal]:
    """The console that the module's tests share."""
    with host.opened() as it:
        yield it


@pytest.fixture
def console(shared: Terminal) -> Terminal:
    """The shared console, at its list, at 80x24, nothing searched."""
    if shared.size != (80, 24):
        shared.resize(80, 24)
    for _layer in range(6):
        if "Manage recipients" in shared.text() and "╭" not in shared.text():
            break
        shared.press("escape")
        shared.settle()
        if "[x Discard]" in shared.text():
            shared.press("x")
            shared.settle()
    shared.press("escape", "g")
    return shared


@pytest.fixture
def fresh(tmp_path: Path) -> Host:
    """A host of the test's own."""
    return Host(tmp_path)
