"""What ``carecall recipient`` does as the keys of the list do, and duplicates: list, merge, tell apart."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from core.duplicates.dto import MergeDraft, Pair
from core.history.dto import HistoryEntry, HistoryQuery
from core.history.rules import ENTRY_WORDS, EntryKind
from core.recipients.dto import DeletedQuery, DeletedRow, DeletedSelection, Selection
from core.recipients.fields import LISTED, TEXTS, Field
from core.recipients.rules import RecipientDraft, resumes_on
from core.recipients.texts import text_of
from core.values.days import parse_day
from core.values.errors import ActionBlocked, InvalidInput, NotFound
from core.values.i18n import _, ngettext
from core.values.times import now, zone_of
from tui.commands import editing
from tui.commands import given as arguments
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.filters import add_filters, add_order, query_of
from tui.commands.listing import RECIPIENT, as_json, people_words, print_people
from tui.commands.parsing import (
    Parser,
    add_command,
    change_as_json,
    number,
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
from tui.commands.shapes import like
from tui.recipients.restored_words import parted_words, unparted_words

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

PAIR = like(Pair, "Pair", first=RECIPIENT, second=RECIPIENT)


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many were deleted, and the ID of the delete."""

    deletion: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Restored:
    """How many are back, and how many are not, since their numbers are taken."""

    restored: int
    still_deleted: int


@dataclass(frozen=True, slots=True)
class Paused:
    """How many were paused."""

    paused: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """How many were resumed."""

    resumed: int


@dataclass(frozen=True, slots=True)
class Apart:
    """Two recipients, and whether somebody has said that they are two persons."""

    first: int
    second: int
    apart: bool


_CHANGES = {"delete": Deleted, "restore": Restored, "pause": Paused, "resume": Resumed}


def add_arguments(actions: Any) -> None:
    """The actions."""
    listing = add_command(actions, "list", _("list recipients"), over_ssh=True)
    add_filters(listing)
    add_order(listing)
    listing.add_argument("--view", metavar=_("NAME"), help=_("what this view finds, in its order"))
    listing.add_argument("--limit", metavar=_("COUNT"), type=number(1), help=_("at most so many"))
    rows_as_json(listing, RECIPIENT)
    show = add_command(actions, "show", _("print all fields of a recipient"), over_ssh=True)
    arguments.add_recipient(show)
    object_as_json(show, RECIPIENT, _("as one JSON object"))
    add = add_command(actions, "add", _("add a recipient"), over_ssh=True)
    _fields(add, required=True)
    add.add_argument(
        "--organization", metavar=_("NAME"), help=_("the responsible one; system admins say it")
    )
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
    for name, words in (("--give", _("a tag to give")), ("--take", _("a tag to take"))):
        edit.add_argument(name, metavar=_("TAG"), action="append", default=[], help=words)
    edit.add_argument("--yes", action="store_true", help=_("without being asked"))
    arguments.add_version(edit)
    change_as_json(edit, (RECIPIENT, editing.Edited))
    for name, words in (
        ("delete", _("delete recipients; that can be undone")),
        ("restore", _("bring deleted recipients back")),
        ("pause", _("pause recipients in a campaign in progress")),
        ("resume", _("resume paused recipients")),
    ):
        change = add_command(actions, name, words, over_ssh=True)
        change.add_argument(
            "recipient",
            nargs="*" if name == "restore" else "+",
            metavar=_("RECIPIENT"),
            help=_("an ID") if name == "restore" else _("an ID, or a number with --organization"),
        )
        if name == "restore":
            _of_restore(change)
        else:
            change.add_argument("--organization", metavar=_("NAME"), help=_("whose number it is"))
        if name == "pause":
            change.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
            change.add_argument(
                "--until", metavar=_("DAY"), help=_("when it resumes by itself: 2026-12-01 or +7")
            )
        change_as_json(change, _CHANGES[name])
    deleted = add_command(
        actions, "deleted", _("list deleted recipients that can be restored"), over_ssh=True
    )
    deleted.add_argument(
        "--search", metavar=_("TEXT"), default="", help=_("only those that have it")
    )
    deleted.add_argument("--limit", metavar=_("COUNT"), type=number(1), help=_("at most so many"))
    rows_as_json(deleted, DeletedRow)
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
    history.add_argument("--limit", metavar=_("COUNT"), type=number(1), help=_("at most so many"))
    rows_as_json(history, HistoryEntry)
    pairs = add_command(
        actions, "duplicates", _("list recipients that may be one person"), over_ssh=True
    )
    pairs.add_argument("--organization", metavar=_("NAME"), help=_("only its recipients"))
    rows_as_json(pairs, PAIR)
    merge = add_command(
        actions, "merge", _("let one recipient become part of another"), over_ssh=True
    )
    _two(merge, _("who stays"), _("who becomes part of it"))
    merge.add_argument(
        "--take",
        action="append",
        default=[],
        choices=[field.name.value for field in TEXTS],
        help=_("a field that is taken over from the second"),
    )
    change_as_json(merge, RECIPIENT)
    apart = add_command(
        actions, "apart", _("say that two recipients are two persons"), over_ssh=True
    )
    _two(apart, _("one"), _("the other"))
    apart.add_argument("--undo", action="store_true", help=_("that nobody has said so"))
    change_as_json(apart, Apart)


