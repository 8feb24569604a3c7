"""The record of changes: written in the transaction of the change, each record chained to the one before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.bulk import among
from core.db.engine import AUDIT_HEAD
from core.db.models import Admin, AuditRecord, Recipient
from core.db.names import name_of
from core.db.rows import is_sqlite
from core.io.identity import Identity
from core.values.stored import stored_list
from core.values.times import now

GENESIS = "0" * 64
IDS_PER_RECORD = 1_000


def canonical(record: Mapping[str, Any]) -> str:
    """The one text of a record; ``carecall_canonical`` makes the same on PostgreSQL."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def chain_hash(previous: str, record: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and the record's fields in canonical JSON, in hex."""
    return hashlib.sha256(f"{previous}\n{canonical(record)}".encode()).hexdigest()


def hashed_fields(
    at: datetime, admin_id: int | None, account: str, client: str, action: str,
    organization_id: int | None, subject: str, subject_id: int | None, details: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """The fields that the hash covers, as JSON knows them."""
    return {
        "at": at.isoformat(timespec="microseconds"), "admin": admin_id, "account": account, "client": client,
        "action": action, "organization": organization_id, "subject": subject, "subject_id": subject_id,
        "details": details,
    }  # fmt: skip


async def record(
    session: AsyncSession,
    actor: Actor | Identity | None,
    action: str,
    subject: str,
    subject_id: int | None = None,
    *,
    organization_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record what the actor (None: the console itself; an identity: whoever is no admin) did.

    ``details`` hold IDs and names of fields only.
    """
    await session.flush()
    write = _by_hand if is_sqlite(session) else _by_server
    session.info[AUDIT_HEAD] = await write(
        session,
        actor.admin_id if isinstance(actor, Actor) else None,
        actor.account if actor else "",
        actor.client if actor else "",
        action,
        organization_id,
        subject,
        subject_id,
        dict(details or {}),
    )


async def _by_hand(session: AsyncSession, *fields: Any) -> tuple[int, str]:
    """Chain the record to the last one; gives its ID and hash."""
    last = sa.select(AuditRecord.hash).order_by(AuditRecord.id.desc()).limit(1)
    previous = await session.scalar(last) or GENESIS
    moment = now()
    names = (
        "admin_id", "account", "client", "action", "organization_id", "subject", "subject_id", "details",
    )  # fmt: skip
    made = AuditRecord(
        at=moment,
        **dict(zip(names, fields, strict=True)),
        previous_hash=previous,
        hash=chain_hash(previous, hashed_fields(moment, *fields)),
    )
    session.add(made)
    await session.flush()
    return made.id, made.hash


_RECORD = sa.text(
    "SELECT made_id, made_hash FROM carecall_record(:action, :organization_id, :subject, :subject_id, :details,"
    " :client, :admin_id, :account, :by_itself)"
).bindparams(
    *(sa.bindparam(name, type_=sa.BigInteger()) for name in ("organization_id", "subject_id", "admin_id")),
    *(sa.bindparam(name, type_=sa.Text()) for name in ("action", "subject", "details", "client", "account")),
    sa.bindparam("by_itself", type_=sa.Boolean()),
)  # fmt: skip


async def _by_server(
    session: AsyncSession, admin_id: int | None, account: str, client: str, action: str,
    organization_id: int | None, subject: str, subject_id: int | None, details: Mapping[str, Any],
) -> tuple[int, str]:  # fmt: skip
    """Let PostgreSQL write it: no role can, and who and when it knows better than it can be told.

    Only the owner of the tables, whose role several accounts may share, is believed who is acting.
    """
    values = {
        "action": action, "organization_id": organization_id, "subject": subject, "subject_id": subject_id,
        "details": canonical(details), "client": client, "admin_id": admin_id, "account": account,
        "by_itself": admin_id is None,
    }  # fmt: skip
    made = (await session.execute(_RECORD, values)).one()
    return made.made_id, made.made_hash


async def record_lost_voices(session: AsyncSession, calls: Sequence[int]) -> None:
    """Record that an upgrade has taken these calls' voice files, since each belongs to another call."""
    await record_many(session, None, "voice.lose", "call", calls)


async def who_did_last(session: AsyncSession, action: str, subject: str, subject_id: int) -> str:
    """The name of the admin who did this last; "" where nobody is known, or it may not be seen."""
    found = await session.scalar(
        sa.select(name_of())
        .join(AuditRecord, AuditRecord.admin_id == Admin.id)
        .where(
            AuditRecord.subject == subject,
            AuditRecord.subject_id == subject_id,
            AuditRecord.action == action,
        )
        .order_by(AuditRecord.id.desc())
        .limit(1)
    )
    return found or ""


async def record_many(
    session: AsyncSession,
    actor: Actor | None,
    action: str,
    subject: str,
    ids: Sequence[int],
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record one action on many: a record for each thousand, with their IDs in ``details["ids"]``.

    Where most of them follow each other, it is one record with ``details["ranges"]``: the first and the last ID of
    each run. Recipients of several organizations are recorded for each of them, so that each sees its own.
    """
    for organization_id, of_it in await _by_organization(session, actor, subject, ids):
        for whom in _in_records(of_it):
            await record(
                session, actor, action, subject,
                organization_id=organization_id, details={**(details or {}), **whom},
            )  # fmt: skip


async def _by_organization(
    session: AsyncSession, actor: Actor | None, subject: str, ids: Sequence[int]
) -> list[tuple[int | None, Sequence[int]]]:
    if actor is None or not actor.sees_all or subject != "recipient" or not ids:
        return [(actor.organization_id if actor else None, ids)]
    ids = sorted(ids)
    which = among(session, Recipient.id, ids)
    whose = Recipient.organization_id
    found = (await session.scalars(sa.select(whose).where(which).distinct().limit(2))).all()
    if len(found) == 1:
        return [(found[0], ids)]
    # those who are gone for good are nobody's
    apart: dict[int | None, list[int]] = {}
    known = {
        one.id: one[1] for one in await session.execute(sa.select(Recipient.id, whose).where(which))
    }
    for one in ids:
        apart.setdefault(known.get(one), []).append(one)
    return list(apart.items())


def _in_records(ids: Sequence[int]) -> list[dict[str, Any]]:
    runs = _runs(ids)
    if len(ids) > IDS_PER_RECORD and 4 * len(runs) < len(ids):
        steps = range(0, len(runs), IDS_PER_RECORD)
        return [{"ranges": runs[start : start + IDS_PER_RECORD]} for start in steps]
    steps = range(0, len(ids), IDS_PER_RECORD)
    return [{"ids": list(ids[start : start + IDS_PER_RECORD])} for start in steps]


def count(details: Mapping[str, Any]) -> int:
    """How many ``record_many`` recorded with these details."""
    ids: Sequence[int] = details.get("ids", ())
    runs: Sequence[Sequence[int]] = details.get("ranges", ())
    return len(ids) + sum(last - first + 1 for first, last in runs)


def runs_of(details: Mapping[str, Any]) -> list[tuple[int, int]]:
    """First and last ID of each run that ``record_many`` recorded with these details; what is none is left out."""
    found = [[one, one] for one in stored_list(details.get("ids"))]
    found += filter(lambda run: len(stored_list(run)) == 2, stored_list(details.get("ranges")))
    return [(first, last) for first, last in found if type(first) is type(last) is int]


def _runs(ids: Sequence[int]) -> list[list[int]]:
    """First and last of each run of IDs that follow each other."""
    runs: list[list[int]] = []
    for one in sorted(ids):
        if runs and one == runs[-1][1] + 1:
            runs[-1][1] = one
        else:
            runs.append([one, one])
    return runs
