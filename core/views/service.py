"""The use cases of views: list, open, number, save, rename, replace, delete, restore and arrange.

An organization's views are made and changed by whoever may write there, and recorded; one's own are one's own
affair. The order, and the one to start with, are each admin's own, over all of them.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.admins.preferences import preferences, set_preferences
from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, WRITERS, About, Outcome, Shows
from core.app.use_case import Service, Steps, use_case
from core.db.models import View as Stored
from core.db.rows import count_rows, one_or
from core.organizations.queries import one_organization
from core.recipients.dto import RecipientQuery
from core.recipients.kept_query import kept
from core.recipients.listing import query as listing
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound, NotPermitted
from core.values.i18n import _
from core.values.stored import stored_object, stored_texts
from core.values.text import search_key
from core.values.times import now
from core.views import missing, queries
from core.views.dto import Number, Opened, View, Views, ready_made
from core.views.rules import COUNTED, MOST, clean_name, why_not_change

SCREEN = "views"  # of the preferences


class ViewService(Service, name="views"):
    """Views: the actor's own, the organization's, and the ready-made ones."""

    @use_case(READERS, "read", elsewhere=Outcome.DONE, shows=Shows.NOBODY)
    async def list(self, session: AsyncSession, actor: Actor) -> Views:
        """All that the actor has, in the actor's order; what has no place in it yet comes last."""
        found = await queries.all_of(session, actor, self._settings) + ready_made()
        chosen = stored_object((await preferences(session, actor.admin_id)).get(SCREEN))
        order = {key: at for at, key in enumerate(stored_texts(chosen.get("order")))}
        found.sort(key=lambda view: order.get(view.key, len(order)))
        start = chosen.get("start")
        is_there = any(view.key == start for view in found)
        return Views(found, start if isinstance(start, str) and is_there else "")

    @use_case(READERS, "read", view_id=About.VIEW, shows=Shows.NOBODY)
    async def open(self, session: AsyncSession, actor: Actor, view_id: int) -> Opened:
        """One to list, and what of it is gone. Raises NotFound, and InvalidInput for one of a newer version."""
        view = await self._one(session, actor, view_id)
        kept_query(view)
        return Opened(view, await missing.told(session, actor, view))

    @use_case(READERS, "steps", shows=Shows.NOBODY)
    async def numbers(self, steps: Steps, asked: Sequence[RecipientQuery]) -> AsyncIterator[Number]:
        """How many each finds now, one after the other; counted up to ``COUNTED``, and recorded nowhere.

        A number tells nothing of anybody; whoever opens the list leaves the record.
        """
        for query in asked:
            async with steps.reading() as (session, actor):
                count = await listing.count_up_to(
                    session, actor, query, self._settings, COUNTED + 1
                )
            yield Number(min(count, COUNTED), is_more=count > COUNTED)

    @use_case(READERS, "write", elsewhere=Outcome.DONE)
    async def save(
        self, session: AsyncSession, actor: Actor, name: str, query: RecipientQuery
    ) -> View:
        """Save it as a view of one's own. Raises InvalidInput where there is one of this name already."""
        return await self._add(session, actor, name, query, None)

    @use_case(WRITERS, "write", organization_id=About.ORGANIZATION)
    async def share(
        self,
        session: AsyncSession,
        actor: Actor,
        organization_id: int,
        name: str,
        query: RecipientQuery,
    ) -> View:
        """Save it as a view of the organization. Raises InvalidInput as ``save``."""
        await one_organization(session, actor, organization_id)
        view = await self._add(session, actor, name, query, organization_id)
        await _record(session, actor, "view.save", view, {"fields": query.fields_asked})
        return view

    @use_case(READERS, "write", view_id=About.VIEW)
    async def replace(
        self, session: AsyncSession, actor: Actor, view_id: int, query: RecipientQuery, version: int
    ) -> View:
        """Let it ask for something else from now on. What a newer version added to it stays.

        Raises Conflict where somebody has changed it since.
        """
        row = await self._to_change(session, actor, view_id, version)
        asked = kept(_as_kept(query, row.organization_id), row.query)
        view = await self._change(session, actor, row, query=asked)
        await _record(session, actor, "view.replace", view, {"fields": query.fields_asked})
        return view

    @use_case(READERS, "write", view_id=About.VIEW)
    async def rename(
        self, session: AsyncSession, actor: Actor, view_id: int, name: str, version: int
    ) -> View:
        """Call it something else. Raises InvalidInput and Conflict."""
        cleaned = clean_name(name)
        row = await self._to_change(session, actor, view_id, version)
        await _refuse_taken(session, row.admin_id, row.organization_id, cleaned, besides=row.id)
        values = {"name": cleaned, "name_key": search_key(cleaned)}
        view = await self._change(session, actor, row, **values)
        await _record(session, actor, "view.rename", view)
        return view

    @use_case(READERS, "write", view_id=About.VIEW)
    async def delete(self, session: AsyncSession, actor: Actor, view_id: int, version: int) -> View:
        """Delete it; it can be restored. Raises Conflict."""
        row = await self._to_change(session, actor, view_id, version)
        view = queries.to_view(row, actor, self._settings)
        await _set(session, row, deleted_at=now())
        await _record(session, actor, "view.delete", view)
        return view

    @use_case(READERS, "write", view_id=About.VIEW)
    async def restore(self, session: AsyncSession, actor: Actor, view_id: int) -> View:
        """Take a delete back. Raises InvalidInput where another one has its name meanwhile."""
        row = await self._row(session, actor, view_id, deleted=True)
        _require_may_change(row, actor)
        await _refuse_taken(session, row.admin_id, row.organization_id, row.name, besides=row.id)
        await _refuse_too_many(session, row.admin_id, row.organization_id)
        await _set(session, row, deleted_at=None)
        view = await self._one(session, actor, view_id)
        await _record(session, actor, "view.restore", view)
        return view

    @use_case(READERS, "write", elsewhere=Outcome.DONE)
    async def arrange(
        self, session: AsyncSession, actor: Actor, order: Sequence[str], start: str = ""
    ) -> None:
        """Have them in this order (keys), and start with this one ("": with none)."""
        there = {view.key for view in await queries.all_of(session, actor, self._settings)}
        there.update(view.key for view in ready_made())
        options = {
            "order": [key for key in dict.fromkeys(order) if key in there],
            "start": start if start in there else "",
        }
        await set_preferences(session, actor.admin_id, SCREEN, options)

    async def _add(
        self,
        session: AsyncSession,
        actor: Actor,
        name: str,
        query: RecipientQuery,
        organization_id: int | None,
    ) -> View:
        cleaned = clean_name(name)
        await _refuse_taken(session, actor.admin_id, organization_id, cleaned)
        await _refuse_too_many(session, actor.admin_id, organization_id)
        made = Stored(
            admin_id=actor.admin_id,
            organization_id=organization_id,
            name=cleaned,
            name_key=search_key(cleaned),
            query=kept(_as_kept(query, organization_id)),
            created_at=now(),
        )
        session.add(made)
        await session.flush()
        return await self._one(session, actor, made.id)

    async def _to_change(
        self, session: AsyncSession, actor: Actor, view_id: int, version: int
    ) -> Any:
        row = await self._row(session, actor, view_id)
        _require_may_change(row, actor)
        if row.version != version:
            raise self._changed_meanwhile(row, actor)
        return row

    async def _change(self, session: AsyncSession, actor: Actor, row: Any, **values: Any) -> View:
        await _set(session, row, **values)
        return await self._one(session, actor, row.id)

    async def _one(self, session: AsyncSession, actor: Actor, view_id: int) -> View:
        return queries.to_view(await self._row(session, actor, view_id), actor, self._settings)

    async def _row(
        self, session: AsyncSession, actor: Actor, view_id: int, *, deleted: bool = False
    ) -> Any:
        select = queries.rows(actor, Stored.id == view_id, deleted=deleted)
        return await one_or(session, select, NotFound(_("This view does not exist (any more).")))

    def _changed_meanwhile(self, row: Any, actor: Actor) -> Conflict:
        return Conflict(
            _("Somebody has changed this view meanwhile."),
            _("Open it again, and see whether yours is still wanted."),
            current=queries.to_view(row, actor, self._settings),
        )


