"""``carecall admin add|list|disable|enable``."""

from core.admins.dto import AdminRow
from core.values.i18n import _
from core.values.roles import ROLE_WORDS, Role
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, rows_as_json
from tui.commands.printing import print_change, print_rows


def add_arguments(parser: Parser) -> None:
    """The four actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    add = add_command(actions, "add", _("add an admin"), over_ssh=True)
    add.add_argument("login", metavar=_("LOGIN"), help=_("short, of a-z 0-9 . _ -; unique"))
    add.add_argument(
        "--role",
        required=True,
        choices=[str(role) for role in Role],
        help=_("what the admin may do"),
    )
    arguments.add_organization(
        add, _("for all roles but system; the role ingest delivers for all without one")
    )
    add.add_argument("--name", metavar=_("NAME"), default="", help=_("shown instead of the login"))
    add.add_argument(
        "--account", metavar=_("OS_ACCOUNT"), help=_("who acts as this admin; else that of LOGIN")
    )
    add.add_argument(
        "--source",
        metavar=_("NAME"),
        default="",
        help=_("for the role ingest: which calling system it is; ids of calls are its own"),
    )
    change_as_json(add, AdminRow)
    rows_as_json(add_command(actions, "list", _("list admins"), over_ssh=True), AdminRow)
    for action, words in (
        ("disable", _("let an admin in no more")),
        ("enable", _("let an admin in again")),
    ):
        change = add_command(actions, action, words, over_ssh=True)
        change.add_argument("login", metavar=_("LOGIN"))
        change_as_json(change, AdminRow)


async def run(context: CommandContext) -> int:
    """Do the action."""
    from core.storage import maintenance

    given = context.arguments
    async with context.signed_in() as (services, actor):
        admins = services.admins
        if given.action == "add":
            added = await admins.add(
                actor,
                given.login,
                given.role,
                given.organization,
                given.name,
                given.account,
                given.source,
            )
            told = _("Added the admin {login}, for the OS account {account}.")
            print_change(context, added, told.format(login=added.login, account=added.account))
            if maintenance.database_file(context.settings) is None:
                context.say(_role_to_make(added.account or added.login))
        elif given.action == "disable":
            done = await admins.disable(actor, given.login)
            told = _("The admin {login} is disabled.")
            print_change(context, done, told.format(login=done.login))
        elif given.action == "enable":
            done = await admins.enable(actor, given.login)
            told = _("The admin {login} is enabled.")
            print_change(context, done, told.format(login=done.login))
        else:
            rows = await admins.list(actor)
            headers = (
                _("Login"),
                _("OS account"),
                _("Name"),
                _("Role"),
                _("Organization"),
                _("State"),
            )
            print_rows(context, rows, headers, [_cells(row) for row in rows], "")
    return DONE


def _role_to_make(account: str) -> str:
    name = account.replace('"', '""')
    statement = f'CREATE ROLE "{name}" LOGIN IN ROLE carecall_admins;'
    return _("Let the administrator of the server run: {statement}").format(statement=statement)


def _cells(row: "AdminRow") -> tuple[str, ...]:
    return (
        row.login,
        row.account or "",
        row.name,
        _(ROLE_WORDS[row.role]),
        row.organization,
        _("disabled") if row.disabled_at else _("enabled"),
    )
