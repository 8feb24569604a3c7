"""Tables × verbs × whose row, tried by SQL as each role, and compared with what is written here by hand.

A line for each table: what each role may do with a row of its own organization | of another one | of all (or, of
admins and audit records, of no organization). r read, i insert, u update, d delete. Who is not named may nothing.
kim (organization), eve (viewer) and bot (ingest) are of Alpha, the rows of Alpha are kim's where they are
somebody's. dan is disabled, nobody has no admin.
"""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from core.db.migrations.row_rules import RULES
from core.db.models import (
    Base,
    Call,
    Contact,
    ConversationFill,
    ConversationGrams,
    Deletion,
    Feedback,
    FollowupAction,
    Forwarded,
    Handover,
    HeaderMapping,
    HeldDelivery,
    Memo,
    MemoryDetail,
    MemoryVersion,
    Merge,
    Recipient,
    RecipientTag,
    Tag,
    Task,
    TaskCall,
    ToldApart,
    Upload,
    UploadRow,
    Utterance,
    View,
)
from core.values.roles import Role
from core.values.times import now
from tests import postgresql
from tests.factories import World, make_services
from tests.postgresql import as_role

EXPECTED = {
    "organizations": {"system": "riu|riu", "kim": "r|", "eve": "r|", "bot": "r|"},
    "admins": {"system": "riu|riu|riu", "kim": "r||r", "eve": "r||r"},
    "recipients": {"system": "riud|riud", "kim": "riu|", "eve": "r|", "bot": "ru|"},
    "campaigns": {"system": "riu|riu|riu", "kim": "riu||r", "eve": "r||r", "bot": "r||r"},
    "participations": {"system": "riud|riud", "kim": "riud|", "eve": "r|", "bot": "riu|"},
    "calls": {"system": "riud|riud", "kim": "r|", "eve": "r|", "bot": "riu|"},
    "held_deliveries": {"system": "rid|rid", "bot": "i|"},
    "utterances": {"system": "riud|riud", "kim": "r|", "eve": "r|", "bot": "rid|"},
    "conversation_grams": {"system": "riud|riud", "kim": "rid|", "eve": "r|", "bot": "rid|"},
    "conversation_fill": {"system": "ru", "kim": "r", "eve": "r", "bot": "r"},
    "memory_details": {"system": "riud|riud", "kim": "ru|", "eve": "r|", "bot": "riu|"},
    "memory_versions": {"system": "riud|riud", "kim": "ri|", "eve": "r|", "bot": "ri|"},
    "followup_actions": {"system": "riud|riud", "kim": "riud|", "eve": "r|"},
    # the calling system makes tasks of calls, but none that is its own, as the one here would be
    "tasks": {"system": "riud|riud", "kim": "riu|", "eve": "r|", "bot": "ru|"},
    "task_calls": {"system": "rid|rid", "kim": "rid|", "eve": "r|", "bot": "rid|"},
    # kim has signed the one of Alpha: somebody else confirms it
    "handovers": {"system": "riud|riud", "kim": "ri|", "eve": "r|"},
    # one of the organization; what eve has of her own is hers (test_row_security)
    "views": {"system": "riud|riud", "kim": "riu|", "eve": "r|"},
    "memos": {"system": "rid|rid", "kim": "riud|", "eve": "r|"},
    "tags": {"system": "riud|riud", "kim": "riud|", "eve": "r|"},
    "recipient_tags": {"system": "rid|rid", "kim": "rid|", "eve": "r|"},
    "contacts": {"system": "riud|riud", "kim": "riud|", "eve": "r|"},
    "feedback": {"system": "rid|rid", "kim": "riud|", "eve": "r|"},
    "uploads": {"system": "riu|riu", "kim": "riu|", "eve": "r|"},
    "header_mappings": {"system": "riu|riu", "kim": "riu|", "eve": "r|"},
    # a delete belongs to an admin; whom it took, the recipients say
    "deletions": {"system": "rid|rid", "kim": "riu|i", "eve": "r|"},
    "upload_rows": {"system": "riud|riud", "kim": "riud|", "eve": "r|"},
    "audit_records": {"system": "r|r|r", "kim": "r||"},
    "access_records": {"system": "r|r", "kim": "r|"},
    "forwarded": {"system": "riu|riu"},
    # made by carecall_merge() only
    "merges": {"system": "rud|rud", "kim": "ru|", "eve": "r|"},
    "told_apart": {"system": "rid|rid", "kim": "rid|", "eve": "r|"},
}
ROLES = ("system", "kim", "eve", "bot", "dan", "nobody")


