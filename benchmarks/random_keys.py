"""Random keys at many consoles, while calls are delivered and others are at work, on one database.

``python -m benchmarks.random_keys [--consoles 1000] [--keys 150] [--at-once 4] [--seed 1]``. Every console runs in
a pseudo-terminal of its own and ends by ``q``, SIGTERM or SIGHUP. It fails where one ends in another way, where
the log of what nobody expected has a line, where a call that was acknowledged is not in the database, or where the
chain of audit records is broken. The seed and the number of a console give its keys again.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.pty_probe import Probe

ROOT = Path(__file__).parent.parent
ENDS = {0, 128 + signal.SIGHUP, 128 + signal.SIGTERM}
SIZES = ((80, 24), (80, 24), (120, 40), (60, 18), (200, 60))
KEYS = (
    *"aedpruUwfovszZAntbBFDTEH!123456789[]<>,.+-xyFmMhXcC",
    *"ㅁㄷㅇㅔㄱㅕㅈㄹㅐㅍㄴㅋ", "/", "?", ":", "k", "j", "g", "G", "김", "영", "0", "10", "해운대",
    *["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"] * 3, "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1bOP",
    *["\r", "\x1b", "\t", " "] * 4, "\x1b[Z", "\x7f", "\x13", "\x13", "\x10", "\x12", "\x15", "\x0c",
    "\x1b[200~두 줄\n붙여넣기\x1b[201~", "\x1b[200~010-1234-5678\x1b[201~",
)  # fmt: skip


class Office:
    """A sample database on a host of its own, and who else works on it."""

    def __init__(self, directory: Path, recipients: int) -> None:
        self.directory = directory
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(directory),
            "PYTHONPATH": str(ROOT),
        }
        # the sample database is opened as any other, so that drafts and log are where they always are
        self._run("demo", "--recipients", str(recipients), "--no-open")
        [made] = directory.glob(".local/share/carecall/demo/*.db")
        self.database = made
        self.environment["CARECALL_DATABASE"] = f"sqlite+aiosqlite:///{made}"
        self.log = directory / ".local/state/carecall/log"
        self.acknowledged: list[str] = []
        self.over = threading.Event()

    def _run(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "tui", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, input=given, capture_output=True, check=False
        )

    def query(self, sql: str) -> list[tuple[str, ...]]:
        """Rows of the database, read beside whoever writes."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=60)) as connection:
            return connection.execute(sql).fetchall()

    def deliver(self) -> None:
        """Deliver calls until it is over; keeps the IDs of those that were acknowledged."""
        people = self.query(
            "SELECT phone, organizations.name FROM recipients JOIN organizations"
            " ON organizations.id = organization_id WHERE deleted_at IS NULL LIMIT 400"
        )
        [(campaign,)] = self.query("SELECT name FROM campaigns WHERE state = 'in progress' LIMIT 1")
        chance = random.Random(0)
        while not self.over.is_set():
            ids = [f"random-{len(self.acknowledged)}-{at}-{time.time_ns()}" for at in range(5)]
            lines = [
                json.dumps(_call(one, chance, *chance.choice(people), campaign)) for one in ids
            ]
            done = self._run("ingest", "-", given="\n".join(lines).encode())
            if done.returncode == 0:
                self.acknowledged += ids
            self.over.wait(1.0)

    def missing(self) -> list[str]:
        """Calls that were acknowledged and are not there."""
        there = {row[0] for row in self.query("SELECT external_id FROM calls")}
        return [one for one in self.acknowledged if one not in there]

    def chain(self) -> str:
        """What the check of the audit records says, where it does not find them whole."""
        done = self._run("audit", "verify")
        return "" if done.returncode == 0 else done.stderr.decode()


def _call(
    external_id: str, chance: random.Random, phone: str, organization: str, campaign: str
) -> dict[str, object]:
    started = datetime.now(UTC) - timedelta(minutes=chance.randrange(1, 600))
    return {
        "type": "call", "id": external_id, "organization": organization, "recipient_phone": phone,
        "campaign": campaign, "started_at": started.isoformat(), "duration_s": 42.0, "result": "connected",
        "completed": True, "analysis": chance.choice(["normal", "negative", "emergency"]),
        "utterances": [{"at_s": 0.0, "speaker": "recipient", "text": "네, 잘 잤어요."}],
        "memory": [{"topic": "sleep", "content": f"Sleeps {chance.random():.3f}"}],
    }  # fmt: skip


def monkey(office: Office, seed: int, number: int, keys: int) -> int:
    """One console; gives its exit code."""
    chance = random.Random(f"{seed}-{number}")
    width, height = chance.choice(SIZES)
    probe = Probe(
        [sys.executable, "-m", "tui"],
        {**office.environment, "CARECALL_LANGUAGE": chance.choice(["en", "ko"])},
        width=width,
        height=height,
        directory=office.directory,
    )
    with contextlib.suppress(OSError):  # it may have ended; how is asked below
        for _key in range(keys):
            probe.send(chance.choice(KEYS).encode())
            probe.settle_for(chance.choice((0.0, 0.0, 0.01, 0.05, 0.2)))
    end = chance.choice((signal.SIGTERM, signal.SIGHUP))
    return probe.end(end)


def main() -> int:
    """Let them loose; 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consoles", type=int, default=1_000)
    parser.add_argument("--keys", type=int, default=150)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--recipients", type=int, default=2_000)
    given = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as kept:
        office = Office(Path(kept), given.recipients)
        calling = threading.Thread(target=office.deliver)
        calling.start()
        ended: Counter[int] = Counter()
        with ThreadPoolExecutor(given.at_once) as pool:
            ends = pool.map(
                lambda number: monkey(office, given.seed, number, given.keys), range(given.consoles)
            )
            for number, end in enumerate(ends):
                ended[end] += 1
                if end not in ENDS:
                    wrong.append(f"console {number} ended with {end}")
                    print(wrong[-1], flush=True)
                if number % 50 == 49:
                    print(
                        f"{number + 1} consoles, {len(office.acknowledged)} calls delivered",
                        flush=True,
                    )
        office.over.set()
        calling.join()
        wrong += [f"lost: {one}" for one in office.missing()]
        if broken := office.chain():
            wrong.append(f"audit records: {broken}")
        if office.log.exists() and (logged := office.log.read_text("utf-8")):
            wrong.append(f"the log has lines:\n{logged}")
        count = len(office.acknowledged)
    print(
        f"{given.consoles} consoles x {given.keys} keys: ended {dict(ended)}; {count} calls delivered"
    )
    print("\n".join(wrong) or "nothing crashed, nothing lost, nothing in the log")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
