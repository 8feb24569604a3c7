"""``carecall view list|show|run|save|rename|delete|restore|move|start``."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.recipients.kept_query import kept
from core.values.errors import InvalidInput, NotFound
from core.values.i18n import _
from core.values.text import search_key
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.filters import add_filters, add_order, query_of
from tui.commands.listing import RECIPIENT
from tui.commands.parsing import (
    Parser,
    add_command,
    change_as_json,
    number,
    object_as_json,
    rows_as_json,
)
from tui.commands.printing import print_change, print_rows
from tui.commands.table import table

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services
    from core.recipients.dto import RecipientQuery
    from core.views.dto import Number, View, Views


class Told(Struct, frozen=True):
    """A view as ``--json`` tells it; ``number`` is None where it was not asked for or cannot be."""

    id: str
    name: str
    version: int
    organization: str
    author: str
    query: dict[str, Any] | None
    unknown: tuple[str, ...]
    number: str | None = None
    start: bool = False

    @classmethod
    def of(cls, view: "View", found: "Number | None" = None, *, start: bool = False) -> "Told":
        query = kept(view.query) if view.query is not None else None
        return cls(
            view.key, view.name, view.version, view.organization, view.author, query, view.unknown,
            str(found) if found else None, start,
        )  # fmt: skip


def add_arguments(parser: Parser) -> None:
    """The nine actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    rows_as_json(
        add_command(
            actions,
            "list",
            _("list your views, the organization's and the ready-made ones"),
            over_ssh=True,
        ),
        Told,
    )
    show = _of_view(actions, "show", _("say what a view asks for, and how many it finds"))
    object_as_json(show, Told, _("as one JSON object"))
    run = _of_view(actions, "run", _("list the recipients that a view finds"))
    arguments.add_limit(run)
    rows_as_json(run, RECIPIENT)
    save = add_command(
        actions, "save", _("save a search, filter and order as a view"), over_ssh=True
    )
    save.add_argument("name", metavar=_("NAME"))
    add_filters(save)
    add_order(save)
    save.add_argument(
        "--shared", action="store_true", help=_("as a view of the organization, not of your own")
    )
    save.add_argument("--replace", action="store_true", help=_("over the view of this name"))
    _version(save)
    change_as_json(save, Told)
    rename = _of_view(actions, "rename", _("call a view something else"))
    rename.add_argument("new", metavar=_("NEW NAME"))
    _version(rename)
    change_as_json(rename, Told)
    delete = _of_view(actions, "delete", _("delete a view"))
    _version(delete)
    change_as_json(delete, Told)
    restore = add_command(actions, "restore", _("take the delete of a view back"), over_ssh=True)
    restore.add_argument("id", metavar=_("ID"), type=number(1), help=_("as delete has told it"))
    change_as_json(restore, Told)
    move = _of_view(actions, "move", _("put a view elsewhere among yours"))
    move.add_argument("place", metavar=_("PLACE"), type=number(1, 999), help=_("1 is the first"))
    start = add_command(actions, "start", _("let the console start with a view"), over_ssh=True)
    start.add_argument(
        "name", metavar=_("NAME"), nargs="?", help=_("without one: with the whole list")
    )


def _of_view(actions: Any, name: str, words: str) -> Parser:
    parser = add_command(actions, name, words, over_ssh=True)
    parser.add_argument("name", metavar=_("NAME"), help=_("of the view, or its ID"))
    return parser


def _version(parser: Parser) -> None:
    parser.add_argument(
        "--version", metavar=_("COUNT"), type=number(0), help=_("only if it is still this version")
    )