async def office(world: World, organization: int, author: int) -> dict[str, Any]:
    """A row of each table in this organization, by this admin; gives how each is found."""
    recipient = (await world.recipient(organization)).id
    gone = (await world.recipient(organization)).id
    campaign = await world.campaign(f"Of {organization}", organization, recipients=[recipient])
    moment = now() - timedelta(days=1)
    async with world.database.transaction() as session:
        call = Call(
            external_id=f"c-{organization}", organization_id=organization, recipient_id=recipient,
            campaign_id=campaign, started_at=moment, result="connected",
        )  # fmt: skip
        upload = Upload(
            admin_id=author, organization_id=organization, file_name="x", file_hash="x", created_at=moment,
            read=1, created=0, unchanged=0, failed=1, warnings=0,
        )  # fmt: skip
        held = HeldDelivery(
            received_at=moment, admin_id=author, source="", organization_id=organization, line=1,
            reason="line", emergency=False, size=1, digest="x", content=b"x",
        )  # fmt: skip
        deletion = Deletion(admin_id=author, created_at=moment)
        session.add_all([call, upload, held, deletion])
        await session.flush()
        deleted = await session.get_one(Recipient, gone)
        deleted.deleted_at, deleted.deletion_id = moment, deletion.id
        by = {"admin_id": author, "created_at": moment, "updated_at": moment}
        memory = MemoryDetail(
            recipient_id=recipient, topic="x", topic_key="x", content="x", content_key="x",
            call_id=call.id, learned_at=moment, changed_at=moment,
        )  # fmt: skip
        memo = Memo(recipient_id=recipient, text="x", **by)
        followup = FollowupAction(
            call_id=call.id, recipient_id=recipient, action_type="phoned", **by
        )
        task = Task(
            recipient_id=recipient, organization_id=organization, kind="own", rank=1, since=moment, text="x",
            due_at=moment, created_at=moment, assignee_id=author, count=0,
        )  # fmt: skip
        contact = Contact(
            recipient_id=recipient, place=1, relation="other", phone="119", created_at=moment, updated_at=moment
        )  # fmt: skip
        handover = Handover(
            organization_id=organization, number=1, since=moment, signed_at=moment, signed_by=author,
        )  # fmt: skip
        mapping = HeaderMapping(
            organization_id=organization, digest="x", mapping={}, used_at=moment
        )
        session.add(Forwarded(chain=f"c{organization}", number=1, at=moment))
        view = View(
            admin_id=author, organization_id=organization, name="x", name_key="x", query={}, created_at=moment
        )  # fmt: skip
        tag = Tag(organization_id=organization, name="x", name_key="x", created_at=moment)
        session.add_all([tag, view, mapping, contact, memory, memo, followup, task, handover])
        session.add(Utterance(call_id=call.id, position=0, at_ms=0, speaker="ai", text="x"))
        session.add(Feedback(call_id=call.id, admin_id=author, verdict="positive", given_at=moment))
        grams = ConversationGrams(
            id=call.id, organization_id=organization, recipient_id=recipient, grams=[1]
        )
        session.add(grams)
        await session.merge(ConversationFill(id=1, call_id=0, memory_id=0))
        session.add(UploadRow(upload_id=upload.id, row=2, result="failed"))
        await session.flush()
        session.add(
            MemoryVersion(
                memory_id=memory.id, number=1, change="learned", content="x", changed_at=moment
            )
        )
        session.add(TaskCall(call_id=call.id, task_id=task.id))
        session.add(RecipientTag(tag_id=tag.id, recipient_id=recipient))
        session.add(
            Merge(
                kept_id=recipient, merged_id=gone, admin_id=author, created_at=moment, moved={}, changed={}
            )
        )  # fmt: skip
        session.add(
            ToldApart(first_id=recipient, second_id=gone, admin_id=author, created_at=moment)
        )
    return {
        "organizations": f"id = {organization}",
        "recipients": f"id = {recipient}",
        "campaigns": f"id = {campaign}",
        "participations": f"recipient_id = {recipient}",
        "calls": f"id = {call.id}",
        "utterances": f"call_id = {call.id}",
        "conversation_grams": f"id = {grams.id}",
        "memory_details": f"id = {memory.id}",
        "memory_versions": f"memory_id = {memory.id}",
        "followup_actions": f"id = {followup.id}",
        "memos": f"id = {memo.id}",
        "tasks": f"id = {task.id}",
        "task_calls": f"task_id = {task.id}",
        "contacts": f"id = {contact.id}",
        "tags": f"id = {tag.id}",
        "recipient_tags": f"tag_id = {tag.id}",
        "handovers": f"id = {handover.id}",
        "views": f"id = {view.id}",
        "feedback": f"call_id = {call.id}",
        "uploads": f"id = {upload.id}",
        "header_mappings": f"id = {mapping.id}",
        "deletions": f"id = {deletion.id}",
        "upload_rows": f"upload_id = {upload.id}",
        "held_deliveries": f"id = {held.id}",
        "audit_records": f"admin_id = {author}",
        "access_records": f"organization_id = {organization}",
        "merges": f"kept_id = {recipient}",
        "told_apart": f"first_id = {recipient}",
        "forwarded": f"chain = 'c{organization}'",
    }


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_services(tmp_path, {"CARECALL_DATABASE": postgresql.ready_database()})
    await postgresql.make_roles(*(f"ct_{name}" for name in ROLES))
    yield made
    await made.close()


