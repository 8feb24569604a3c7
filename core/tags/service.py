"""The use cases of tags: list, what a selection has, give and take, rename, delete."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, WRITERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.db.bulk import still
from core.db.models import Organization, Recipient, RecipientTag, Tag
from core.db.rows import delete_rows
from core.recipients.dto import Selection
from core.recipients.listing.search import selected
from core.recipients.lookup import organization_of
from core.recipients.queries import visible_recipients
from core.recipients.reading import not_found
from core.recipients.selecting import chosen
from core.tags.assigning import give_many, take_many
from core.tags.dto import TagRow, TagUse
from core.tags.rules import clean_change, clean_name, key_of
from core.values.errors import Conflict, InvalidInput, NotFound
from core.values.i18n import _
from core.values.jobs import Done, Job


class TagService(Service, name="tags"):
    """Tags of the organizations that the actor may see. Of one name each organization has its own."""

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def list(self, session: AsyncSession, actor: Actor) -> Sequence[TagRow]:
        """All of them by name, with how many recipients have each."""
        return await _rows(session, actor)

    @use_case(READERS, "read", recipient_id=About.RECIPIENT, shows=Shows.NOBODY)
    async def of_recipient(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> Sequence[str]:
        """The names of a recipient's tags. Raises NotFound."""
        await organization_of(session, actor, recipient_id)
        select = sa.select(Tag.name).join(RecipientTag, RecipientTag.tag_id == Tag.id)
        found = await session.scalars(
            select.where(RecipientTag.recipient_id == recipient_id).order_by(Tag.name_key)
        )
        return found.all()

    @use_case(READERS, "read", selection=About.SELECTION, shows=Shows.NOBODY)
    async def of_selection(
        self, session: AsyncSession, actor: Actor, selection: Selection
    ) -> Sequence[TagUse]:
        """The tags that the selected may have, of whichever organization, by name: how many have each.

        Raises NotFound where none of them is there.
        """
        conditions = await selected(session, actor, selection, self._settings)
        whose = (
            sa.select(Recipient.organization_id, sa.func.count())
            .where(*conditions)
            .group_by(Recipient.organization_id)
        )
        organizations = {row[0]: row[1] for row in await session.execute(whose)}
        total = sum(organizations.values())
        if not total:
            raise not_found()
        which = Recipient.id.in_(sa.select(Recipient.id).where(*conditions))
        have = (
            sa.select(RecipientTag.tag_id, sa.func.count().label("have"))
            .join(Recipient, Recipient.id == RecipientTag.recipient_id)
            .where(which)
            .group_by(RecipientTag.tag_id)
            .subquery()
        )
        rows = await session.execute(
            sa.select(Tag.name_key, Tag.name, sa.func.coalesce(have.c.have, 0))
            .outerjoin(have, have.c.tag_id == Tag.id)
            .where(Tag.organization_id.in_(organizations))
            .order_by(Tag.name_key)
        )
        found: dict[str, TagUse] = {}
        for key, name, count in rows:
            before = found.get(key)
            found[key] = TagUse(name, count + (before.have if before else 0), total)
        return list(found.values())

    @use_case(WRITERS, "steps", selection=About.SELECTION, shows=Shows.RECORDED)
    async def change(
        self,
        steps: Steps,
        selection: Selection,
        expected: int,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        job: Job | None = None,
    ) -> Done:
        """Give the selected these tags and take those from them; who has one already keeps it.

        Tags that an organization lacks are made. ``expected`` is the number that was confirmed. Raises
        InvalidInput where somebody would have too many.
        """
        add, remove = clean_change(add, remove)
        async with steps.reading() as (session, actor):
            ids = await chosen(session, actor, self._settings, selection, expected)

        async def part(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> int:
            ids = await still(session, Recipient.id, ids, visible_recipients(actor))
            changed = await take_many(session, ids, remove)
            changed |= await give_many(session, actor, ids, add)
            if changed:
                details = {"fields": ["tags"]}
                await trail.record_many(
                    session, actor, "recipient.tag", "recipient", sorted(changed), details
                )
            return len(ids)

        return await steps.in_parts(ids, part, job)

    @use_case(WRITERS, "write", tag_id=About.TAG, shows=Shows.NOBODY)
    async def rename(
        self, session: AsyncSession, actor: Actor, tag_id: int, name: str, version: int
    ) -> TagRow:
        """Call it something else. Raises InvalidInput where there is one of this name, or Conflict."""
        name = clean_name(name)
        current = await _unchanged(session, actor, tag_id, version)
        taken = sa.select(Tag.id).where(
            Tag.organization_id == current.organization_id,
            Tag.name_key == key_of(name),
            Tag.id != tag_id,
        )
        if await session.scalar(taken) is not None:
            raise InvalidInput(
                _("There is a tag {name} already.").format(name=name),
                _("Give it to those who have this one, and delete this one."),
                field="tag",
            )
        await session.execute(
            sa.update(Tag)
            .where(Tag.id == tag_id)
            .values(name=name, name_key=key_of(name), version=version + 1)
        )
        await _record(session, actor, "tag.rename", current)
        return (await _rows(session, actor, tag_id))[0]

    @use_case(WRITERS, "write", tag_id=About.TAG, shows=Shows.NOBODY)
    async def delete(
        self, session: AsyncSession, actor: Actor, tag_id: int, version: int
    ) -> TagRow:
        """Delete it, and take it from all who have it. Raises Conflict."""
        current = await _unchanged(session, actor, tag_id, version)
        await delete_rows(session, RecipientTag, RecipientTag.tag_id == tag_id)
        await delete_rows(session, Tag, Tag.id == tag_id)
        await _record(session, actor, "tag.delete", current)
        return current


async def _rows(session: AsyncSession, actor: Actor, tag_id: int | None = None) -> list[TagRow]:
    having = (
        sa.select(sa.func.count())
        .select_from(RecipientTag)
        .join(Recipient, Recipient.id == RecipientTag.recipient_id)
        .where(RecipientTag.tag_id == Tag.id, Recipient.deleted_at.is_(None))
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Tag.id, Tag.name, Tag.organization_id, Organization.name, having, Tag.version,
    )  # fmt: skip
    select = sa.select(*columns).join(Organization, Organization.id == Tag.organization_id)
    if not actor.sees_all:
        select = select.where(Tag.organization_id == actor.organization_id)
    if tag_id is not None:
        select = select.where(Tag.id == tag_id)
    found = await session.execute(select.order_by(Tag.name_key, Organization.name_key))
    return [TagRow(*row) for row in found]


async def _unchanged(session: AsyncSession, actor: Actor, tag_id: int, version: int) -> TagRow:
    found = await _rows(session, actor, tag_id)
    if not found:
        raise NotFound(_("This tag does not exist (any more)."))
    if found[0].version != version:
        raise Conflict(
            _("Somebody else has renamed this tag since: it is {name} now.").format(
                name=found[0].name
            ),
            _("Look at it and try again."),
            current=found[0],
        )
    return found[0]


async def _record(session: AsyncSession, actor: Actor, action: str, tag: TagRow) -> None:
    await trail.record(session, actor, action, "tag", tag.id, organization_id=tag.organization_id)
