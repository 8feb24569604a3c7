"""Many consoles at once, each typed at from its first byte on and ended at any moment: none may crash.

``python -m benchmarks.starts DATABASE [STARTS] [AT_ONCE]``. More at once than there are cores is the point:
workers then meet screens that are not there yet, or not any more.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyte
from ptyprocess import PtyProcess

from benchmarks.console import environment

KEYS = (
    "\r",
    "j",
    "k",
    "G",
    "g",
    " ",
    "?",
    "\x1b",
    "/",
    "김",
    "o",
    "s",
    "v",
    "f",
    "p",
    "1",
    "2",
    "4",
    "]",
    "\x12",
)
ENDS = ("q", "\x03", signal.SIGTERM, signal.SIGHUP)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
QUIET = {0, *(-one for one in _SIGNALS), *(128 + one for one in _SIGNALS)}
SEED, LONGEST_SECONDS, PATIENCE_SECONDS = 1, 2.5, 60.0


def one(number: int, database: Path) -> tuple[int, str]:
    """Start one, type, end it; its exit code, and the screen where that is none of a quiet end."""
    dice = random.Random(SEED + number)
    with tempfile.TemporaryDirectory() as home:
        variables = {**environment(database), "HOME": home, "TERM": "xterm-256color"}
        program = PtyProcess.spawn([sys.executable, "-m", "tui"], env=variables)
        screen = pyte.Screen(80, 24)
        stream = pyte.ByteStream(screen)
        typing = time.monotonic() + dice.uniform(0.1, LONGEST_SECONDS)
        patience = time.monotonic() + PATIENCE_SECONDS
        end = dice.choice(ENDS)
        os.set_blocking(program.fd, False)
        while program.isalive() and time.monotonic() < patience:
            try:
                stream.feed(os.read(program.fd, 65536))
            except (BlockingIOError, OSError):
                time.sleep(0.01)
            try:
                if time.monotonic() < typing:
                    os.write(program.fd, dice.choice(KEYS).encode())
                    time.sleep(dice.uniform(0, 0.05))
                elif isinstance(end, str):
                    os.write(program.fd, b"\x03" if dice.random() < 0.5 else end.encode())
                    time.sleep(0.2)
                else:
                    program.kill(end)
                    time.sleep(0.2)
            except OSError:
                break
        log = "\n".join(file.read_text() for file in Path(home).glob(".local/state/carecall/log*"))
        if program.isalive():
            program.kill(signal.SIGKILL)
            program.wait()
            return 99, f"it hung\n{log}"
        program.wait()
        code = (
            program.exitstatus if program.exitstatus is not None else -(program.signalstatus or 0)
        )
        return code, "" if code in QUIET and not log else "\n".join(screen.display) + log


def main() -> None:
    """Print how many ended in which way, and what the others showed."""
    database = Path(sys.argv[1]).absolute()
    starts, at_once = (int(sys.argv[at]) if len(sys.argv) > at else 60 for at in (2, 3))
    with ThreadPoolExecutor(min(at_once, 12)) as pool:
        ended = list(pool.map(lambda number: one(number, database), range(starts)))
    print(dict(Counter(code for code, _shown in ended)))
    for shown in (shown for _code, shown in ended if shown):
        print("\n".join(line.rstrip() for line in shown.splitlines() if line.strip()), "\n")
    sys.exit(any(shown for _code, shown in ended))


if __name__ == "__main__":
    main()
