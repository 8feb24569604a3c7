"""How each use case is asked on a stage: calls and what they brought up, uploads, and keeping the whole."""

import io
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from core.app.audit.dto import AuditFilter
from core.calls.rules import Verdict
from core.contacts.rules import ContactDraft
from core.conversations.dto import ConversationQuery
from core.duplicates.dto import MergeDraft
from core.history.dto import HistoryQuery
from core.recipients.dto import RecipientRow, Selection
from core.tasks.dto import NextStep, TaskQuery
from core.values.errors import ActionBlocked
from core.values.times import now
from core.written.files import OwnFiles
from tests.core.stage import Stage
from tests.core.use_cases import all_of, case, done, draft, query
from tests.deliveries import deliver, lines

GUARDIAN = ContactDraft("guardian", "딸", "010-9876-5432")

# calls and what they brought up


@case("calls.window")
async def _(s: Stage) -> Any:
    return await s.services.calls.window(s.actor, (await s.call()).recipient_id)


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


@case("calls.next_emergency")
async def _(s: Stage) -> Any:
    made = await s.call("emergency")
    return await s.services.calls.next_emergency(s.actor, made.recipient_id, None)


@case("conversations.search")
async def _(s: Stage) -> Any:
    said = [{"at_s": 0.0, "speaker": "recipient", "text": f"찾는말 {s.name}"}]
    await deliver(s.world, {**await s.line(), "utterances": said})
    query = ConversationQuery(f"찾는말 {s.name}")
    return len((await s.services.conversations.search(s.actor, query)).hits)


@case("ingest.deliver")
async def _(s: Stage) -> Any:
    summary = await s.services.ingest.deliver(s.actor, [lines(await s.line())])
    return summary.created


async def hold(s: Stage) -> int:
    """A delivery that is held; gives its ID."""
    await s.services.ingest.deliver(s.world.system, [f"{s.name} is no call\n".encode()])
    return (await s.services.ingest.held(s.world.system))[-1].id


@case("ingest.held")
async def _(s: Stage) -> Any:
    await hold(s)
    return await s.services.ingest.held(s.actor)


@case("ingest.held_summary")
async def _(s: Stage) -> Any:
    await hold(s)
    return await s.services.ingest.held_summary(s.actor)


@case("ingest.retry")
async def _(s: Stage) -> Any:
    await hold(s)
    return await s.services.ingest.retry(s.actor)


@case("ingest.drop")
async def _(s: Stage) -> Any:
    return await done(s.services.ingest.drop(s.actor, await hold(s), "a test"))


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


@case("tasks.window")
async def _(s: Stage) -> Any:
    task = await s.task()
    query = TaskQuery(organization_id=s.organization_id)
    found = await s.services.tasks.window(s.actor, query)
    return [row for row, _ in found if row.id == task.id]


@case("tasks.count")
async def _(s: Stage) -> Any:
    await s.task()
    return await s.services.tasks.count(s.actor, TaskQuery(organization_id=s.organization_id))


@case("tasks.numbers")
async def _(s: Stage) -> Any:
    before = (await s.services.tasks.numbers(s.actor)).all
    await s.task()
    return (await s.services.tasks.numbers(s.actor)).all - before


@case("tasks.next_unseen")
async def _(s: Stage) -> Any:
    task = await s.task("emergency")
    found = await s.services.tasks.next_unseen(s.actor)
    while found is not None and found.id < task.id:
        found = await s.services.tasks.next_unseen(s.actor, found)
    return found


@case("tasks.tick")
async def _(s: Stage) -> Any:
    return await done(s.services.tasks.tick(s.actor))


@case("tasks.get")
async def _(s: Stage) -> Any:
    return await s.services.tasks.get(s.actor, (await s.task()).id)


@case("tasks.of_recipient")
async def _(s: Stage) -> Any:
    return await s.services.tasks.of_recipient(s.actor, (await s.task()).recipient_id)


@case("tasks.assignees")
async def _(s: Stage) -> Any:
    return await done(s.services.tasks.assignees(s.actor, (await s.task()).id))


@case("tasks.add")
async def _(s: Stage) -> Any:
    recipient = (await s.recipient()).id
    return await s.services.tasks.add(s.actor, recipient, "x", now() + timedelta(days=1))


@case("tasks.take")
async def _(s: Stage) -> Any:
    return await s.services.tasks.take(s.actor, (await s.task()).id)


@case("tasks.give")
async def _(s: Stage) -> Any:
    task = await s.task()
    return await s.services.tasks.give(s.actor, task.id, s.world.system.admin_id)


@case("tasks.later")
async def _(s: Stage) -> Any:
    task = await s.task()
    return await s.services.tasks.later(s.actor, task.id, now() + timedelta(days=1))


