"""``carecall tag list|rename|delete``; ``carecall recipient tag`` gives and takes them."""

from typing import TYPE_CHECKING, Any

from core.tags.dto import TagRow
from core.tags.rules import key_of
from core.values.errors import InvalidInput, NotFound
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, rows_as_json
from tui.commands.printing import print_change, print_rows

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


def add_arguments(parser: Parser) -> None:
    """The three actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(
        actions, "list", _("list tags, and how many recipients have each"), over_ssh=True
    )
    rows_as_json(listing, TagRow)
    rename = _of_tag(actions, "rename", _("rename a tag"))
    rename.add_argument("new_name", metavar=_("NEW_NAME"), help=_("what it will be called"))
    _of_tag(actions, "delete", _("delete a tag, and take it from all who have it"))


def _of_tag(actions: Any, name: str, words: str) -> Parser:
    made = add_command(actions, name, words, over_ssh=True)
    made.add_argument("tag", metavar=_("TAG"), help=_("what the tag is called"))
    arguments.add_organization(made, _("whose tag it is"))
    change_as_json(made, TagRow)
    return made


async def run(context: CommandContext) -> int:
    """Do the action."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        if given.action == "list":
            rows = await services.tags.list(actor)
            headers = (_("Tag"), _("Recipients"), _("Organization"))
            cells = [(row.name, f"{row.count:,}", row.organization) for row in rows]
            print_rows(context, rows, headers, cells, _("There is no tag yet."))
        else:
            await _keep(context, services, actor)
    return DONE


async def _keep(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    tag = await _named(services, actor, given.tag, given.organization)
    if given.action == "rename":
        now = await services.tags.rename(actor, tag.id, given.new_name, tag.version)
        told = _("The tag {old} is called {new} now.").format(old=tag.name, new=now.name)
    else:
        now = await services.tags.delete(actor, tag.id, tag.version)
        told = _("The tag {name} was deleted.").format(name=tag.name)
    print_change(context, now, told)


async def _named(
    services: "Services", actor: "Actor", name: str, organization: str | None
) -> "TagRow":
    body_id = await arguments.organization_id(services, actor, organization)
    found = [
        row
        for row in await services.tags.list(actor)
        if key_of(row.name) == key_of(name) and body_id in (None, row.organization_id)
    ]
    if not found:
        raise NotFound(_("This tag does not exist (any more)."))
    if len(found) > 1:
        raise InvalidInput(
            _("{count} organizations have a tag {name}.").format(count=len(found), name=name),
            _("Add --organization NAME."),
        )
    return found[0]
