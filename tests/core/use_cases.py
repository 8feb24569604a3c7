"""How each use case is asked on a stage: admins, organizations, recipients and campaigns."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from core.app.permissions import Outcome
from core.db.models import Deletion
from core.recipients.deletion_dto import DeletedQuery, DeletedSelection
from core.recipients.dto import RecipientQuery
from core.recipients.rules import ManyDraft, RecipientDraft
from core.values.roles import Role
from core.views.dto import View
from tests.core.stage import Stage
from tests.factories import next_phone

CASES: dict[str, Callable[[Stage], Awaitable[Any]]] = {}


def case(name: str) -> Callable[[Callable[[Stage], Awaitable[Any]]], None]:
    """What is asked of a use case. Gives something empty where it is answered as if there were nothing."""

    def keep(ask: Callable[[Stage], Awaitable[Any]]) -> None:
        CASES[name] = ask

    return keep


def draft(stage: Stage) -> RecipientDraft:
    return RecipientDraft("이민수", next_phone(), "", organization_id=stage.organization_id)


def query(stage: Stage) -> RecipientQuery:
    return RecipientQuery(organization_id=stage.organization_id)


async def done(work: Awaitable[Any]) -> bool:
    await work
    return True


async def all_of(found: Any) -> list[Any]:
    return [one async for one in found]


# admins and organizations


@case("admins.add")
async def _(s: Stage) -> Any:
    return await s.services.admins.add(s.actor, s.name, "viewer", s.organization)


@case("admins.list")
async def _(s: Stage) -> Any:
    login = await s.admin()
    return [row for row in await s.services.admins.list(s.actor) if row.login == login]


@case("admins.disable")
async def _(s: Stage) -> Any:
    return await s.services.admins.disable(s.actor, await s.admin())


@case("admins.enable")
async def _(s: Stage) -> Any:
    login = await s.admin()
    await s.services.admins.disable(s.world.system, login)
    return await s.services.admins.enable(s.actor, login)


@case("admins.current")
async def _(s: Stage) -> Any:
    return await s.services.admins.current(s.actor)


@case("admins.preferences")
async def _(s: Stage) -> Any:
    return await done(s.services.admins.preferences(s.actor))


@case("admins.set_preferences")
async def _(s: Stage) -> Any:
    return await done(s.services.admins.set_preferences(s.actor, "recipients", {}))


@case("organizations.add")
async def _(s: Stage) -> Any:
    return await s.services.organizations.add(s.actor, s.name)


@case("organizations.list")
async def _(s: Stage) -> Any:
    return await s.services.organizations.list(s.actor, s.organization)


@case("organizations.get")
async def _(s: Stage) -> Any:
    return await s.services.organizations.get(s.actor, s.organization_id)


@case("organizations.by_name")
async def _(s: Stage) -> Any:
    return await s.services.organizations.by_name(s.actor, s.organization)


@case("organizations.rename")
async def _(s: Stage) -> Any:
    return await s.services.organizations.rename(s.actor, s.organization_id, s.name, 1)


# views


async def view(s: Stage) -> View:
    """A view of the organization; one of the actor's own, where the role does not write there."""
    made = await s.services.views.share(s.world.system, s.organization_id, s.name, query(s))
    if s.actor.role is Role.VIEWER and s.actor.organization_id == s.organization_id:
        return cast("View", await s.services.views.save(s.actor, s.name, query(s)))
    return cast("View", made)


@case("views.list")
async def _(s: Stage) -> Any:
    return await s.services.views.list(s.actor)


@case("views.open")
async def _(s: Stage) -> Any:
    return await s.services.views.open(s.actor, (await view(s)).id)


@case("views.numbers")
async def _(s: Stage) -> Any:
    await s.recipient()
    return [one for one in await all_of(s.services.views.numbers(s.actor, [query(s)])) if one.count]


@case("views.save")
async def _(s: Stage) -> Any:
    return await s.services.views.save(s.actor, s.name, query(s))


@case("views.share")
async def _(s: Stage) -> Any:
    return await s.services.views.share(s.actor, s.organization_id, s.name, query(s))


@case("views.replace")
async def _(s: Stage) -> Any:
    made = await view(s)
    return await s.services.views.replace(s.actor, made.id, query(s), made.version)


@case("views.rename")
async def _(s: Stage) -> Any:
    made = await view(s)
    return await s.services.views.rename(s.actor, made.id, f"{s.name} 2", made.version)


@case("views.delete")
async def _(s: Stage) -> Any:
    made = await view(s)
    return await s.services.views.delete(s.actor, made.id, made.version)


@case("views.restore")
async def _(s: Stage) -> Any:
    made = await view(s)
    whose = s.world.system if made.organization_id else s.actor
    await s.services.views.delete(whose, made.id, made.version)
    return await s.services.views.restore(s.actor, made.id)


@case("views.arrange")
async def _(s: Stage) -> Any:
    return await done(s.services.views.arrange(s.actor, [], ""))


# recipients and participations


@case("recipients.window")
async def _(s: Stage) -> Any:
    await s.recipient()
    return await s.services.recipients.window(s.actor, query(s))


