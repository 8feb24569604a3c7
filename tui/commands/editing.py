"""``carecall recipient edit`` of several: one field, or more, of those who are named or whom filters find."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from core.recipients.dto import Selection
from core.recipients.edit_dto import NotEdited
from core.recipients.fields import MORE
from core.recipients.rules import ManyDraft
from core.values.errors import InvalidInput
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.printing import print_change
from tui.commands.streams import ask, told_job
from tui.forms import progress
from tui.recipients.targets import how_many, kept_lines, people

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


class Edited(Struct, frozen=True):
    """How many have now what was asked for; the first of those who stay as they are, and how many these are."""

    edited: int
    kept: Sequence[NotEdited]
    kept_count: int


async def run(
    context: CommandContext, services: "Services", actor: "Actor", selection: Selection
) -> int:
    """Change them, once that was agreed to where filters chose them; tell who stays as it is."""
    given = context.arguments
    if given.name is not None or given.phone is not None or given.version is not None:
        raise InvalidInput(
            _("Name, number and version are those of one recipient."),
            _("Name one only, or leave them out."),
        )
    texts = {field.name.value: getattr(given, field.name.value) for field in MORE}
    draft = ManyDraft(
        {name: text for name, text in texts.items() if text is not None},
        await arguments.organization_id(services, actor, given.responsible),
        given.give,
        given.take,
    )
    if not draft.fields:
        raise InvalidInput(_("Say what is to be changed."))
    counts = await services.recipients.counts(actor, selection)
    if selection.query is not None and not counts.total:
        raise InvalidInput(_("No recipient matches."))
    before = await services.recipients.versions(actor, selection)
    total = len(before.ids)
    if selection.query is not None and not given.yes:
        whom = people(counts.names, total)
        question = _("{whom}. This cannot be undone. Change them? [y/N]").format(whom=whom)
        if (await ask(context, question)).casefold() not in ("y", "yes"):
            context.say(_("Nothing was changed."))
            return DONE
    with told_job(context, progress.people_words) as job:
        edited = await services.recipients.edit_many(
            actor, selection, total, draft, before=before, job=job
        )
    done = edited.done
    told = _("Saved {people}.").format(people=how_many(done.done))
    print_change(context, Edited(done.done, edited.kept, edited.kept_count), told)
    for one in kept_lines(edited):
        context.say(one)
    if done.stopped is not None:
        raise done.stopped
    return SOME_FAILED if edited.kept_count or not done.is_whole else DONE
