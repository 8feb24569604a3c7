"""A second process for making many rows, so that one core draws them while the other stores them.

Run as a module it writes the batches of the plan in its arguments to standard output, marshalled.
"""

import gc
import marshal
import os
import subprocess
import sys
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import IO

import core
from core.demo.generator import Plan, Sample
from core.demo.notes import Rows
from core.values.errors import StorageUnavailable
from core.values.i18n import _

_WORTH_IT = 20_000  # recipients; for fewer the start of a process takes longer than it saves
_SIZE = 8  # bytes that tell the length of a batch
_MODULE = "core.demo.helper"


def batches(plan: Plan) -> Generator[tuple[int, Rows], None, None]:
    """The batches of ``Sample(plan)``, made ahead where there are many."""
    if plan.recipients < _WORTH_IT:
        yield from Sample(plan).batches()
        return
    process = _start(plan)
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    try:
        # the first holds words in the language of this process
        yield next(Sample(plan).batches())
        _read(process.stdout)
        made = 0
        while made < plan.recipients:
            made, rows = _read(process.stdout)
            yield made, rows
    except EOFError as error:
        raise StorageUnavailable(
            _("The sample database could not be made: its helper ended."),
            _("Try fewer recipients."),
        ) from error
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _start(plan: Plan) -> "subprocess.Popen[bytes]":
    # -P: the directory in which the console happens to be started lends it no modules
    root = str(Path(core.__file__).parent.parent)
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    words = (str(plan.recipients), str(plan.seed), plan.today.isoformat(), plan.account)
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-P", "-m", _MODULE, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        # ctrl+c is for the one who reads to decide about; when that one is gone, writing ends this
        start_new_session=True,
    )


def _read(pipe: IO[bytes]) -> tuple[int, Rows]:
    size = int.from_bytes(pipe.read(_SIZE), "big")
    batch: tuple[int, Rows] = marshal.loads(pipe.read(size))  # noqa: S302 - from our own process
    return batch


def _send(recipients: str, seed: str, today: str, account: str) -> None:
    gc.disable()  # millions of tuples and no cycles: a tenth of the time
    plan = Plan(int(recipients), int(seed), date.fromisoformat(today), account)
    for made, rows in Sample(plan).batches():
        batch = marshal.dumps((made, dict(rows)))
        sys.stdout.buffer.write(len(batch).to_bytes(_SIZE, "big") + batch)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _send(*sys.argv[1:])
