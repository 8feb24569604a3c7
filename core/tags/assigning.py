"""What of tags is kept with a recipient, within the caller's transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.db.bulk import among, ids_of
from core.db.models import Recipient, RecipientTag, Tag
from core.db.rows import count_rows, delete_rows
from core.tags.rules import (
    MOST_OF_ORGANIZATION,
    MOST_OF_RECIPIENT,
    key_of,
    too_many_of_organization,
)
from core.values.errors import InvalidInput
from core.values.i18n import _, ngettext
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
    session: AsyncSession, actor: Actor, ids: Sequence[int], organization_id: int
) -> None:
    """Let recipients (sorted) who go to another organization have its tags of the same names."""
    theirs = among(session, RecipientTag.recipient_id, ids)
    select = sa.select(Tag.name, RecipientTag.recipient_id).join(
        RecipientTag, RecipientTag.tag_id == Tag.id
    )
    found = (await session.execute(select.where(theirs))).all()
    await delete_rows(session, RecipientTag, theirs)
    tags = {
        name: await ensure(session, actor, organization_id, name)
        for name in dict.fromkeys(name for name, _whose in found)
    }
    # of one key there may be two names, where they come from several organizations
    given = {(tags[name], recipient_id) for name, recipient_id in found}
    if given:
        rows = [{"tag_id": tag_id, "recipient_id": one} for tag_id, one in sorted(given)]
        await session.execute(sa.insert(RecipientTag), rows)


async def take_many(session: AsyncSession, ids: Sequence[int], names: Sequence[str]) -> set[int]:
    """Take the tags of these names from recipients (sorted); gives from whom."""
    if not names:
        return set()
    tags = sa.select(Tag.id).where(Tag.name_key.in_([key_of(name) for name in names]))
    which = among(session, RecipientTag.recipient_id, ids), RecipientTag.tag_id.in_(tags)
    found = set(await session.scalars(sa.select(RecipientTag.recipient_id).where(*which)))
    await delete_rows(session, RecipientTag, *which)
    return found


async def give_many(
    session: AsyncSession, actor: Actor, ids: Sequence[int], names: Sequence[str]
) -> set[int]:
    """Give recipients (sorted) the tags of these names; gives to whom.

    Raises InvalidInput where somebody would have too many.
    """
    changed: set[int] = set()
    if not names:
        return changed
    select = sa.select(Recipient.organization_id, Recipient.id).order_by(Recipient.id)
    of_organization: dict[int, list[int]] = defaultdict(list)
    for organization_id, recipient_id in await session.execute(
        select.where(among(session, Recipient.id, ids))
    ):
        of_organization[organization_id].append(recipient_id)
    for organization_id, those in of_organization.items():
        for name in names:
            tag_id = await ensure(session, actor, organization_id, name)
            have = sa.select(RecipientTag.recipient_id).where(RecipientTag.tag_id == tag_id)
            lack = sa.select(Recipient.id).where(
                among(session, Recipient.id, those), Recipient.id.not_in(have)
            )
            lacking = await ids_of(session, lack.order_by(Recipient.id))
            if not lacking:
                continue
            await _require_room(session, lacking)
            rows = sa.select(sa.literal(tag_id), Recipient.id).where(
                among(session, Recipient.id, lacking)
            )
            await session.execute(
                sa.insert(RecipientTag).from_select(["tag_id", "recipient_id"], rows)
            )
            changed.update(lacking)
    return changed


async def _require_room(session: AsyncSession, ids: Sequence[int]) -> None:
    full = (
        sa.select(RecipientTag.recipient_id)
        .where(among(session, RecipientTag.recipient_id, ids))
        .group_by(RecipientTag.recipient_id)
        .having(sa.func.count() >= MOST_OF_RECIPIENT)
    )
    count = await count_rows(session, full.subquery())
    if count:
        raise InvalidInput(
            ngettext(
                "{count} recipient has {maximum} tags already, which is the most.",
                "{count} recipients have {maximum} tags already, which is the most.",
                count,
            ).format(count=f"{count:,}", maximum=MOST_OF_RECIPIENT),
            _("Take one of them first."),
            field="tag",
        )
