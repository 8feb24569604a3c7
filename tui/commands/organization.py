"""``carecall organization add|list|rename``."""

from core.organizations.dto import OrganizationRow
from core.values.i18n import _
from core.voice.rules import folder_of
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, rows_as_json
from tui.commands.printing import print_change, print_rows


def add_arguments(parser: Parser) -> None:
    """The three actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    add = add_command(actions, "add", _("add an organization"), over_ssh=True)
    add.add_argument("name", metavar=_("NAME"), help=_("what it is called; unique"))
    add.add_argument(
        "--timezone", metavar=_("ZONE"), help=_("such as Asia/Seoul; else that of the settings")
    )
    listing = add_command(actions, "list", _("list organizations"), over_ssh=True)
    rows_as_json(listing, OrganizationRow)
    listing.add_argument("--search", metavar=_("TEXT"), default="", help=_("part of the name"))
    rename = add_command(actions, "rename", _("rename an organization"), over_ssh=True)
    rename.add_argument("name", metavar=_("NAME"), help=_("what it is called now"))
    rename.add_argument("new_name", metavar=_("NEW_NAME"), help=_("what it will be called"))
    change_as_json(add, OrganizationRow)
    change_as_json(rename, OrganizationRow)


async def run(context: CommandContext) -> int:
    """Do the action."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        organizations = services.organizations
        if given.action == "add":
            added = await organizations.add(actor, given.name, given.timezone)
            told = _("Added the organization {name}.").format(name=added.name)
            print_change(context, added, told)
            context.say(_("Next: carecall, or carecall upload FILE --organization NAME"))
        elif given.action == "rename":
            old = await organizations.by_name(actor, given.name)
            new = await organizations.rename(actor, old.id, given.new_name, old.version)
            told = _("The organization {old} is called {new} now.")
            print_change(context, new, told.format(old=old.name, new=new.name))
        else:
            rows = await organizations.list(actor, given.search)
            lines = [(row.name, row.timezone or "", folder_of(row.id)) for row in rows]
            headers = (_("Organization"), _("Time zone"), _("Own voice files"))
            none = _("There is no organization yet.")
            if given.search:
                none = _("No organization has this in its name.")
            print_rows(context, rows, headers, lines, none)
            if not (rows or given.search or given.json):
                context.say(_("Add one with: carecall organization add NAME"))
    return DONE