@case("tasks.acknowledge")
async def _(s: Stage) -> Any:
    return await s.services.tasks.acknowledge(s.actor, (await s.task("emergency")).id)


@case("tasks.drop")
async def _(s: Stage) -> Any:
    return await s.services.tasks.drop(s.actor, (await s.task()).id, "x")


@case("tasks.done")
async def _(s: Stage) -> Any:
    step = NextStep("x", now() + timedelta(days=1))
    task = await s.task()
    return await s.services.tasks.done(s.actor, task.id, action_type="phoned", next_step=step)


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


# contacts


@case("contacts.list")
async def _(s: Stage) -> Any:
    return await s.services.contacts.list(s.actor, (await s.contact()).recipient_id)


@case("contacts.next_for")
async def _(s: Stage) -> Any:
    return await s.services.contacts.next_for(s.actor, (await s.contact()).recipient_id)


@case("contacts.get")
async def _(s: Stage) -> Any:
    return await s.services.contacts.get(s.actor, (await s.contact()).id)


@case("contacts.add")
async def _(s: Stage) -> Any:
    return await s.services.contacts.add(s.actor, (await s.recipient()).id, GUARDIAN)


@case("contacts.edit")
async def _(s: Stage) -> Any:
    return await s.services.contacts.edit(s.actor, (await s.contact()).id, GUARDIAN, 1)


@case("contacts.move")
async def _(s: Stage) -> Any:
    return await s.services.contacts.move(s.actor, (await s.contact()).id, 1)


@case("contacts.delete")
async def _(s: Stage) -> Any:
    return await done(s.services.contacts.delete(s.actor, (await s.contact()).id, 1))


@case("contacts.reveal")
async def _(s: Stage) -> Any:
    return await s.services.contacts.reveal(s.actor, (await s.contact()).id, "why")


@case("contacts.copied")
async def _(s: Stage) -> Any:
    return await s.services.contacts.copied(s.actor, (await s.contact()).id, "why")


async def tagged(s: Stage) -> Any:
    """A recipient with a tag, and the tag."""
    row = await s.recipient()
    await s.services.tags.change(s.world.system, Selection(frozenset({row.id})), 1, add=[s.name])
    found = await s.services.tags.list(s.world.system)
    return row, next(
        tag for tag in found if tag.organization_id == s.organization_id and tag.name == s.name
    )


@case("tags.list")
async def _(s: Stage) -> Any:
    _row, made = await tagged(s)
    return [tag for tag in await s.services.tags.list(s.actor) if tag.id == made.id]


@case("tags.of_recipient")
async def _(s: Stage) -> Any:
    return await s.services.tags.of_recipient(s.actor, (await tagged(s))[0].id)


@case("tags.of_selection")
async def _(s: Stage) -> Any:
    row, _made = await tagged(s)
    return await s.services.tags.of_selection(s.actor, Selection(frozenset({row.id})))


@case("tags.change")
async def _(s: Stage) -> Any:
    return await s.services.tags.change(s.actor, await s.selection(), 1, add=[s.name])


@case("tags.rename")
async def _(s: Stage) -> Any:
    return await s.services.tags.rename(s.actor, (await tagged(s))[1].id, f"{s.name}-", 1)


@case("tags.delete")
async def _(s: Stage) -> Any:
    return await s.services.tags.delete(s.actor, (await tagged(s))[1].id, 1)


async def closed(work: Awaitable[Any]) -> bool:
    (await work).file.close()
    return True


@case("history.window")
async def _(s: Stage) -> Any:
    query = HistoryQuery((await s.task()).recipient_id)
    return await s.services.history.window(s.actor, query)


@case("history.count")
async def _(s: Stage) -> Any:
    query = HistoryQuery((await s.task()).recipient_id)
    return await s.services.history.count(s.actor, query)


@case("handovers.unsigned")
async def _(s: Stage) -> Any:
    return await s.services.handovers.unsigned(s.actor, s.organization_id)


@case("handovers.last_id")
async def _(s: Stage) -> Any:
    found = await s.handover()
    assert await s.services.handovers.last_id(s.actor, s.organization_id) == found
    return found


@case("handovers.get")
async def _(s: Stage) -> Any:
    return await s.services.handovers.get(s.actor, await s.handover())


@case("handovers.list")
async def _(s: Stage) -> Any:
    await s.handover()
    return await s.services.handovers.list(s.actor, s.organization_id)


@case("handovers.waiting")
async def _(s: Stage) -> Any:
    made = await s.handover()
    return [row for row in await s.services.handovers.waiting(s.actor) if row.id == made]


