"""Opening the details of a recipient with 1,000 calls, and going to the next: ``python -m benchmarks.details``.

Beside it, in the same run: a recipient with 10 calls, and a modal of four fields as Textual makes it. From the key
until the conversation of the newest call stands on the screen.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.console import DOWN, ROOT, environment
from benchmarks.pty_probe import Probe
from core.app.services import Services
from core.io.configuration import load
from core.io.identity import of_process
from core.recipients.rules import RecipientDraft
from core.values.times import now

ROUNDS = 5
FEW, MANY = 10, 1_000
# in the order of the list, the last one registered first
PEOPLE = (("김하나", FEW), ("김두리", FEW), ("이하나", MANY), ("이두리", MANY))


def make_database(directory: Path, people: Sequence[tuple[str, int]] = PEOPLE) -> Path:
    """A database with these people, each with so many calls."""
    file = directory / "carecall.db"
    variables = environment(file) | {"HOME": str(directory)}
    for words in (["init"], ["organization", "add", "Haeundae"], ["campaign", "add", "Morning"]):
        command = [sys.executable, "-m", "tui", *words]
        subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True)
    asyncio.run(_fill(variables, people))
    return file


async def _fill(variables: dict[str, str], people: Sequence[tuple[str, int]]) -> None:
    services = await Services.open(load(variables))
    actor = await services.admins.sign_in(of_process())
    for at, (name, count) in reversed(list(enumerate(people))):
        phone = f"+82101234000{at}"
        await services.recipients.add(actor, RecipientDraft(name, phone, "", organization_id=1))
        summary = await services.ingest.deliver(actor, _calls(name, phone, count))
        if summary.created != count:
            raise RuntimeError(summary)
    await services.close()


def _calls(name: str, phone: str, count: int) -> Iterator[bytes]:
    for at in range(count):
        said = [
            {"at_s": 4.0 * turn, "speaker": ("ai", "recipient")[turn % 2], "text": f"{name} {turn}"}
            for turn in range(8)
        ]
        call = {
            "type": "call", "id": f"{phone}-{at}", "organization": "Haeundae",
            "recipient_phone": phone, "campaign": "Morning", "duration_s": 40,
            "started_at": (now() - timedelta(hours=2 * at + 1)).isoformat(),
            "result": "connected", "completed": True, "analysis": "normal", "utterances": said,
            "memory": [{"topic": "health", "content": f"{name} {at}"}] if at % 20 == 0 else [],
        }  # fmt: skip
        yield json.dumps(call, ensure_ascii=False).encode() + b"\n"


def opening_and_next(database: Path, first: int) -> tuple[float, float]:
    """Milliseconds to the details of the one in this row of the list, and from there to the next one."""
    opened, gone_on = [], []
    for _round in range(ROUNDS):
        probe = Probe([sys.executable, "-m", "tui"], environment(database))
        probe.shows(f"{len(PEOPLE)} recipients")
        probe.settle(0.5)
        for _step in range(first):
            probe.press(DOWN)
        opened.append(probe.answer(b"\r", f"{PEOPLE[first][0]} 7"))
        probe.settle(0.5)  # the neighbour is read ahead
        gone_on.append(probe.answer(b"]", f"{PEOPLE[first + 1][0]} 7"))
        probe.close()
    return statistics.median(opened), statistics.median(gone_on)


def bare_modal() -> float:
    """Milliseconds to the modal of a bare app."""
    probe = Probe([sys.executable, "-m", "benchmarks.bare_table"], environment())
    probe.until("김철수3")
    probe.settle(1.0)
    needed = []
    for _round in range(ROUNDS):
        needed.append(probe.answer(b"m", "Cancel"))
        probe.press(b"\x1b", 1, 0.6)
    probe.close()
    return statistics.median(needed)


def main() -> None:
    """Print them."""
    with tempfile.TemporaryDirectory() as kept:
        database = make_database(Path(kept))
        few, many = opening_and_next(database, 0), opening_and_next(database, 2)
    print(f"{'':28}{FEW:>10} calls{MANY:>10,} calls")
    print(f"{'the details opened':28}{few[0]:>13.0f} ms{many[0]:>13.0f} ms")
    print(f"{'the next recipient':28}{few[1]:>13.0f} ms{many[1]:>13.0f} ms")
    print(f"{'a bare modal of Textual':28}{bare_modal():>13.0f} ms")


if __name__ == "__main__":
    main()
