"""Every use case, by every role, in the own organization and in another one, does what the matrix declares."""

import inspect
import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.actor import Actor, Role
from core.auditing.dto import AuditFilter
from core.calls.rules import Verdict
from core.errors import NotFound, NotPermitted, StorageUnavailable
from core.identity import Identity
from core.permissions import MATRIX, WITHIN_TRANSACTION, WITHOUT_ACTOR, Outcome
from core.recipients.dto import RecipientQuery
from core.recipients.rules import RecipientDraft
from tests.core.stage import Stage, stage
from tests.deliveries import lines
from tests.factories import World, next_phone

CASES: dict[str, Callable[[Stage], Awaitable[Any]]] = {}


def case(name: str) -> Callable[[Callable[[Stage], Awaitable[Any]]], None]:
    """What is asked of a use case. Gives something empty where it is answered as if there were nothing."""

    def keep(ask: Callable[[Stage], Awaitable[Any]]) -> None:
        CASES[name] = ask

    return keep


def draft(stage: Stage) -> RecipientDraft:
    return RecipientDraft("이민수", next_phone(), "", stage.organization_id)


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


@case("admins.present")
async def _(s: Stage) -> Any:
    return await s.services.admins.present(s.actor)


@case("admins.preferences")
async def _(s: Stage) -> Any:
    return await done(s.services.admins.preferences(s.actor))


@case("admins.prefer")
async def _(s: Stage) -> Any:
    return await done(s.services.admins.prefer(s.actor, "recipients", {}))


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


# recipients and participations


@case("recipients.window")
async def _(s: Stage) -> Any:
    await s.recipient()
    return await s.services.recipients.window(s.actor, query(s), None)


@case("recipients.count")
async def _(s: Stage) -> Any:
    await s.recipient()
    return await s.services.recipients.count(s.actor, query(s))


@case("recipients.counts")
async def _(s: Stage) -> Any:
    return (await s.services.recipients.counts(s.actor, await s.selection())).total


@case("recipients.get")
async def _(s: Stage) -> Any:
    return await s.services.recipients.get(s.actor, (await s.recipient()).id)


@case("recipients.reveal")
async def _(s: Stage) -> Any:
    return await s.services.recipients.reveal(s.actor, (await s.recipient()).id)


@case("recipients.add")
async def _(s: Stage) -> Any:
    row = await s.services.recipients.add(s.actor, draft(s))
    return row if row.organization_id == s.organization_id else Outcome.OWN


@case("recipients.edit")
async def _(s: Stage) -> Any:
    return await s.services.recipients.edit(s.actor, (await s.recipient()).id, draft(s), 1)


@case("recipients.delete")
async def _(s: Stage) -> Any:
    return await s.services.recipients.delete(s.actor, await s.selection(), 1)


@case("recipients.undo_delete")
async def _(s: Stage) -> Any:
    gone = await s.services.recipients.delete(s.world.system, await s.selection(), 1)
    return await s.services.recipients.undo_delete(s.actor, gone.id)


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


# calls and what they brought up


@case("calls.window")
async def _(s: Stage) -> Any:
    return await s.services.calls.window(s.actor, (await s.call()).recipient_id, None)


@case("calls.count")
async def _(s: Stage) -> Any:
    return await s.services.calls.count(s.actor, (await s.call()).recipient_id)


@case("calls.index_of")
async def _(s: Stage) -> Any:
    return await done(s.services.calls.index_of(s.actor, (await s.call()).id))


@case("calls.get")
async def _(s: Stage) -> Any:
    return await s.services.calls.get(s.actor, (await s.call()).id)


@case("calls.by_external_id")
async def _(s: Stage) -> Any:
    return await s.services.calls.by_external_id(s.actor, (await s.call()).external_id)


@case("calls.latest_without_followup")
async def _(s: Stage) -> Any:
    made = await s.call()
    return await s.services.calls.latest_without_followup(s.actor, made.recipient_id)


@case("ingest.take_in")
async def _(s: Stage) -> Any:
    summary = await s.services.ingest.take_in(s.actor, [lines(await s.line())])
    return summary.created


@case("feedback.give")
async def _(s: Stage) -> Any:
    return await s.services.feedback.give(s.actor, (await s.call()).id, Verdict.POSITIVE)


@case("memory.list")
async def _(s: Stage) -> Any:
    return await s.services.memory.list(s.actor, (await s.memory()).recipient_id)


@case("memory.get")
async def _(s: Stage) -> Any:
    return await s.services.memory.get(s.actor, (await s.memory()).id)


@case("memory.history")
async def _(s: Stage) -> Any:
    return await s.services.memory.history(s.actor, (await s.memory()).id)


@case("memory.edit")
async def _(s: Stage) -> Any:
    return await s.services.memory.edit(s.actor, (await s.memory()).id, "x", 1)