@case("handovers.sign")
async def _(s: Stage) -> Any:
    before = (await s.services.handovers.unsigned(s.world.system, s.organization_id)).before
    return await s.services.handovers.sign(s.actor, s.organization_id, "bye", before)


@case("handovers.confirm")
async def _(s: Stage) -> Any:
    return await s.services.handovers.confirm(s.actor, await s.handover())


@case("voice.open_unheard")
async def _(s: Stage) -> Any:
    return await closed(s.services.voice.open_unheard(s.actor, (await s.voice_call()).id))


@case("voice.open_voice")
async def _(s: Stage) -> Any:
    return await closed(s.services.voice.open_voice(s.actor, (await s.voice_call()).id))


@case("voice.open_by_external_id")
async def _(s: Stage) -> Any:
    made = await s.voice_call()
    return await closed(s.services.voice.open_by_external_id(s.actor, made.external_id))


# uploads and downloads


@case("uploads.upload")
async def _(s: Stage) -> Any:
    return await s.services.uploads.upload(
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
    return await s.services.downloads.write(s.actor, query(s), io.BytesIO(), reason="report")


# what the admin wrote out


def written(s: Stage) -> str:
    with OwnFiles(s.services.settings.data_dir, s.actor.login).create(s.name) as file:
        file.write(b"mine")
    return s.name


@case("written.list")
async def _(s: Stage) -> Any:
    written(s)
    return await s.services.written.list(s.actor)


@case("written.fetch")
async def _(s: Stage) -> Any:
    with await s.services.written.fetch(s.actor, written(s)) as file:
        return file.read()


@case("written.delete")
async def _(s: Stage) -> Any:
    return await done(s.services.written.delete(s.actor, written(s)))


# the records, and keeping the whole


@case("audit.list")
async def _(s: Stage) -> Any:
    row = await s.recipient()
    return await all_of(s.services.audit.list(s.actor, AuditFilter(recipient=row.id)))


@case("audit.verify")
async def _(s: Stage) -> Any:
    return await s.services.audit.verify(s.actor)


@case("audit.review")
async def _(s: Stage) -> Any:
    return await s.services.audit.review(s.actor)


@case("audit.sign_review")
async def _(s: Stage) -> Any:
    return await s.services.audit.sign_review(s.actor, "", "checked")


@case("retention.erase_expired")
async def _(s: Stage) -> Any:
    return await s.services.retention.erase_expired(s.actor)


@case("exports.write")
async def _(s: Stage) -> Any:
    class Nowhere:
        def add(self, _name: str, _content: object) -> None: ...

    row = await s.recipient()
    return await s.services.exports.write(s.actor, row.id, Nowhere(), "asked for")


@case("exports.check")
async def _(s: Stage) -> Any:
    return await done(s.services.exports.check(s.actor, (await s.recipient()).id, "asked for"))


@case("retention.held")
async def _(s: Stage) -> Any:
    return await s.services.retention.held(s.actor, (await s.recipient()).id)


@case("retention.erase")
async def _(s: Stage) -> Any:
    return await s.services.retention.erase(s.actor, (await s.recipient()).id, "asked for")


@case("backup.make")
async def _(s: Stage) -> Any:
    file = s.world.settings.voice_dir.with_name(s.name)
    try:
        return await s.services.backup.make(s.actor, file)
    except ActionBlocked:
        return not s.world.database.is_sqlite


@case("trends.of_recipient")
async def _(s: Stage) -> Any:
    return await s.services.trends.of_recipient(s.actor, (await s.recipient()).id)


@case("trends.of_organization")
async def _(s: Stage) -> Any:
    return await s.services.trends.of_organization(s.actor, s.organization_id)


async def near_ones(s: Stage) -> tuple[RecipientRow, RecipientRow]:
    one = await s.recipient()
    number = one.phone.replace("+82102", "+82109")  # no other test has one like it
    other = await s.world.recipient(s.organization_id, one.name, number)
    return one, other


@case("duplicates.find")
async def _(s: Stage) -> Any:
    await near_ones(s)
    return (await s.services.duplicates.find(s.actor, s.organization_id)).pairs


@case("duplicates.compare")
async def _(s: Stage) -> Any:
    one, other = await near_ones(s)
    return await s.services.duplicates.compare(s.actor, one.id, other.id)


@case("duplicates.merge")
async def _(s: Stage) -> Any:
    one, other = await near_ones(s)
    draft = MergeDraft(one.version, other.id, other.version)
    return await s.services.duplicates.merge(s.actor, one.id, draft)


@case("duplicates.tell_apart")
async def _(s: Stage) -> Any:
    one, other = await near_ones(s)
    return await done(s.services.duplicates.tell_apart(s.actor, one.id, other.id))
