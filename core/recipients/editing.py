"""One change of many recipients, a part after the other, within the transactions of its use case.

Nobody is overwritten: whoever was saved by somebody else since stays as it is, and so does whoever would bring a
number into an organization where it is somebody's already. Each is told with its reason.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.campaigns.enrolling import leave_campaigns_of
from core.conversations import index
from core.db.bulk import among, one_of
from core.db.models import Recipient
from core.db.rows import is_sqlite
from core.recipients import reveals
from core.recipients.edit_dto import NotEdited, Seen
from core.recipients.fields import TEXT_NAMES, Given, search_text
from core.recipients.masking import is_masked
from core.recipients.queries import visible_recipients
from core.recipients.rules import ManyDraft
from core.tags import assigning as tags
from core.tasks.from_calls import move_tasks
from core.values.i18n import _
from core.values.phone import show
from core.values.settings import Settings

NAMED = 100  # of those who stay as they are

_COLUMNS: tuple[Any, ...] = (
    Recipient.id,
    Recipient.version,
    Recipient.organization_id,
    *(getattr(Recipient, name) for name in TEXT_NAMES),
)


class ManyEdit:
    """What is done to each part; afterwards it knows who stays as it is."""

    def __init__(self, settings: Settings, asked: str, draft: ManyDraft, seen: Seen) -> None:
        self._settings = settings
        self._asked = asked  # by which use case
        self._draft = draft
        self._seen = seen
        self.kept: list[NotEdited] = []
        self.kept_count = self.gone = 0

    async def part(self, session: AsyncSession, actor: Actor, ids: Sequence[int]) -> int:
        """Change these, who follow each other among those that were seen; gives how many have it now."""
        if self._draft.organization_id is not None:
            await reveals.require_left(session, actor, self._settings)
        versions = self._seen.of(ids)
        which = among(session, Recipient.id, ids), visible_recipients(actor)
        rows = (
            await session.execute(sa.select(*_COLUMNS).where(*which).order_by(Recipient.id))
        ).all()
        gone = len(ids) - len(rows)
        words = _("Somebody else has saved this recipient since.")
        kept = [
            NotEdited(row.id, row.name, words) for row in rows if row.version != versions[row.id]
        ]
        rows = [row for row in rows if row.version == versions[row.id]]
        taken = await self._taken(session, actor, rows)
        rows = [row for row in rows if row.id not in taken]
        await self._change(session, actor, rows)
        kept = [*kept, *taken.values()]
        self.kept += kept[: NAMED - len(self.kept)]
        self.kept_count += len(kept) + gone
        self.gone += gone
        return len(rows)

    async def _taken(
        self, session: AsyncSession, actor: Actor, rows: Sequence[Any]
    ) -> dict[int, NotEdited]:
        """Those whose number is somebody's already where they are to go, by ID."""
        organization_id = self._draft.organization_id
        movers = [row for row in rows if organization_id not in (None, row.organization_id)]
        if not movers:
            return {}
        there = sa.select(Recipient.phone, Recipient.id, Recipient.name).where(
            Recipient.deleted_at.is_(None),
            Recipient.organization_id == organization_id,
            one_of(session, Recipient.phone, [row.phone for row in movers], sa.String()),
        )
        holders: dict[str, Any] = {row.phone: row for row in await session.execute(there)}
        found: dict[int, NotEdited] = {}
        for row in movers:
            holder = holders.setdefault(row.phone, row)
            if holder is not row:
                found[row.id] = NotEdited(
                    row.id, row.name, self._why_taken(actor, row.phone, holder)
                )
        told = [holders[row.phone].id for row in movers if row.id in found]
        await reveals.record(session, actor, self._settings, told, self._asked)
        return found

    def _why_taken(self, actor: Actor, number: str, holder: Any) -> str:
        if is_masked(actor, self._settings):
            return _("The number belongs to somebody in the other organization already.")
        words = _(
            "Mobile phone number {phone} belongs to {name} in the other organization already."
        )
        return words.format(phone=show(number, self._settings.region), name=holder.name)

    async def _change(self, session: AsyncSession, actor: Actor, rows: Sequence[Any]) -> None:
        draft, changed = self._draft, defaultdict[int, set[str]](set)
        for row in rows:
            new = {**draft.texts, "organization_id": draft.organization_id}
            for name, value in new.items():
                if value is not None and getattr(row, name) != value:
                    changed[row.id].add(name)
        before: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            if "organization_id" in changed[row.id]:
                before[row.organization_id].append(row.id)
        for organization_id, ids in before.items():
            await index.move(session, ids, organization_id, draft.organization_id or 0)
        await self._write(session, [row for row in rows if changed[row.id]])
        for organization_id, ids in before.items():
            await leave_campaigns_of(session, organization_id, ids)
        if moved := sorted(one for ids in before.values() for one in ids):
            await move_tasks(session, moved, draft.organization_id or 0)
            await tags.carry(session, actor, moved, draft.organization_id or 0)
        ids = [row.id for row in rows]
        for recipient_id in await self._change_tags(session, actor, ids):
            changed[recipient_id].add("tags")
        for fields, changed_ids in _by_fields(changed):
            details = {"fields": fields}
            await trail.record_many(
                session, actor, "recipient.edit", "recipient", changed_ids, details
            )

    async def _write(self, session: AsyncSession, rows: Sequence[Any]) -> None:
        """Write what has changed of these, all at once."""
        if not rows:
            return
        draft, region = self._draft, self._settings.region
        values: dict[str, Any] = dict(draft.texts)
        if draft.organization_id is not None:
            values["organization_id"] = draft.organization_id
        new = []
        for row in rows:
            texts = {**{name: getattr(row, name) for name in TEXT_NAMES}, **draft.texts}
            new.append([row.id, search_text(Given(**texts), region)])
        if is_sqlite(session):
            of_each, at = "json_each(:rows) AS j", "json_extract(j.value, '$[{}]')"
        else:
            of_each, at = "jsonb_array_elements(CAST(:rows AS jsonb)) AS j(value)", "j.value ->> {}"
        sets = [f"{name} = :{name}" for name in values]
        if draft.texts:
            sets.append(f"search_text = {at.format(1)}")
        # names of columns, no values
        statement = (
            f"UPDATE recipients SET {', '.join(sets)}, version = version + 1"  # noqa: S608
            f" FROM {of_each} WHERE recipients.id = CAST({at.format(0)} AS bigint)"
        )
        await session.execute(sa.text(statement), {**values, "rows": json.dumps(new)})

    async def _change_tags(
        self, session: AsyncSession, actor: Actor, ids: Sequence[int]
    ) -> Iterable[int]:
        if not ids:
            return ()
        changed = await tags.take_many(session, ids, self._draft.remove)
        return changed | await tags.give_many(session, actor, ids, self._draft.add)


def _by_fields(changed: dict[int, set[str]]) -> Iterable[tuple[list[str], list[int]]]:
    """Who was changed in the same fields."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for recipient_id in sorted(changed):
        if fields := changed[recipient_id]:
            found[tuple(sorted(fields))].append(recipient_id)
    return [(list(fields), ids) for fields, ids in found.items()]