async def run(context: CommandContext) -> int:
    """Do what was asked."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        if given.action in ("list", "show", "run"):
            await {"list": _list, "show": _show, "run": _run}[given.action](
                context, services, actor
            )
        elif given.action in ("move", "start"):
            await _arrange(services, actor, given)
        else:
            told, view = await _change(services, actor, given)
            print_change(context, Told.of(view), told.format(name=view.name, id=view.id))
    return DONE


def named(views: "Views", name: str) -> "View":
    """The view of this ID; else of this name: one's own first, then the organization's, then a ready-made one.

    An ID goes first, so that a name which somebody gives to another view never lists others than asked for.
    """
    if (by_key := views.of(name)) is not None:
        return by_key
    wanted = search_key(name)
    found = [one for one in views.views if search_key(one.name) == wanted]
    if not found:
        raise NotFound(
            _("There is no view called {name}.").format(name=name),
            _("List them: carecall view list"),
        )
    rank = [2 * one.is_ready_made + (one.organization_id is not None) for one in found]
    first = [one for one, at in zip(found, rank, strict=True) if at == min(rank)]
    if len(first) > 1:
        raise InvalidInput(
            _("Several organizations have a view called {name}.").format(name=name),
            _("Say its ID, as carecall view list shows it."),
        )
    return first[0]


async def asked_by(
    services: "Services", actor: "Actor", name: str
) -> "tuple[View, RecipientQuery]":
    """A view by its name, and what it asks for. Raises NotFound and InvalidInput."""
    view = named(await services.views.list(actor), name)
    if view.id is not None:
        view = (await services.views.open(actor, view.id)).view
    assert view.query is not None  # noqa: S101 - opened
    return view, view.query


async def _list(context: CommandContext, services: "Services", actor: "Actor") -> None:
    found = await services.views.list(actor)
    numbers = await _numbers(services, actor, found.views)
    views = [
        Told.of(one, numbers.get(one.key), start=one.key == found.start) for one in found.views
    ]
    headers = (_("ID"), _("Name"), _("Whose"), _("Recipients"))
    rows = [
        (
            one.key,
            one.name,
            _whose(one, is_start=one.key == found.start),
            str(numbers.get(one.key, "-")),
        )
        for one in found.views
    ]
    print_rows(context, views, headers, rows, "")  # the ready-made ones are always there


def _whose(view: "View", *, is_start: bool) -> str:
    whose = _("ready-made") if view.is_ready_made else view.organization or _("yours")
    return ", ".join((_("start"), whose)) if is_start else whose


async def _numbers(services: "Services", actor: "Actor", views: Any) -> "dict[str, Number]":
    asked = {one.key: one.query for one in views if one.query is not None}
    numbers = [one async for one in services.views.numbers(actor, list(asked.values()))]
    return dict(zip(asked, numbers, strict=True))


async def _show(context: CommandContext, services: "Services", actor: "Actor") -> None:
    view, query = await asked_by(services, actor, context.arguments.name)
    numbers = await _numbers(services, actor, [view])
    if context.arguments.json:
        context.write_rows([Told.of(view, numbers[view.key])])
        return
    from tui.recipients.filter_words import asked_words

    rows = [
        (_("Name"), view.name),
        (_("Whose"), _whose(view, is_start=False)),
        (_("Asks for"), asked_words(query)),
        (_("Recipients"), str(numbers[view.key])),
    ]
    if view.author:
        rows.append((_("Made by"), view.author))
    context.write(table(rows[0], rows[1:], context.width))
    await _tell(context, services, actor, view)


async def _tell(
    context: CommandContext, services: "Services", actor: "Actor", view: "View"
) -> None:
    from tui.recipients.opened_view import not_understood, ready

    for words in (not_understood(view), *(await ready(services, actor, view)).gone):
        if words:
            context.say(words)


async def _run(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.commands.listing import print_people

    view, query = await asked_by(services, actor, context.arguments.name)
    await print_people(context, services, actor, query)
    await _tell(context, services, actor, view)


async def _change(services: "Services", actor: "Actor", given: Any) -> "tuple[str, View]":
    views = services.views
    if given.action == "restore":
        return _("{name} is back."), await views.restore(actor, given.id)
    if given.action == "save":
        return _("Saved as the view {name}."), await _save(services, actor, given)
    view = named(await views.list(actor), given.name)
    if view.id is None:
        raise InvalidInput(_("The ready-made views stay as they are."), _("Save one of your own."))
    version = view.version if given.version is None else given.version
    if given.action == "rename":
        return _("It is called {name} now."), await views.rename(actor, view.id, given.new, version)
    deleted = await views.delete(actor, view.id, version)
    return _("Deleted {name}. Take it back with: carecall view restore {id}"), deleted


async def _save(services: "Services", actor: "Actor", given: Any) -> "View":
    views = services.views
    query = await query_of(services, actor, given)
    organization_id = query.organization_id or actor.organization_id
    if given.shared and organization_id is None:
        raise InvalidInput(_("Which organization?"), _("Say it with --organization NAME."))
    if given.replace:
        whose = organization_id if given.shared else None
        same = search_key(given.name)
        found = [
            one
            for one in (await views.list(actor)).views
            if one.organization_id == whose and search_key(one.name) == same and one.id is not None
        ]
        if found and found[0].id is not None:
            version = found[0].version if given.version is None else given.version
            return await views.replace(actor, found[0].id, query, version)
    if given.shared and organization_id is not None:
        return await views.share(actor, organization_id, given.name, query)
    return await views.save(actor, given.name, query)


async def _arrange(services: "Services", actor: "Actor", given: Any) -> None:
    found = await services.views.list(actor)
    keys = [one.key for one in found.views]
    start = found.start
    if given.action == "move":
        key = named(found, given.name).key
        keys.remove(key)
        keys.insert(given.place - 1, key)
    else:
        start = named(found, given.name).key if given.name else ""
    await services.views.arrange(actor, keys, start)