async def connect(world: World, role: str) -> asyncpg.Connection:
    url = as_role(world.settings.database, role).replace("+asyncpg", "")
    return await asyncpg.connect(url, server_settings={"search_path": "carecall", "jit": "off"})


async def let_through(sql: asyncpg.Connection, statement: str, *values: Any) -> bool:
    """Whether the role may do it, to a row at least; nothing of it is kept."""
    transaction = sql.transaction()
    await transaction.start()
    try:
        rows = await sql.fetch(statement, *values)
        return bool(rows) and rows[0][0] not in (0, None)
    except asyncpg.InsufficientPrivilegeError:
        return False
    except asyncpg.IntegrityConstraintViolationError:
        return True  # what comes after the question who may
    finally:
        await transaction.rollback()


async def rights(
    sql: asyncpg.Connection, owner: asyncpg.Connection, table: sa.Table, where: str, me: int | None
) -> str:
    """What this session may do with the row."""
    name, rule = table.name, RULES[table.name]
    row = json.loads(await owner.fetchval(f"SELECT to_jsonb(t) FROM {name} AS t WHERE {where}"))
    place = await owner.fetchval(f"SELECT ctid::text FROM {name} WHERE {where}")
    by = [c.name for c in table.columns for k in c.foreign_keys if k.column.table.name == "admins"]
    row |= {column: me for column in by if me is not None and row[column] is not None}
    columns = [c.name for c in table.columns if c is not table.autoincrement_column]
    listed = ", ".join(f'"{column}"' for column in columns)
    chosen = next(
        (c.name for c in table.columns if not c.primary_key and c.name not in rule.fixed),
        next(iter(table.primary_key.columns)).name,
    )
    chosen = (
        "total_calls" if name == "recipients" else "preferences" if name == "admins" else chosen
    )
    value = "'{}'" if name == "admins" else f'"{chosen}"'
    tries = {
        "r": f"SELECT count(*) FROM {name} WHERE {where}",
        "i": f"""WITH made AS (INSERT INTO {name} ({listed}) SELECT {listed}
            FROM jsonb_populate_record(NULL::{name}, $1::jsonb) RETURNING 1) SELECT count(*) FROM made""",
        "u": f"""WITH made AS (UPDATE {name} SET "{chosen}" = {value} WHERE {where} RETURNING 1)
            SELECT count(*) FROM made""",
        "d": f"SELECT carecall_delete('{name}', ARRAY['{place}'::tid])",
    }
    found = ""
    for letter, statement in tries.items():
        values = [json.dumps(row)] if letter == "i" else []
        found += letter if await let_through(sql, statement, *values) else ""
    assert not await let_through(sql, f"DELETE FROM {name} WHERE {where}")
    return found


async def test_each_role_may_do_what_is_written_and_nothing_else(world: World) -> None:
    alpha, beta = await world.organizations("Alpha", "Beta")
    kim = await world.admin("kim", Role.ORGANIZATION, alpha, account="ct_kim")
    lee = await world.admin("lee", Role.ORGANIZATION, beta, account="ct_lee")
    people = {
        "system": await world.admin("sys", Role.SYSTEM, account="ct_system"),
        "kim": kim,
        "eve": await world.admin("eve", Role.VIEWER, alpha, account="ct_eve"),
        "bot": await world.admin("bot", Role.INGEST, alpha, account="ct_bot"),
        "dan": await world.admin("dan", Role.ORGANIZATION, alpha, account="ct_dan"),
    }
    await world.services.admins.disable(world.system, "dan")
    await world.admin("ann", Role.ORGANIZATION, alpha)
    own, other = await office(world, alpha, kim.admin_id), await office(world, beta, lee.admin_id)
    shared = {"campaigns": f"id = {await world.campaign('Of all')}", "conversation_fill": "id = 1"}
    for actor, rows in ((kim, own), (lee, other)):
        await world.services.recipients.get(actor, int(rows["recipients"].removeprefix("id = ")))
        recipient = int(rows["recipients"].removeprefix("id = "))
        await world.services.memos.add(actor, recipient, "recorded")
    own["admins"], other["admins"], shared["admins"] = (
        "login = 'ann'",
        "login = 'lee'",
        "login = 'root'",
    )
    shared["audit_records"] = "admin_id IS NULL"

    owner = await connect(world, postgresql.OWNER)
    await owner.execute("SELECT carecall_record('x', 1, 'x', 1, '{}', '', NULL, 'x', false)")
    found: dict[str, dict[str, str]] = {name: {} for name in RULES}
    for role in ROLES:
        sql = await connect(world, f"ct_{role}")
        me = people[role].admin_id if role in people else None
        for table in Base.metadata.sorted_tables:
            wheres = [rows[table.name] for rows in (own, other, shared) if table.name in rows]
            may = [await rights(sql, owner, table, where, me) for where in wheres]
            if any(may):
                found[table.name][role] = "|".join(may)
        await sql.close()
    await owner.close()
    assert found == EXPECTED