def kept_query(view: View) -> RecipientQuery:
    """What the view asks for. Raises InvalidInput where a newer version means something else by it."""
    if view.query is None:
        raise InvalidInput(
            _("This view was made by a newer version, which means something else by it."),
            _("Update carecall-console on this host."),
        )
    return view.query


def _as_kept(query: RecipientQuery, organization_id: int | None) -> RecipientQuery:
    """An organization's view lists that one: which, its row says."""
    return query if organization_id is None else replace(query, organization_id=None)


def _require_may_change(row: Any, actor: Actor) -> None:
    if reason := why_not_change(row.organization_id, actor.role):
        raise NotPermitted(reason, _("Ask an admin of the organization to change this."))


async def _set(session: AsyncSession, row: Any, **values: Any) -> None:
    await session.execute(
        sa.update(Stored).where(Stored.id == row.id).values(**values, version=row.version + 1)
    )


def _whose(admin_id: int, organization_id: int | None) -> list[sa.ColumnElement[bool]]:
    whose = (
        Stored.organization_id.is_(None) & (Stored.admin_id == admin_id)
        if organization_id is None
        else Stored.organization_id == organization_id
    )
    return [whose, Stored.deleted_at.is_(None)]


async def _refuse_taken(
    session: AsyncSession, admin_id: int, organization_id: int | None, name: str, besides: int = 0
) -> None:
    same = Stored.name_key == search_key(name)
    found = sa.select(Stored.id).where(
        *_whose(admin_id, organization_id), same, Stored.id != besides
    )
    if await session.scalar(found) is not None:
        told = (
            _("You have a view called {name} already.")
            if organization_id is None
            else _("The organization has a view called {name} already.")
        )
        raise InvalidInput(
            told.format(name=name), _("Choose another name, or rename that one."), field="name"
        )


async def _refuse_too_many(
    session: AsyncSession, admin_id: int, organization_id: int | None
) -> None:
    if await count_rows(session, Stored, *_whose(admin_id, organization_id)) >= MOST:
        raise ActionBlocked(
            _("There are {count} views already, which is as many as there can be.").format(
                count=MOST
            ),
            _("Delete one that is not needed any more."),
        )


async def _record(
    session: AsyncSession, actor: Actor, action: str, view: View, details: Any = None
) -> None:
    """What is done with an organization's view; its name and its words stay out of the record."""
    if view.organization_id is not None:
        await trail.record(
            session,
            actor,
            action,
            "view",
            view.id,
            organization_id=view.organization_id,
            details=details,
        )
