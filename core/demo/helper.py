"""A second process for making many rows, so that one core draws them while the other stores them."""

import gc
import marshal
import multiprocessing
import signal
from collections.abc import Generator
from multiprocessing.connection import Connection

from core.demo.generator import Plan, Sample
from core.demo.notes import Rows
from core.errors import StorageUnavailable
from core.i18n import _

_WORTH_IT = 20_000  # recipients; for fewer the start of a process takes longer than it saves


def batches(plan: Plan) -> Generator[tuple[int, Rows], None, None]:
    """The batches of ``Sample(plan)``, made ahead where there are many."""
    if plan.recipients < _WORTH_IT:
        yield from Sample(plan).batches()
        return
    spawn = multiprocessing.get_context("spawn")
    receiving, sending = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_send, args=(plan, sending), daemon=True)
    # ctrl+c reaches the whole process group, but what becomes of it is for the reader to decide
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    process.start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    sending.close()
    made = 0
    try:
        while made < plan.recipients:
            made, rows = marshal.loads(receiving.recv_bytes())  # noqa: S302 - from our own process
            yield made, rows
    except EOFError as error:
        raise StorageUnavailable(
            _("The sample database could not be made: its helper ended."),
            _("Try fewer recipients."),
        ) from error
    finally:
        receiving.close()
        process.terminate()
        process.join()


def _send(plan: Plan, sending: Connection) -> None:
    gc.disable()  # millions of tuples and no cycles: a tenth of the time
    try:
        for made, rows in Sample(plan).batches():
            sending.send_bytes(marshal.dumps((made, dict(rows))))
    except BrokenPipeError:
        return
