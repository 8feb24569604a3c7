"""``carecall erase --expired``: erase for good what its time is over."""

from typing import TYPE_CHECKING

from core.values.i18n import _
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import Parser
from tui.commands.streams import told_job
from tui.forms.progress import people_words

if TYPE_CHECKING:
    from core.retention.dto import Erased


def add_arguments(parser: Parser) -> None:
    """What is meant has to be said."""
    parser.add_argument(
        "--expired",
        action="store_true",
        required=True,
        help=_("what is older than the settings [retention] allow"),
    )


async def run(context: CommandContext) -> int:
    """Erase it, and tell how much it was."""
    async with context.signed_in() as (services, actor):
        with told_job(context, people_words) as job:
            erased = await services.retention.erase_expired(actor, job)
    for line in lines(erased):
        context.say(line)
    return SOME_FAILED if is_left(erased) or erased.files_left else DONE


def is_left(erased: "Erased") -> bool:
    """Whether there is something that another run has to erase."""
    return bool(erased.voice_left or erased.journal_in_use or erased.drafts_open)


def lines(erased: "Erased") -> list[str]:
    """What a person reads of it."""
    told = [
        _(
            "Erased for good: {recipients} recipients, {calls} calls, {voice_files} voice files,"
            " {uploads} uploads, {deliveries} held deliveries, {drafts} drafts,"
            " {handovers} hand-overs, {files} files that admins wrote out."
        ).format(
            recipients=f"{erased.recipients:,}",
            calls=f"{erased.calls:,}",
            voice_files=f"{erased.voice_files:,}",
            uploads=f"{erased.uploads:,}",
            deliveries=f"{erased.deliveries:,}",
            drafts=f"{erased.drafts:,}",
            handovers=f"{erased.handovers:,}",
            files=f"{erased.files:,}",
        )
    ]
    if erased.files_left:
        told.append(
            _(
                "Files that admins wrote out cannot be removed: {count}. Check their permissions."
            ).format(count=f"{erased.files_left:,}")
        )
    return told + what_is_left(erased)


def what_is_left(erased: "Erased") -> list[str]:
    """What still holds something of it, and what to do about that."""
    told = []
    if erased.voice_left:
        told.append(
            _(
                "Voice files of {count} recipients cannot be removed; their data stays until they can."
                " Check the permissions of the voice directory."
            ).format(count=f"{erased.voice_left:,}")
        )
    if erased.drafts_open:
        told.append(
            _(
                "Forms that are open in consoles hold something of who was erased: {count}."
                " Have them closed, and run this again."
            ).format(count=f"{erased.drafts_open:,}")
        )
    if erased.journal_in_use:
        told.append(
            _(
                "Another console was reading: run this again, to clear the journal of what was erased."
            )
        )
    told += [
        _("{file} was made before and still holds what is erased; delete it.").format(file=copy)
        for copy in erased.copies_before
    ]
    return told
