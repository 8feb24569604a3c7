"""``carecall backup FILE``: a checked copy of the database; ``--verify``: whether it can be restored."""

from pathlib import Path

from core.values.i18n import _, ngettext
from core.values.times import show_with_zone
from tui.commands.audit import tell_chains
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import Parser, add_file


def add_arguments(parser: Parser) -> None:
    """Where the copy goes."""
    add_file(
        parser,
        "file",
        metavar=_("FILE"),
        help=_("a new file, none is written over; with --verify, a backup"),
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help=_("restore it into a private place on trial, and tell whether it is whole"),
    )


async def run(context: CommandContext) -> int:
    """Make the copy and tell what is in it; or try one that was made."""
    if context.arguments.verify:
        return await _verify(context)
    async with context.signed_in() as (services, actor):
        made = await services.backup.make(actor, Path(context.arguments.file))
    context.say(
        _("The backup {file} is whole: {size} bytes.").format(file=made.path, size=f"{made.size:,}")
    )
    _tell_voices(context, made.voices)
    tell_chains(context, made.audit)
    return DONE if made.audit.is_whole else SOME_FAILED


async def _verify(context: CommandContext) -> int:
    """Nobody signs in: after a loss there may be no database to be signed in to."""
    from core.storage.restoring import verify

    found = await verify(context.settings, Path(context.arguments.file))
    if not (found.changes.is_whole and found.access.is_whole):
        tell_chains(context, found.changes, found.access)
        context.say(_("The records of this backup were tampered with: do not restore it."))
        return SOME_FAILED
    made = show_with_zone(found.made_at, context.settings.zone)
    context.say(
        _(
            "The backup {file} can be restored: made {moment}, schema {revision}, {recipients} recipients, {calls}"
            " calls."
        ).format(
            file=found.path,
            moment=made or _("at a time that is not known"),
            revision=found.revision,
            recipients=f"{found.recipients:,}",
            calls=f"{found.calls:,}",
        )
    )
    if found.manifest is None:
        context.say(_("No manifest lies beside it: bytes and numbers could not be compared."))
    if found.is_older:
        context.say(
            _(
                "An older version made it; on trial it was brought up to date. Run carecall db upgrade."
            )
        )
    _tell_voices(context, found.voices)
    tell_chains(context, found.changes, found.access)
    return DONE


def _tell_voices(context: CommandContext, count: int) -> None:
    """What is not in a backup, and how it gets elsewhere."""
    if not count:
        return
    words = ngettext(
        "{count} call names a voice file. It is not in the backup; copy it, too: rsync -a {folder}/ ELSEWHERE/",
        "{count} calls name a voice file. They are not in the backup; copy them, too:"
        " rsync -a {folder}/ ELSEWHERE/",
        count,
    )
    context.say(words.format(count=f"{count:,}", folder=context.settings.voice_dir))