@case("recipients.count")
async def _(s: Stage) -> Any:
    await s.recipient()
    return await s.services.recipients.count(s.actor, query(s))


@case("recipients.index_of")
async def _(s: Stage) -> Any:
    row = await s.recipient()
    at = await s.services.recipients.index_of(s.actor, query(s), row.id)
    return [] if at is None else [at]


@case("recipients.counts")
async def _(s: Stage) -> Any:
    return (await s.services.recipients.counts(s.actor, await s.selection())).total


@case("recipients.get")
async def _(s: Stage) -> Any:
    return await s.services.recipients.get(s.actor, (await s.recipient()).id)


@case("recipients.reveal")
async def _(s: Stage) -> Any:
    return await s.services.recipients.reveal(s.actor, (await s.recipient()).id, "why")


@case("recipients.add")
async def _(s: Stage) -> Any:
    row = await s.services.recipients.add(s.actor, draft(s))
    return row if row.organization_id == s.organization_id else Outcome.OWN


@case("recipients.edit")
async def _(s: Stage) -> Any:
    return await s.services.recipients.edit(s.actor, (await s.recipient()).id, draft(s), 1)


@case("recipients.versions")
async def _(s: Stage) -> Any:
    return await s.services.recipients.versions(s.actor, await s.selection())


@case("recipients.edit_many")
async def _(s: Stage) -> Any:
    many = ManyDraft({"other_information": s.name})
    return await s.services.recipients.edit_many(s.actor, await s.selection(), 1, many)


@case("recipients.delete")
async def _(s: Stage) -> Any:
    return await s.services.recipients.delete(s.actor, await s.selection(), 1)


@case("deletions.undo")
async def _(s: Stage) -> Any:
    gone = await s.services.recipients.delete(s.world.system, await s.selection(), 1)
    return await s.services.deletions.undo(s.actor, gone.id)


async def deleted(s: Stage) -> Any:
    return await s.services.recipients.delete(s.world.system, await s.selection(), 1)


@case("deletions.window")
async def _(s: Stage) -> Any:
    await deleted(s)
    return await s.services.deletions.window(s.actor, DeletedQuery())


@case("deletions.count")
async def _(s: Stage) -> Any:
    await deleted(s)
    return await s.services.deletions.count(s.actor, DeletedQuery())


@case("deletions.latest")
async def _(s: Stage) -> Any:
    # one's own deletes only
    gone = await deleted(s)
    async with s.world.database.transaction() as session:
        made = await session.get_one(Deletion, gone.id)
        made.admin_id = s.actor.admin_id
    return await s.services.deletions.latest(s.actor) or []


@case("deletions.restore")
async def _(s: Stage) -> Any:
    selection = await s.selection()
    await s.services.recipients.delete(s.world.system, selection, 1)
    return await s.services.deletions.restore(s.actor, DeletedSelection(ids=selection.ids))


@case("deletions.restore_with")
async def _(s: Stage) -> Any:
    selection = await s.selection()
    [one] = selection.ids
    await s.services.recipients.delete(s.world.system, selection, 1)
    return await s.services.deletions.restore_with(s.actor, one, next_phone())


@case("participations.of_recipient")
async def _(s: Stage) -> Any:
    [recipient_id] = (await s.in_campaign()).ids
    return await s.services.participations.of_recipient(s.actor, recipient_id)


@case("participations.pause")
async def _(s: Stage) -> Any:
    return await s.services.participations.pause(s.actor, await s.in_campaign(), 1)


@case("participations.resume")
async def _(s: Stage) -> Any:
    chosen = await s.in_campaign()
    await s.services.participations.pause(s.world.system, chosen, 1)
    return await s.services.participations.resume(s.actor, chosen, 1)


# campaigns


@case("campaigns.add")
async def _(s: Stage) -> Any:
    return await s.services.campaigns.add(s.actor, s.name, s.organization)


@case("campaigns.list")
async def _(s: Stage) -> Any:
    name = await s.campaign()
    return [row for row in await s.services.campaigns.list(s.actor) if row.name == name]


@case("campaigns.participants")
async def _(s: Stage) -> Any:
    row = await s.recipient()
    made = await s.world.campaign(f"{s.name}-open", recipients=[row.id])
    return (await s.services.campaigns.participants(s.actor)).get(made)


@case("campaigns.start")
async def _(s: Stage) -> Any:
    return await s.services.campaigns.start(s.actor, await s.campaign("scheduled"))


@case("campaigns.end")
async def _(s: Stage) -> Any:
    return await s.services.campaigns.end(s.actor, await s.campaign())


@case("campaigns.enroll")
async def _(s: Stage) -> Any:
    await s.recipient()
    return await s.services.campaigns.enroll(s.actor, await s.campaign(), everybody=True)


@case("campaigns.withdraw")
async def _(s: Stage) -> Any:
    return await s.services.campaigns.withdraw(s.actor, await s.campaign(), everybody=True)


@case("campaigns.call_list")
async def _(s: Stage) -> Any:
    return await done(all_of(s.services.campaigns.call_list(s.actor, await s.campaign())))
