"""What of tags is kept with a recipient, within the caller's transaction."""

from collections import Counter
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.db.engine import delete_rows
from core.db.models import RecipientTag, Tag
from core.tags.rules import MOST_OF_ORGANIZATION, key_of, too_many_of_organization
from core.values.times import now


async def ensure(session: AsyncSession, actor: Actor, organization_id: int, name: str) -> int:
    """The ID of the organization's tag of this name, made where there is none.

    Raises InvalidInput where the organization has as many as it may have.
    """
    of_it = Tag.organization_id == organization_id
    found = await session.scalar(sa.select(Tag.id).where(of_it, Tag.name_key == key_of(name)))
    if found is not None:
        return found
    count = await session.scalar(sa.select(sa.func.count()).select_from(Tag).where(of_it)) or 0
    if count >= MOST_OF_ORGANIZATION:
        raise too_many_of_organization()
    made = Tag(organization_id=organization_id, name=name, name_key=key_of(name), created_at=now())
    session.add(made)
    await session.flush()
    await trail.record(session, actor, "tag.add", "tag", made.id, organization_id=organization_id)
    return made.id


def require_room(new: Iterable[tuple[int, str]], has: Iterable[tuple[int, str]]) -> None:
    """Raise InvalidInput where an organization that has these tags could not have the new ones as well."""
    count = Counter(organization_id for organization_id, _key in {*new, *has})
    if any(one > MOST_OF_ORGANIZATION for one in count.values()):
        raise too_many_of_organization()


async def give(
    session: AsyncSession,
    actor: Actor,
    recipient_id: int,
    organization_id: int,
    names: Iterable[str],
) -> None:
    """Let a recipient of the organization, who has no tag, have these."""
    for name in names:
        tag_id = await ensure(session, actor, organization_id, name)
        session.add(RecipientTag(tag_id=tag_id, recipient_id=recipient_id))
    await session.flush()


async def share(
    session: AsyncSession, actor: Actor, source: int, target: int, organization_id: int
) -> None:
    """Let the one (of the organization) have the tags of the other as well, who keeps them."""
    names = sa.select(Tag.name).join(RecipientTag).where(RecipientTag.recipient_id == source)
    own = sa.select(RecipientTag.tag_id).where(RecipientTag.recipient_id == target)
    has = set(await session.scalars(own))
    for name in (await session.scalars(names)).all():
        tag_id = await ensure(session, actor, organization_id, name)
        if tag_id not in has:
            session.add(RecipientTag(tag_id=tag_id, recipient_id=target))
    await session.flush()


async def carry(
    session: AsyncSession, actor: Actor, recipient_id: int, organization_id: int
) -> None:
    """Let a recipient who goes to another organization have its tags of the same names."""
    of_recipient = RecipientTag.recipient_id == recipient_id
    select = sa.select(Tag.name).join(RecipientTag).where(of_recipient)
    names: Sequence[str] = (await session.scalars(select)).all()
    await delete_rows(session, RecipientTag, of_recipient)
    await give(session, actor, recipient_id, organization_id, names)
