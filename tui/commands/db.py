"""``carecall db status|upgrade``."""

import argparse

from core.i18n import _
from tui.commands.context import DONE, CommandContext
from tui.commands.table import table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    actions.add_parser("status", help=_("where the database is, and whether it fits this program"))
    actions.add_parser("upgrade", help=_("bring the database up to date; a copy is made before"))


async def run(context: CommandContext) -> int:
    """Do the action. ``status`` raises, after its lines, where the database cannot be used."""
    from core import maintenance

    if context.arguments.action == "status":
        report = await maintenance.report(context.settings)
        rows = (
            (_("Database"), report.location),
            (_("State"), report.state),
            (_("Engine"), report.engine),
            (_("Journal mode"), report.journal_mode),
        )
        context.write(table((_("What"), _("Value")), [row for row in rows if row[1]]))
        await maintenance.require_current(context.settings)
        return DONE
    needed, copy = await maintenance.upgrade(context.settings)
    if copy:
        context.say(_("A copy of the database as it was lies at {path}.").format(path=copy))
    context.say(
        _("The database is up to date.") if needed else _("The database was up to date already.")
    )
    return DONE
