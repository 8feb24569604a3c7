"""Every test starts from the same host: a home of its own, English, no settings of who runs the suite."""

import functools
import gc
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.scheduler.protocol import Scheduling

from core.values import i18n
from tests import postgresql
from tests.factories import World, make_services
from tests.parsed_once import parse_once
from tests.undrawn import draw_when_looked_at
from tests.unthreaded import do_on_the_spot

_MEMORY, _ROOM = "/dev/shm", 4 << 30


def _keep_in_memory() -> None:
    """Where there is room, tests write into memory: none pulls the plug, and a disk is a third of the work."""
    if not os.access(_MEMORY, os.W_OK):
        return
    about = os.statvfs(_MEMORY)
    if not about.f_flag & os.ST_NOEXEC and about.f_bavail * about.f_frsize >= _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MEMORY)
        tempfile.tempdir = _MEMORY


_keep_in_memory()
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")
parse_once()
draw_when_looked_at()
do_on_the_spot()

_DIRECTORIES = {
    "HOME": "",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": "run",
}
_WORDS = {"LANG": "en_US.UTF-8", "LANGUAGE": "en", "TZ": "Asia/Seoul"}
_OF_THE_USER = ("CARECALL_", "LC_", "SSH_", "PULSE_", "TMUX", "TEXTUAL", "NO_COLOR", "COLORTERM")


@pytest.fixture(autouse=True)
def _host_of_its_own(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    for variable in os.environ:
        if variable.startswith(_OF_THE_USER) and not variable.startswith("CARECALL_TEST_"):
            monkeypatch.delenv(variable)
    for variable, below in _DIRECTORIES.items():
        directory = home / below
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        monkeypatch.setenv(variable, str(directory))
    for variable, value in _WORDS.items():
        monkeypatch.setenv(variable, value)
    i18n.use("en")
    do_on_the_spot("threads" not in request.keywords)
    yield
    postgresql.give_back()


class _Together(LoadScopeScheduling):
    """The tests of a module that share something run in one worker, so that it is made once.

    The long ones share least: whoever is free takes the next.
    """

    def _split_scope(self, nodeid: str) -> str:
        if _long_ones(self.config):
            return nodeid
        module = nodeid.partition("::")[0]
        return module if _shares(module) else nodeid


@functools.cache
def _shares(module: str) -> bool:
    file = Path(__file__).parents[1] / module
    return any(
        'scope="module"' in one.read_text("utf-8")
        for one in (file, file.with_name("conftest.py"))
        if one.is_file()
    )


def _long_ones(config: pytest.Config) -> bool:
    return config.option.markexpr == "long"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Who runs what."""
    return _Together(config, log)


def pytest_collection_finish() -> None:
    """Leave alone what stays, and look for garbage seldom: an eighth of the time of the suite."""
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 20)


def pytest_sessionfinish() -> None:
    """Look for it once more at the end, where pytest does five times."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what would say nothing else there, and what never opens a database."""
    if _long_ones(config):
        _begin_with_the_longest(items)
    if postgresql.wanted():
        items[:] = [
            item
            for item in items
            if not any(map(item.get_closest_marker, ("sqlite", "reading")))
            and _opens_a_database(item)
        ]


def _begin_with_the_longest(items: list[pytest.Item]) -> None:
    """What lasts a minute stands alone in its module, what takes a blink comes by the dozen: it fills the end."""
    long = [item for item in items if item.get_closest_marker("long")]
    of_a_module = Counter(item.path for item in long)
    items.sort(key=lambda item: of_a_module[item.path])


def _opens_a_database(item: pytest.Item) -> bool:
    module = getattr(item, "module", None)
    named = vars(module) if module else {}
    return "world" in getattr(item, "fixturenames", ()) or not named.keys().isdisjoint(
        ("World", "make_services", "make_database", "postgresql")
    )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Services on a fresh database, with a system admin to act as."""
    made = await make_services(tmp_path)
    yield made
    await made.close()
