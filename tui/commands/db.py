"""``carecall db status|upgrade|move``."""

from core.values.i18n import _, ngettext
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command
from tui.commands.progress import told_percent
from tui.commands.table import table, told


def add_arguments(parser: Parser) -> None:
    """The three actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    add_command(actions, "status", _("where the database is, and whether it fits this program"))
    add_command(actions, "upgrade", _("bring the database up to date; a copy is made before"))
    move = add_command(actions, "move", _("copy the SQLite database into an empty PostgreSQL one"))
    move.add_argument(
        "url", metavar="URL", help=_("such as postgresql+asyncpg://user@host/carecall")
    )


async def run(context: CommandContext) -> int:
    """Do the action. ``status`` raises, after its lines, where the database cannot be used."""
    if context.arguments.action == "status":
        await _status(context)
    elif context.arguments.action == "upgrade":
        await _upgrade(context)
    else:
        await _move(context)
    return DONE


async def _status(context: CommandContext) -> None:
    from core.storage import maintenance

    report = await maintenance.report(context.settings)
    rows = (
        (_("Database"), report.location),
        (_("State"), report.state),
        (_("Engine"), report.engine),
        (_("Journal mode"), report.journal_mode),
    )
    context.write(told((_("What"), _("Value")), [row for row in rows if row[1]], context.width))
    await maintenance.require_current(context.settings)


async def _upgrade(context: CommandContext) -> None:
    from core.storage import maintenance

    with told_percent(context.err, _("Bringing the database up to date: {percent} %")) as progress:
        done = await maintenance.upgrade(context.settings, progress)
    if done.copy:
        context.say(_("A copy of the database as it was lies at {path}.").format(path=done.copy))
    if done.without_voice:
        context.say(
            ngettext(
                "{count} call has no voice file any more: it belongs to a call delivered before.",
                "{count} calls have no voice file any more: theirs belong to calls delivered before.",
                done.without_voice,
            ).format(count=f"{done.without_voice:,}")
        )
    if done.with_tasks:
        context.say(
            ngettext(
                "The calls of the last days made tasks for {count} recipient.",
                "The calls of the last days made tasks for {count} recipients.",
                done.with_tasks,
            ).format(count=f"{done.with_tasks:,}")
        )
    context.say(
        _("The database is up to date.")
        if done.needed
        else _("The database was up to date already.")
    )


async def _move(context: CommandContext) -> None:
    from core.storage.moving import move

    url = context.arguments.url
    with told_percent(context.err, _("Moving the database: {percent} %")) as progress:
        moved = await move(context.settings, url, progress)
    context.write(table((_("Table"), _("Rows")), [(n, f"{c:,}") for n, c in moved.rows.items()]))
    context.say(
        _("All of it is in {location}; {count} audit records were checked there.").format(
            location=moved.location, count=f"{moved.audit_records:,}"
        )
    )
    context.say(_("Put this into config.toml on each host, and voice_dir on a shared directory:"))
    context.say(f'database = "{url}"')
