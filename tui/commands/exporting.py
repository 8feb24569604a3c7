"""``carecall recipient export``: everything that is kept of somebody, in a folder or a ZIP file."""

import argparse
import contextlib
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from core.exports.rules import folder_name
from core.exports.writing import FolderSink, Sink, ZipSink
from core.values import i18n
from core.values.errors import NotFound
from core.values.i18n import _, ngettext
from core.values.times import now
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.streams import access, output, told_job

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

_ZIP = ".zip"


async def run(context: CommandContext) -> int:
    """Write all of them, or nothing."""
    given = context.arguments
    if given.lang:
        i18n.use(given.lang)
    async with context.signed_in() as (services, actor):
        ids = [await _id(services, actor, one, given) for one in given.recipient]
        target = given.to or f"{folder_name(ids[0])}{_ZIP}"
        with _opened(context, target, several=len(ids) > 1) as sink_of:
            for recipient_id in ids:
                with told_job(context, _words) as job:
                    sink = sink_of(recipient_id)
                    await services.exports.write(actor, recipient_id, sink, given.reason, job)
    if target != "-":
        context.say(
            ngettext(
                "Wrote what is kept of {count} recipient to {file}.",
                "Wrote what is kept of {count} recipients to {file}.",
                len(ids),
            ).format(count=f"{len(ids):,}", file=target)
        )
    return DONE


async def _id(services: "Services", actor: "Actor", one: str, given: argparse.Namespace) -> int:
    """The ID of one that can be exported; who was deleted is found by it, too. Raises NotFound, naming which."""
    try:
        if given.organization is None:
            found = arguments.recipient_id(one)
        else:
            found = (await arguments.recipient_named(services, actor, one, given.organization)).id
        await services.exports.check(actor, found, given.reason)
    except NotFound as error:
        if len(given.recipient) == 1:
            raise
        raise NotFound(f"{one}: {error.what}", error.hint) from None
    return found


@contextlib.contextmanager
def _opened(
    context: CommandContext, target: str, *, several: bool
) -> Iterator[Callable[[int], Sink]]:
    """What gives each recipient its place in the file or folder, which is there once all of it is."""
    if target == "-" or target.lower().endswith(_ZIP):
        moment = now()
        with output(context, target) as file, zipfile.ZipFile(file, "w") as archive:
            yield lambda recipient_id: ZipSink(archive, folder_name(recipient_id), moment)
        return
    with access(context).create_folder(target) as folder:
        sink = FolderSink(folder)
        yield lambda recipient_id: sink.below(folder_name(recipient_id)) if several else sink


def _words(done: int, total: int, _seconds: float) -> str:
    return _("{done} of {total} calls").format(done=f"{done:,}", total=f"{total:,}")