@case("memory.reset")
async def _(s: Stage) -> Any:
    return await s.services.memory.reset(s.actor, (await s.memory()).id, 1)


@case("followups.list")
async def _(s: Stage) -> Any:
    return await s.services.followups.list(s.actor, (await s.followup()).recipient_id)


@case("followups.get")
async def _(s: Stage) -> Any:
    return await s.services.followups.get(s.actor, (await s.followup()).id)


@case("followups.add")
async def _(s: Stage) -> Any:
    return await s.services.followups.add(s.actor, (await s.call()).id, "phoned")


@case("followups.edit")
async def _(s: Stage) -> Any:
    return await s.services.followups.edit(s.actor, (await s.followup()).id, "visited", "", 1)


@case("followups.delete")
async def _(s: Stage) -> Any:
    return await done(s.services.followups.delete(s.actor, (await s.followup()).id, 1))


@case("memos.list")
async def _(s: Stage) -> Any:
    return await s.services.memos.list(s.actor, (await s.memo()).recipient_id)


@case("memos.get")
async def _(s: Stage) -> Any:
    return await s.services.memos.get(s.actor, (await s.memo()).id)


@case("memos.add")
async def _(s: Stage) -> Any:
    return await s.services.memos.add(s.actor, (await s.recipient()).id, "x")


@case("memos.edit")
async def _(s: Stage) -> Any:
    return await s.services.memos.edit(s.actor, (await s.memo()).id, "x", 1)


@case("memos.delete")
async def _(s: Stage) -> Any:
    return await done(s.services.memos.delete(s.actor, (await s.memo()).id, 1))


async def closed(work: Awaitable[Any]) -> bool:
    (await work).file.close()
    return True


@case("voice.look_at")
async def _(s: Stage) -> Any:
    return await closed(s.services.voice.look_at(s.actor, (await s.voice_call()).id))


@case("voice.open_voice")
async def _(s: Stage) -> Any:
    return await closed(s.services.voice.open_voice(s.actor, (await s.voice_call()).id))


@case("voice.open_by_external_id")
async def _(s: Stage) -> Any:
    made = await s.voice_call()
    return await closed(s.services.voice.open_by_external_id(s.actor, made.external_id))


# uploads and downloads


@case("uploads.take_in")
async def _(s: Stage) -> Any:
    return await s.services.uploads.take_in(
        s.actor, s.workbook(), "x.xlsx", organization=s.organization
    )


@case("uploads.uploads")
async def _(s: Stage) -> Any:
    made = await s.upload()
    return [row for row in await s.services.uploads.uploads(s.actor) if row.id == made]


@case("uploads.count")
async def _(s: Stage) -> Any:
    before = await s.services.uploads.count(s.actor)
    await s.upload()
    return await s.services.uploads.count(s.actor) - before


@case("uploads.get")
async def _(s: Stage) -> Any:
    return await s.services.uploads.get(s.actor, await s.upload())


@case("uploads.results")
async def _(s: Stage) -> Any:
    return await s.services.uploads.results(s.actor, await s.upload())


@case("uploads.count_results")
async def _(s: Stage) -> Any:
    return await s.services.uploads.count_results(s.actor, await s.upload())


@case("uploads.all_results")
async def _(s: Stage) -> Any:
    return await all_of(s.services.uploads.all_results(s.actor, await s.upload()))


@case("uploads.write_results")
async def _(s: Stage) -> Any:
    return await s.services.uploads.write_results(
        s.actor, await s.upload(), io.BytesIO(), failed_only=True
    )


@case("uploads.correct_row")
async def _(s: Stage) -> Any:
    return await s.services.uploads.correct_row(s.actor, await s.upload(), 2, draft(s))


@case("uploads.undo")
async def _(s: Stage) -> Any:
    return await s.services.uploads.undo(s.actor, await s.upload())


@case("downloads.write")
async def _(s: Stage) -> Any:
    await s.recipient()
    return await s.services.downloads.write(s.actor, query(s), io.BytesIO())


# the records, and keeping the whole


@case("audit.list")
async def _(s: Stage) -> Any:
    row = await s.recipient()
    return await all_of(s.services.audit.list(s.actor, AuditFilter(recipient=row.id)))


@case("audit.verify")
async def _(s: Stage) -> Any:
    return await s.services.audit.verify(s.actor)


@case("retention.erase_expired")
async def _(s: Stage) -> Any:
    return await s.services.retention.erase_expired(s.actor)


@case("backup.make")
async def _(s: Stage) -> Any:
    return await s.services.backup.make(s.actor, s.world.database.path.with_name(s.name))


async def outcome(ask: Callable[[Stage], Awaitable[Any]], on: Stage) -> Outcome:
    try:
        result = await ask(on)
    except NotPermitted:
        return Outcome.REFUSED
    except NotFound:
        return Outcome.NOT_FOUND
    if isinstance(result, Outcome):
        return result
    return Outcome.DONE if result else Outcome.EMPTY


