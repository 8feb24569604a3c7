"""A second process for making many rows, so that one core draws them while the other stores them.

Run as a module it tells the batches of the plan in its arguments.
"""

import gc
import subprocess
import sys
from collections.abc import Generator
from datetime import date
from typing import IO, Any

import msgspec

from core.demo.generator import Plan, Sample
from core.demo.notes import Rows
from core.io import child
from core.values.errors import StorageUnavailable
from core.values.i18n import _

_WORTH_IT = 20_000  # recipients; for fewer the start of a process takes longer than it saves
_MODULE = "core.demo.helper"
_decode = msgspec.msgpack.Decoder(tuple[int, dict[str, list[tuple[Any, ...]]]]).decode


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
    words = (
        str(plan.recipients),
        str(plan.seed),
        plan.today.isoformat(),
        plan.account,
        str(plan.minute),
    )
    return child.start_in_thread(_MODULE, *words)


def _read(pipe: IO[bytes]) -> tuple[int, Rows]:
    if (batch := child.hear(pipe)) is None:
        raise EOFError
    return _decode(batch)


def _send(recipients: str, seed: str, today: str, account: str, minute: str) -> None:
    gc.disable()  # millions of tuples and no cycles: a tenth of the time
    plan = Plan(int(recipients), int(seed), date.fromisoformat(today), account, int(minute))
    for made, rows in Sample(plan).batches():
        child.tell(_answers, (made, dict(rows)))


if __name__ == "__main__":
    _commands, _answers = child.enter()
    _send(*sys.argv[1:])
