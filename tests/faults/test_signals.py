"""A command that a signal ends at any moment: its exit code says so, and nothing is half done or left behind."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from msgspec import Struct

from core.db.engine import Database
from core.db.models import Recipient
from core.io.identity import of_process
from core.values.times import now
from tests.deliveries import call, lines
from tests.factories import environment, make_services
from tests.older import make_older
from tests.workbooks import people

ROWS, DELETED, OF_DEMO, CALLS = 800, 500, 100, 20
COMMANDS = {
    "upload": "upload people.xlsx --results results.xlsx",
    "download": "download list.xlsx --reason test",
    "ingest": "ingest calls.jsonl",
    "backup": "backup copy.db",
    "erase": "erase --expired",
    "demo": f"demo --recipients {OF_DEMO} --no-open",
    "upgrade": "db upgrade",
}
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START = "import sys; from tui.entry import main; sys.exit(main())"
NOW = "'2026-01-05 01:00:00'"
LIMIT = "print(list(resource.getrlimit(resource.RLIMIT_CORE)))"
pytestmark = pytest.mark.sqlite


class Host(Struct, frozen=True):
    """A directory with everything in it, for one command to spoil."""

    directory: Path

    def start(self, words: str) -> "subprocess.Popen[bytes]":
        """The command, once it takes signals."""
        process = subprocess.Popen(
            [sys.executable, "-c", START, *words.split()],
            cwd=self.directory,
            env={
                **environment(self.directory),
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "TMPDIR": str(self.directory / "tmp"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        while process.poll() is None and not takes_signals(process.pid):
            time.sleep(0.001)  # the process is another's: there is nothing to wait for
        return process

    def files(self) -> set[str]:
        """The files that lie here."""
        return {
            str(path.relative_to(self.directory))
            for path in self.directory.rglob("*")
            if path.is_file() and path.suffix not in (".db-wal", ".db-shm")
        }

    def facts(self) -> dict[str, int]:
        """How much is in the database, which is whole."""
        with closing(sqlite3.connect(self.directory / "carecall.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return {
                table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
                for table in ("recipients", "uploads", "upload_rows", "calls")
            }


def takes_signals(pid: int) -> bool:
    """Whether the process has said what SIGTERM does."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = int(status.partition("SigCgt:")[2].split()[0], 16) if "SigCgt:" in status else 0
    return bool(caught >> (signal.SIGTERM - 1) & 1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host with people, files to take in, and something to erase."""
    import asyncio

    place = tmp_path_factory.mktemp("filled")
    asyncio.run(fill(place))
    return place


async def fill(place: Path) -> None:
    world = await make_services(place, account=of_process().account)
    body = await world.organization()
    numbers = [f"+8210{20_001_000 + at}" for at in range(ROWS)]
    async with world.database.transaction() as session:
        session.add_all(
            Recipient(
                organization_id=body, name=f"이{at}", phone=phone, other_information="",
                search_text="", registered_at=now(),
            )
            for at, phone in enumerate(numbers)
        )  # fmt: skip
    await world.campaign(recipients=range(1, 11))
    await world.close()
    with closing(sqlite3.connect(place / "carecall.db")) as connection, connection:
        # the first were deleted so long ago that they are to be erased
        connection.execute(
            "INSERT INTO deletions (id, created_at) VALUES (1, '2020-01-01 00:00:00.000000')"
        )
        connection.execute(
            "UPDATE recipients SET deleted_at = '2020-01-01 00:00:00.000000', deletion_id = 1"
            f" WHERE id <= {DELETED}"
        )
    (place / "people.xlsx").write_bytes(people(ROWS))
    (place / "calls.jsonl").write_bytes(
        lines(*(call(id=f"c-{at}", recipient_phone=numbers[-1]) for at in range(CALLS)))
    )
    (place / "tmp").mkdir()


@pytest.fixture
def host(filled: Path, tmp_path: Path) -> Host:
    """A copy of it."""
    shutil.copytree(filled, tmp_path / "host")
    return Host(tmp_path / "host")


@pytest.fixture(scope="module")
def older(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host whose database an older version made."""
    import asyncio

    place = tmp_path_factory.mktemp("older")
    (place / "tmp").mkdir()
    asyncio.run(make_old(place))
    return place


async def make_old(place: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{place / 'carecall.db'}")
    calls = ", ".join(
        f"('c-{at}', 1, 1, {NOW}, 0, 'connected', true, 0, 0, 'v/{at // 2}.wav', '')"
        for at in range(ROWS)
    )
    await make_older(
        database,
        "0001",
        f"INSERT INTO organizations (name, name_key, created_at, version) VALUES ('h', 'h', {NOW}, 1)",
        f"""INSERT INTO recipients (organization_id, name, phone, other_information, search_text,
        registered_at, version) VALUES (1, 'r', '+8210', '', '', {NOW}, 1)""",
        f"""INSERT INTO campaigns (name, name_key, state, created_at, version)
        VALUES ('m', 'm', 'scheduled', {NOW}, 1)""",
        f"""INSERT INTO calls (external_id, recipient_id, campaign_id, started_at, duration_ms, result,
        completed, answer_count, answer_characters, voice_file, content_hash) VALUES {calls}""",
    )
    await database.close()


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("moments", [1, pytest.param(10, marks=pytest.mark.long)])
def test_a_signal_leaves_nothing_half_done(
    name: str, moments: int, filled: Path, older: Path, upload: "Upload", tmp_path: Path
) -> None:
    source = older if name == "upgrade" else filled
    for at in range(moments):
        place = tmp_path / f"round-{at}"
        shutil.copytree(source, place)
        one_round(
            Host(place), name, ENDING[(at + len(name)) % 3], upload.takes * random.random(), upload
        )
        shutil.rmtree(place)


class Upload(Struct, frozen=True):
    """An upload that nobody ends: how many seconds it takes, as the others do about, and what is there then."""

    takes: float
    whole: dict[str, int]


@pytest.fixture(scope="module")
def upload(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Upload:
    """It is made once."""
    host = Host(tmp_path_factory.mktemp("whole") / "host")
    shutil.copytree(filled, host.directory)
    process = host.start(COMMANDS["upload"])
    started = time.monotonic()
    process.communicate(timeout=120)
    assert process.returncode == 0
    return Upload(time.monotonic() - started, host.facts())


def one_round(
    host: Host,
    name: str,
    number: signal.Signals,
    moment: float,
    upload: Upload,
) -> None:
    before, there = host.facts(), host.files()
    process = host.start(COMMANDS[name])
    try:
        told = process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        told = process.communicate(timeout=60)
    words = b"".join(told).decode()
    what = (name, number.name, moment, words)
    # a shell shows 128 + number also for who did not handle it: before and after the work
    assert process.returncode in (0, 128 + number, -number), what
    assert "unexpected" not in words, what
    assert "Traceback" not in words, what
    made = host.files() - there
    assert not list((host.directory / "tmp").iterdir()), what
    assert not [file for file in made if ".part" in file or "log" in file or "-journal" in file]
    after = host.facts()
    if name == "upgrade":
        assert after["calls"] == ROWS, what
    if name == "upload":
        assert after in (before, upload.whole), what
        # whoever cancels it reads what is true
        if process.returncode == 128 + number:
            saved = "It was saved before" in words
            assert saved or "nothing was saved" in words, what
            assert after == (upload.whole if saved else before), what
    if process.returncode:
        for file in made:
            assert_whole(host.directory / file)


def assert_whole(file: Path) -> None:
    """What has its own name is complete."""
    if file.suffix == ".xlsx":
        openpyxl.load_workbook(file).close()
    elif file.suffix == ".db":
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("SELECT COUNT(*) FROM recipients").fetchone()[0] >= OF_DEMO
    elif ".before-upgrade-" in file.name:
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("SELECT COUNT(*) FROM calls").fetchone() == (ROWS,)


def test_a_closed_stream_is_told_and_takes_no_file(host: Host) -> None:
    """The next file that is opened would take its number, and standard output go into the database."""
    for words, closing_words in (
        ("upload -", "0<&-"), ("organization list", "1>&-"), ("audit verify", "0<&- 1>&- 2>&-")
    ):  # fmt: skip
        done = subprocess.run(
            ["bash", "-c", f'exec {sys.executable} -c "{START}" {words} {closing_words}'],
            cwd=host.directory,
            env={
                **environment(host.directory),
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2, (words, done)
        if "2>" not in closing_words:
            assert len(done.stderr.splitlines()) == 1, done
            assert "Bad file descriptor" in done.stderr, done
    assert host.facts()["recipients"] == ROWS


def test_ctrl_c_while_nobody_takes_the_output_ends_it(host: Host) -> None:
    process = host.start("call-list")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) in (0, 130)


EARLY = """import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # or who runs the suite has it ignored
class Interrupted:
    def find_spec(self, name, *rest):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)
module = sys.argv.pop(1)
sys.meta_path.insert(0, Interrupted())
from tui.entry import main
sys.exit(main())
"""


def test_ctrl_c_while_modules_are_imported_says_that_nothing_was_done(host: Host) -> None:
    before = host.facts()
    for module, language, told in (
        (
            "core.values.message",
            "ko_KR.UTF-8",
            "Cancelled; nothing was done.",
        ),  # no words are there yet
        ("tui.commands.parsing", "en_US.UTF-8", "Cancelled; nothing was done."),
        ("tui.commands.context", "ko_KR.UTF-8", "취소했습니다. 아무것도 하지 않았습니다."),
    ):
        done = subprocess.run(
            [sys.executable, "-c", EARLY, module, "erase", "--expired"],
            cwd=host.directory,
            env={
                **environment(host.directory, LANG=language),
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (130, "", f"carecall: {told}\n")
    assert host.facts() == before


def test_no_core_is_dumped(host: Host) -> None:
    asked = f"{START.replace('sys.exit(main())', 'main()')}; import resource; {LIMIT}"
    done = subprocess.run(
        [sys.executable, "-c", asked, "organization", "list"],
        cwd=host.directory,
        env={**environment(host.directory), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [0, 0]