def _of_restore(parser: Parser) -> None:
    parser.add_argument(
        "--together", action="store_true", help=_("and all who were deleted together with them")
    )
    parser.add_argument(
        "--last", action="store_true", help=_("those of your last delete; names no recipient")
    )
    parser.add_argument(
        "--phone", metavar=_("NUMBER"), help=_("one, with another number, where its own is taken")
    )


def _fields(parser: Parser, *, required: bool) -> None:
    for field in TEXTS:
        parser.add_argument(
            f"--{field.name.value.replace('_', '-')}",
            metavar=_("TEXT"),
            required=bool(required and field.typed and field.typed.required),
            help=field.label,
        )


def _two(parser: Parser, first: str, second: str) -> None:
    for name, words in (("first", first), ("second", second)):
        parser.add_argument(name, metavar=_("RECIPIENT"), type=number(1), help=words)


async def run(context: CommandContext) -> int:
    """Do the action."""
    async with context.signed_in() as (services, actor):
        return await _DO[context.arguments.action](context, services, actor) or DONE


async def _list(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    query = await query_of(services, actor, given)
    if given.view is not None:
        from tui.commands.view import asked_by

        query = (await asked_by(services, actor, given.view))[1]
    await print_people(context, services, actor, query)


async def _show(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    found = await arguments.recipient(services, actor, given.recipient, given.organization)
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
    found = await arguments.recipient(services, actor, given.recipient, given.organization)
    number = await services.recipients.reveal(actor, found.id, given.reason)
    print_number(context, found.id, number)


def _draft(
    given: argparse.Namespace, before: object, organization_id: int | None
) -> RecipientDraft:
    texts = {field.name.value: _given(given, before, field) for field in TEXTS}
    return RecipientDraft(**texts, organization_id=organization_id)


def _given(given: argparse.Namespace, before: object, field: Field) -> str:
    typed: str | None = getattr(given, field.name.value)
    return typed if typed is not None else getattr(before, field.name.value, "")


async def _add(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    body = given.organization and await services.organizations.by_name(actor, given.organization)
    draft = _draft(given, None, body.id if body else actor.organization_id)
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
            return await editing.run(
                context, services, actor, (await _chosen(context, services, actor))[0]
            )
        if given.view is not None:
            from tui.commands.view import asked_by

            query = (await asked_by(services, actor, given.view))[1]
        if not query.is_filtered:
            raise InvalidInput(
                _("Say whom."), _("Name recipients, or add a filter such as --tag or --view.")
            )
        return await editing.run(context, services, actor, Selection(query=query))
    before = await arguments.recipient(services, actor, given.recipient[0], given.organization)
    body = given.responsible and await services.organizations.by_name(actor, given.responsible)
    draft = _draft(given, before, body.id if body else before.organization_id)
    with telling_both(context):
        row = await services.recipients.edit(
            actor, before.id, draft, given.version or before.version
        )
    print_change(context, as_json(row), _("Saved {name}.").format(name=row.name))
    return DONE


async def _chosen(
    context: CommandContext, services: "Services", actor: "Actor"
) -> tuple[Selection, int]:
    given = context.arguments
    ids = {
        (await arguments.recipient(services, actor, one, given.organization)).id
        for one in given.recipient
    }
    return Selection(frozenset(ids)), len(ids)


async def _delete(context: CommandContext, services: "Services", actor: "Actor") -> None:
    selection, count = await _chosen(context, services, actor)
    done = await services.recipients.delete(actor, selection, count)
    ids = " ".join(map(str, sorted(selection.ids)))
    told = _("Deleted {people}. Take it back with: carecall recipient restore {ids}")
    print_change(
        context,
        Deleted(done.id, done.count),
        told.format(people=people_words(done.count), ids=ids),
    )


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
        told = _("Restored {people}.").format(people=people_words(1))
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
    told = _("Restored {people}.").format(people=people_words(restored.count))
    if restored.kept_count:
        told += " " + ngettext(
            "{count} stays deleted, since the number is taken: {names}.",
            "{count} stay deleted, since their numbers are taken: {names}.",
            restored.kept_count,
        ).format(
            count=f"{restored.kept_count:,}", names=", ".join(one.name for one in restored.kept)
        )
    told = " ".join((told, *parted_words(restored.parted), *unparted_words(restored)))
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
    found = await services.deletions.window(actor, query, None, limit=1)
    if not found:
        raise NotFound(_("What was to be restored is not there any more."))
    return DeletedSelection(query=DeletedQuery(deletion_id=found[0][0].deletion_id))


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


async def _history(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.details.columns import what, who
    from tui.format import CellFormat

    given = context.arguments
    recipient = await arguments.recipient(services, actor, given.recipient, given.organization)
    query = HistoryQuery(recipient.id, EntryKind(given.kind) if given.kind else None)
    rows = await all_of(partial(services.history.window, actor, query), given.limit)
    form = CellFormat.of(context.settings)
    headers = (_("When"), _("Kind"), _("What"), _("By"))
    cells = [
        (form.time(row.at, recipient.timezone), _(ENTRY_WORDS[row.kind]), what(row), who(row))
        for row in rows
    ]
    print_rows(context, rows, headers, cells, _("Nothing has happened yet."))


async def _pause(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    selection, count = await _chosen(context, services, actor)
    zone = context.settings.zone
    day = parse_day(given.until or "", now().astimezone(zone).date())
    done = await services.participations.pause(
        actor,
        selection,
        await _possible(services, actor, selection, count, "pausable"),
        reason=given.reason,
        resumes_at=None if day is None else resumes_on(day, zone, now()),
    )
    told = _("Paused {people}.").format(people=people_words(done.done))
    print_change(context, Paused(done.done), told)


async def _resume(context: CommandContext, services: "Services", actor: "Actor") -> None:
    selection, count = await _chosen(context, services, actor)
    expected = await _possible(services, actor, selection, count, "resumable")
    done = await services.participations.resume(actor, selection, expected)
    told = _("Resumed {people}.").format(people=people_words(done.done))
    print_change(context, Resumed(done.done), told)


async def _possible(
    services: "Services", actor: "Actor", selection: Selection, count: int, which: str
) -> int:
    """All of them. Raises ActionBlocked where it is not possible for some."""
    counts = await services.recipients.counts(actor, selection)
    possible: int = getattr(counts, which)
    if possible != count:
        raise ActionBlocked(
            _("It is possible for {possible} of {count} recipients only; nothing was done.").format(
                possible=possible, count=count
            ),
            _("Name only those for whom it is."),
        )
    return possible


async def _duplicates(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.duplicates import columns
    from tui.format import CellFormat

    given = context.arguments
    body = given.organization and await services.organizations.by_name(actor, given.organization)
    found = await services.duplicates.find(actor, body.id if body else None)
    form = CellFormat.of(context.settings)
    headers = (_("ID"), _("ID"), *(column.label for column in columns.table_columns()))
    cells = [
        (str(pair.first.id), str(pair.second.id), *columns.table_row(pair, form).cells)
        for pair in found.pairs
    ]
    rows: Sequence[object] = [
        {"first": as_json(pair.first), "second": as_json(pair.second), "reasons": pair.reasons}
        for pair in found.pairs
    ]
    print_rows(context, rows, headers, cells, _("Nobody seems to be there twice."))
    if not found.is_whole:
        context.say(_("There are more; these are the first."))


async def _merge(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    kept, merged = await services.duplicates.compare(actor, given.first, given.second)
    draft = MergeDraft(kept.row.version, merged.row.id, merged.row.version, frozenset(given.take))
    done = await services.duplicates.merge(actor, kept.row.id, draft)
    told = _(
        "{name} is part of recipient {id} now. Make two of them again with: carecall recipient restore {other}"
    ).format(name=done.name, id=given.first, other=given.second)
    print_change(context, as_json(done.kept), told)


async def _apart(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    await services.duplicates.tell_apart(actor, given.first, given.second, apart=not given.undo)
    told = _("They may be a pair again.") if given.undo else _("They are no pair any more.")
    print_change(context, Apart(given.first, given.second, not given.undo), told)


_DO = {
    "list": _list,
    "show": _show,
    "reveal": _reveal,
    "add": _add,
    "edit": _edit,
    "delete": _delete,
    "restore": _restore,
    "pause": _pause,
    "resume": _resume,
    "deleted": _deleted,
    "history": _history,
    "duplicates": _duplicates,
    "merge": _merge,
    "apart": _apart,
}
ACTIONS = tuple(_DO)