@pytest.mark.parametrize("name", MATRIX)
async def test_a_use_case_does_for_each_role_what_the_matrix_says(world: World, name: str) -> None:
    found, recorded, declared = {}, {}, {}
    for role in Role:
        for own in (True, False):
            key = (role.value, "own" if own else "other")
            on = await stage(world, role, own=own)
            declared[key] = MATRIX[name].outcome(role, own=own)
            found[key] = await outcome(CASES[name], on)
            recorded[key] = [row.details["tried"] for row in await on.refused()]
    assert found == declared
    refused = (Outcome.REFUSED, Outcome.NOT_FOUND)
    assert recorded == {key: [name] if to in refused else [] for key, to in declared.items()}


async def test_every_use_case_is_in_the_matrix(world: World) -> None:
    there = {
        f"{name}.{method}"
        for name, service in vars(world.services).items()
        if type(service).__module__.startswith("core.") and name not in ("settings", "database")
        for method, _value in inspect.getmembers(type(service), inspect.isfunction)
        if not method.startswith("_")
    }
    assert there == {*MATRIX, *WITHOUT_ACTOR, *WITHIN_TRANSACTION}
    assert set(CASES) == set(MATRIX)


async def test_what_is_gone_is_no_refused_try(world: World) -> None:
    on = await stage(world, Role.ORGANIZATION, own=True)
    row = await on.recipient()
    await on.services.recipients.delete(world.system, (await on.selection()), 1)
    for recipient_id in (row.id + 1, 99_999):
        with pytest.raises(NotFound):
            await on.services.recipients.get(on.actor, recipient_id)
    assert await on.refused() == []


async def test_a_refused_try_names_who_what_and_where_from(world: World) -> None:
    on = await stage(world, Role.VIEWER, own=False)
    row = await on.recipient()
    actor = Actor(on.actor.admin_id, on.actor.login, "", Role.VIEWER, None, "kim.cs", "192.0.2.7")
    with pytest.raises(NotFound):
        await on.services.recipients.get(actor, row.id)
    [record] = await on.refused()
    assert (record.account, record.client) == ("kim.cs", "192.0.2.7")
    assert (record.subject, record.subject_id) == ("recipient", row.id)
    assert record.details == {"tried": "recipients.get"}


async def test_a_role_that_somebody_claims_is_not_believed(world: World) -> None:
    on = await stage(world, Role.VIEWER, own=False)
    row = await on.recipient()
    claimed = Actor(on.actor.admin_id, on.actor.login, "", Role.SYSTEM, None, "x")
    with pytest.raises(NotPermitted):
        await on.services.recipients.edit(claimed, row.id, draft(on), 1)
    with pytest.raises(NotFound):
        await on.services.recipients.get(claimed, row.id)
    tried = [record.details["tried"] for record in await on.refused()]
    assert tried == ["recipients.get", "recipients.edit"]


async def test_an_actor_that_does_not_exist_is_refused_and_recorded(world: World) -> None:
    nobody = Actor(4_711, "nobody", "", Role.SYSTEM, None, "ghost")
    with pytest.raises(NotPermitted):
        await world.services.recipients.count(nobody, RecipientQuery())
    [first, *_others] = await all_of(world.services.audit.list(world.system))
    assert (first.action, first.account, first.admin) == ("refused", "ghost", "")


async def test_whoever_is_let_in_by_nobody_leaves_a_record(world: World) -> None:
    with pytest.raises(NotPermitted):
        await world.services.admins.sign_in(Identity("mallory", 1, "192.0.2.66"))
    [record, *_others] = await all_of(world.services.audit.list(world.system))
    assert (record.action, record.account, record.client) == ("refused", "mallory", "192.0.2.66")


async def test_who_may_not_even_write_the_database_is_refused_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = await stage(world, Role.ORGANIZATION, own=False)
    row = await on.recipient()

    async def read_only(*_args: Any, **_kwargs: Any) -> None:
        raise StorageUnavailable("The database is read-only.")

    monkeypatch.setattr("core.audit.record", read_only)
    with pytest.raises(NotFound):
        await on.services.recipients.get(on.actor, row.id)


async def test_a_disabled_admin_loses_the_next_read_and_write(world: World) -> None:
    on = await stage(world, Role.ORGANIZATION, own=True)
    row = await on.recipient()
    await on.services.admins.disable(world.system, on.actor.login)
    for work in (
        on.services.recipients.edit(on.actor, row.id, draft(on), 1),
        on.services.recipients.get(on.actor, row.id),
        on.services.admins.present(on.actor),
    ):
        with pytest.raises(NotPermitted, match="is disabled"):
            await work
