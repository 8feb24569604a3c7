"""``carecall recipient erase``: erase somebody at once, and say what still holds something."""

from typing import TYPE_CHECKING

from msgspec import Struct

from core.retention.dto import Erased
from core.values import phone
from core.values.errors import InvalidInput
from core.values.i18n import _, ngettext
from core.values.text import fold_line
from tui.commands import given as arguments
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.erase import is_left, what_is_left
from tui.commands.streams import ask, told_job
from tui.forms.progress import people_words

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services
    from core.retention.dto import Held


class ErasedOf(Struct, frozen=True):
    """Who was erased, and what went."""

    recipient: int
    erased: Erased


async def run(context: CommandContext) -> int:
    """Ask about each, then erase it; those that come after one that is not meant stay."""
    given, code = context.arguments, DONE
    async with context.signed_in() as (services, actor):
        chosen = [await _held(services, actor, one, given.organization) for one in given.recipient]
        for held in chosen:
            if not given.yes:
                await _ask(context, held)
            with told_job(context, people_words) as job:
                erased = await services.retention.erase(actor, held.id, given.reason, job)
            if given.json:
                context.write_rows([ErasedOf(held.id, erased)])
            for line in [*_told(held, erased), *_what_stays(context, held, erased)]:
                context.say(line)
            if is_left(erased) or erased.server_keeps:
                code = SOME_FAILED
    return code


async def _held(
    services: "Services", actor: "Actor", given: str, organization: str | None
) -> "Held":
    """By its ID somebody who was deleted is found, too."""
    if organization is None:
        recipient_id = arguments.recipient_id(given)
    else:
        recipient_id = (await arguments.recipient_named(services, actor, given, organization)).id
    return await services.retention.held(actor, recipient_id)


async def _ask(context: CommandContext, held: "Held") -> None:
    if not held.name:
        return  # erased already: nothing is asked for what is finished
    number = phone.show(held.phone, context.settings.region)
    context.say(
        _("{name}, {phone}, {organization} (recipient {id}) is erased for good:").format(
            name=held.name, phone=number, organization=held.organization, id=held.id
        )
    )
    context.say(
        _(
            "{calls} calls, {voices} voice files, {memories} memory details, {memos} memos, {tasks} tasks"
            " and all else that is kept. Nobody can bring it back."
        ).format(
            calls=f"{held.calls:,}",
            voices=f"{held.voice_files:,}",
            memories=f"{held.memories:,}",
            memos=f"{held.notes:,}",
            tasks=f"{held.tasks:,}",
        )
    )
    answer = await ask(context, _("Type the name or the number to erase it:"))
    digits = "".join(filter(str.isdecimal, answer))
    meant = {"".join(filter(str.isdecimal, text)) for text in (number, held.phone)}
    if fold_line(answer) != held.name and (not digits or digits not in meant):
        raise InvalidInput(
            _("That is neither the name nor the number; nothing was erased."),
            _("Run it again, and type it as it is shown."),
        )


def _told(held: "Held", erased: "Erased") -> list[str]:
    if not held.name:
        return [
            _("Recipient {id} was erased before; what was left of it is looked after.").format(
                id=held.id
            )
        ]
    if not erased.recipients:
        return []
    return [
        _(
            "Recipient {id} is erased for good: {calls} calls, {voices} voice files, {drafts} drafts;"
            " blotted out of {texts} texts of many people."
        ).format(
            id=held.id,
            calls=f"{held.calls:,}",
            voices=f"{erased.voice_files:,}",
            drafts=f"{erased.drafts:,}",
            texts=f"{erased.texts:,}",
        )
    ]


def _what_stays(context: CommandContext, held: "Held", erased: "Erased") -> list[str]:
    told = what_is_left(erased)
    if erased.views:
        told.append(
            ngettext(
                "{count} view that named this recipient is gone.",
                "{count} views that named this recipient are gone.",
                erased.views,
            ).format(count=f"{erased.views:,}")
        )
    if erased.server_keeps:
        told.append(
            _(
                "PostgreSQL keeps the bytes in its pages until its tables are made anew: have their"
                " owner run this again, or VACUUM (FULL)."
            )
        )
    if erased.texts and held.namesakes:
        told.append(
            ngettext(
                "{count} other of the organization has this name: what was blotted out may have meant that one.",
                "{count} others of the organization have this name: what was blotted out may have meant them.",
                held.namesakes,
            ).format(count=f"{held.namesakes:,}")
        )
    if held.contact_of:
        told.append(
            ngettext(
                "{count} other recipient has this number as a contact's; that stays, for it is theirs.",
                "{count} other recipients have this number as a contact's; that stays, for it is theirs.",
                held.contact_of,
            ).format(count=f"{held.contact_of:,}")
        )
    if held.written:
        days = context.settings.retention.files
        told.append(
            _(
                "Files that admins wrote out on this host: {count}; they may hold it for up to {days} days more."
            ).format(count=f"{held.written:,}", days=days)
            if days
            else _(
                "Files that admins wrote out on this host: {count}; they may hold it until they are deleted."
            ).format(count=f"{held.written:,}")
        )
    told.append(
        _("Backups made before hold it as long as they are kept; the records keep the ID only.")
    )
    return told
