"""``carecall organization add|list|rename``."""

import argparse

from core.values.i18n import _
from core.voice.rules import folder_of
from tui.commands.context import DONE, CommandContext
from tui.commands.table import table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The three actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    add = actions.add_parser("add", help=_("add an organization"))
    add.add_argument("name", metavar=_("NAME"))
    add.add_argument(
        "--timezone", metavar=_("ZONE"), help=_("such as Asia/Seoul; else that of the settings")
    )
    listing = actions.add_parser("list", help=_("list organizations"))
    listing.add_argument("--search", metavar=_("TEXT"), default="", help=_("part of the name"))
    rename = actions.add_parser("rename", help=_("rename an organization"))
    rename.add_argument("name", metavar=_("NAME"))
    rename.add_argument("new_name", metavar=_("NEW_NAME"))


async def run(context: CommandContext) -> int:
    """Do the action."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        organizations = services.organizations
        if given.action == "add":
            added = await organizations.add(actor, given.name, given.timezone)
            context.say(_("Added the organization {name}.").format(name=added.name))
            context.say(_("Next: carecall, or carecall upload FILE --organization NAME"))
        elif given.action == "rename":
            old = await organizations.by_name(actor, given.name)
            new = await organizations.rename(actor, old.id, given.new_name, old.version)
            context.say(
                _("The organization {old} is called {new} now.").format(old=old.name, new=new.name)
            )
        else:
            rows = await organizations.list(actor, given.search)
            if rows:
                lines = [(row.name, row.timezone or "", folder_of(row.id)) for row in rows]
                headers = (_("Organization"), _("Time zone"), _("Own voice files"))
                context.write(table(headers, lines))
            else:
                context.say(_("There is no such organization."))
    return DONE
