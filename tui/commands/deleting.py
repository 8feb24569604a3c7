"""``carecall recipient delete|deleted|restore``."""

from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.recipients.deletion_dto import DeletedQuery, DeletedRow, DeletedSelection
from core.recipients.dto import Page
from core.values.errors import InvalidInput, NotFound
from core.values.i18n import _
from core.values.times import now
from tui.commands import given as arguments
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import add_command, change_as_json, rows_as_json
from tui.commands.printing import all_of, print_change, print_rows
from tui.recipients.restored_words import parted_words, taken_words, unparted_words
from tui.recipients.targets import how_many

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


class Deleted(Struct, frozen=True):
    """How many were deleted, and the ID of the delete."""

    deletion: int
    deleted: int


class Restored(Struct, frozen=True):
    """How many are back, and how many are not, since their numbers are taken."""

    restored: int
    still_deleted: int


def add_arguments(actions: Any) -> None:
    """The actions."""
    delete = add_command(
        actions, "delete", _("delete recipients; that can be undone"), over_ssh=True
    )
    arguments.add_recipients(delete)
    change_as_json(delete, Deleted)
    deleted = add_command(
        actions, "deleted", _("list deleted recipients that can be restored"), over_ssh=True
    )
    deleted.add_argument(
        "--search", metavar=_("TEXT"), default="", help=_("only those that have it")
    )
    arguments.add_limit(deleted)
    rows_as_json(deleted, DeletedRow)
    restore = add_command(actions, "restore", _("bring deleted recipients back"), over_ssh=True)
    restore.add_argument("recipient", nargs="*", metavar=_("RECIPIENT"), help=_("an ID"))
    restore.add_argument(
        "--together", action="store_true", help=_("and all who were deleted together with them")
    )
    restore.add_argument(
        "--last", action="store_true", help=_("those of your last delete; names no recipient")
    )
    restore.add_argument(
        "--phone", metavar=_("NUMBER"), help=_("one, with another number, where its own is taken")
    )
    change_as_json(restore, Restored)


async def _delete(context: CommandContext, services: "Services", actor: "Actor") -> None:
    selection, count = await arguments.recipients(services, actor, context.arguments)
    done = await services.recipients.delete(actor, selection, count)
    ids = " ".join(map(str, sorted(selection.ids)))
    told = _("Deleted {people}. Take it back with: carecall recipient restore {ids}")
    print_change(
        context,
        Deleted(done.id, done.count),
        told.format(people=how_many(done.count), ids=ids),
    )


async def _deleted(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.format import CellFormat, days_left

    given, moment = context.arguments, now()
    reading = partial(services.deletions.window, actor, DeletedQuery(given.search))
    rows = await all_of(reading, given.limit)
    form = CellFormat.of(context.settings)
    headers = (
        _("ID"), _("Recipient name"), _("Phone number"), _("Organization"), _("Deleted by"),
        _("Days left"), _("Deleted at"),
    )  # fmt: skip
    cells = [
        (
            str(row.id),
            row.name,
            form.phone(row.phone),
            row.organization,
            row.deleted_by or "-",
            days_left(row.expires_at, moment),
            form.time(row.deleted_at, row.timezone),
        )
        for row in rows
    ]
    print_rows(context, rows, headers, cells, _("Nothing that was deleted can be restored now."))


async def _restore(context: CommandContext, services: "Services", actor: "Actor") -> int:
    given, deletions = context.arguments, services.deletions
    ids = frozenset(arguments.recipient_id(one) for one in given.recipient)
    if bool(ids) == given.last or (given.phone and (len(ids) != 1 or given.together)):
        raise InvalidInput(
            _("Say whom to restore: recipients, or --last; with --phone one recipient."),
            _("List them: carecall recipient deleted"),
        )
    if given.phone:
        back = await deletions.restore_with(actor, next(iter(ids)), given.phone)
        told = _("Restored {people}.").format(people=how_many(1))
        print_change(context, Restored(1, 0), f"{told} {back.name}")
        return DONE
    if given.last:
        last = await deletions.latest(actor)
        if last is None:
            raise NotFound(_("There is no delete to undo."))
        restored = await deletions.undo(actor, last.id)
    else:
        restored = await deletions.restore(
            actor,
            await _deleted_with(services, actor, ids) if given.together else DeletedSelection(ids),
        )
    told = _("Restored {people}.").format(people=how_many(restored.count))
    taken = taken_words(restored, lambda one: one.name)
    told = " ".join((told, *taken, *parted_words(restored.parted), *unparted_words(restored)))
    stay = restored.kept_count + restored.parts_count
    print_change(context, Restored(restored.count, stay), told)
    return SOME_FAILED if stay else DONE


async def _deleted_with(
    services: "Services", actor: "Actor", ids: frozenset[int]
) -> DeletedSelection:
    """All who were deleted together with one. Raises InvalidInput for several, and NotFound."""
    if len(ids) != 1:
        raise InvalidInput(_("--together is for one recipient."), _("Name one of them only."))
    query = DeletedQuery(recipient_id=next(iter(ids)))
    found = await services.deletions.window(actor, query, Page(limit=1))
    if not found:
        raise NotFound(_("What was to be restored is not there any more."))
    return DeletedSelection(query=DeletedQuery(deletion_id=found[0][0].deletion_id))


DO = {"delete": _delete, "deleted": _deleted, "restore": _restore}
