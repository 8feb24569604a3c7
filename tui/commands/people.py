"""``carecall recipient list|show|reveal|history|add|edit``: one after the other, or many."""

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from core.history.dto import HistoryEntry, HistoryQuery
from core.history.rules import ENTRY_WORDS, EntryKind
from core.recipients.dto import Selection
from core.recipients.fields import LISTED, TEXTS, Field
from core.recipients.rules import RecipientDraft
from core.recipients.texts import text_of
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.times import zone_of
from tui.commands import editing
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.filters import add_filters, add_order, query_of
from tui.commands.listing import RECIPIENT, as_json, print_people
from tui.commands.parsing import (
    Parser,
    add_command,
    change_as_json,
    object_as_json,
    rows_as_json,
)
from tui.commands.printing import (
    Shown,
    all_of,
    print_change,
    print_number,
    print_rows,
    telling_both,
)

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


def add_arguments(actions: Any) -> None:
    """The actions."""
    listing = add_command(actions, "list", _("list recipients"), over_ssh=True)
    add_filters(listing)
    add_order(listing)
    listing.add_argument("--view", metavar=_("NAME"), help=_("what this view finds, in its order"))
    arguments.add_limit(listing)
    rows_as_json(listing, RECIPIENT)
    show = add_command(actions, "show", _("print all fields of a recipient"), over_ssh=True)
    arguments.add_recipient(show)
    object_as_json(show, RECIPIENT, _("as one JSON object"))
    reveal = add_command(
        actions,
        "reveal",
        _("print the whole number, for a role that does not see numbers"),
        over_ssh=True,
    )
    arguments.add_recipient(reveal)
    arguments.add_reason(reveal)
    object_as_json(reveal, Shown, _("as one JSON object"))
    history = add_command(
        actions, "history", _("list what happened to a recipient, the latest first"), over_ssh=True
    )
    arguments.add_recipient(history)
    history.add_argument(
        "--kind", choices=[one.value for one in EntryKind], help=_("only entries of this kind")
    )
    arguments.add_limit(history)
    rows_as_json(history, HistoryEntry)
    add = add_command(actions, "add", _("add a recipient"), over_ssh=True)
    _fields(add, required=True)
    arguments.add_organization(add, _("the responsible one; system admins say it"))
    change_as_json(add, RECIPIENT)
    edit = add_command(
        actions, "edit", _("change a recipient, or a field of several"), over_ssh=True
    )
    edit.add_argument(
        "recipient",
        nargs="*",
        metavar=_("RECIPIENT"),
        help=_("an ID, or a number with --organization; without any, those whom the filters find"),
    )
    add_filters(edit)
    edit.add_argument("--view", metavar=_("NAME"), help=_("those whom this view finds"))
    _fields(edit, required=False)
    edit.add_argument(
        "--responsible", metavar=_("NAME"), help=_("another responsible organization")
    )
    arguments.add_tags(edit)
    edit.add_argument("--yes", action="store_true", help=_("without being asked"))
    arguments.add_version(edit)
    change_as_json(edit, (RECIPIENT, editing.Edited))


def _fields(parser: Parser, *, required: bool) -> None:
    for field in TEXTS:
        parser.add_argument(
            f"--{field.name.value.replace('_', '-')}",
            metavar=_("TEXT"),
            required=bool(required and field.typed and field.typed.required),
            help=field.label,
        )


async def _list(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    query = await query_of(services, actor, given)
    if given.view is not None:
        from tui.commands.view import asked_by

        query = (await asked_by(services, actor, given.view))[1]
    await print_people(context, services, actor, query)


async def _show(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    found = await arguments.recipient(services, actor, given)
    row = await services.recipients.get(actor, found.id)
    zone = zone_of(row.timezone, context.settings.zone)
    lines = [(_("ID"), str(row.id)), (_("Version"), str(row.version))]
    lines += [
        (_(field.heading), text_of(field, row, context.settings.region, zone) or "-")
        for field in LISTED
    ]
    if context.arguments.json:
        context.write_rows([as_json(row)])
    else:
        context.write("".join(f"{label}: {value}\n" for label, value in lines))


async def _reveal(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    found = await arguments.recipient(services, actor, given)
    number = await services.recipients.reveal(actor, found.id, given.reason)
    print_number(context, found.id, number)


async def _history(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.details.columns import what, who
    from tui.format import CellFormat

    given = context.arguments
    recipient = await arguments.recipient(services, actor, given)
    query = HistoryQuery(recipient.id, EntryKind(given.kind) if given.kind else None)
    rows = await all_of(partial(services.history.window, actor, query), given.limit)
    form = CellFormat.of(context.settings)
    headers = (_("When"), _("Kind"), _("What"), _("By"))
    cells = [
        (form.time(row.at, recipient.timezone), _(ENTRY_WORDS[row.kind]), what(row), who(row))
        for row in rows
    ]
    print_rows(context, rows, headers, cells, _("Nothing has happened yet."))


async def _add(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    body_id = await arguments.organization_id(services, actor, given.organization)
    draft = _draft(given, None, body_id or actor.organization_id)
    row = await services.recipients.add(actor, draft)
    told = _("Added {name}, recipient {id}.").format(name=row.name, id=row.id)
    print_change(context, as_json(row), told)


async def _edit(context: CommandContext, services: "Services", actor: "Actor") -> int:
    given = context.arguments
    query = await query_of(services, actor, given)
    is_filtered = given.view is not None or replace(query, organization_id=None).is_filtered
    if is_filtered or len(given.recipient) != 1 or given.give or given.take:
        if given.recipient and is_filtered:
            raise InvalidInput(_("Name recipients, or filter them; not both."))
        if given.recipient:
            selection, _count = await arguments.recipients(services, actor, given)
            return await editing.run(context, services, actor, selection)
        if given.view is not None:
            from tui.commands.view import asked_by

            query = (await asked_by(services, actor, given.view))[1]
        if not query.is_filtered:
            raise InvalidInput(
                _("Say whom."), _("Name recipients, or add a filter such as --tag or --view.")
            )
        return await editing.run(context, services, actor, Selection(query=query))
    before = await arguments.recipient_named(
        services, actor, given.recipient[0], given.organization
    )
    body_id = await arguments.organization_id(services, actor, given.responsible)
    draft = _draft(given, before, body_id or before.organization_id)
    with telling_both(context):
        row = await services.recipients.edit(
            actor, before.id, draft, given.version or before.version
        )
    print_change(context, as_json(row), _("Saved {name}.").format(name=row.name))
    return DONE


def _draft(
    given: argparse.Namespace, before: object, organization_id: int | None
) -> RecipientDraft:
    texts = {field.name.value: _given(given, before, field) for field in TEXTS}
    return RecipientDraft(**texts, organization_id=organization_id)


def _given(given: argparse.Namespace, before: object, field: Field) -> str:
    typed: str | None = getattr(given, field.name.value)
    return typed if typed is not None else getattr(before, field.name.value, "")


DO = {
    "list": _list,
    "show": _show,
    "reveal": _reveal,
    "history": _history,
    "add": _add,
    "edit": _edit,
}
