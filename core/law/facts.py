"""Looks at settings, files, sshd and the database for what the law asks. It changes nothing."""

import os
import pwd
import stat
from datetime import datetime, timedelta
from pathlib import Path

from core.app.audit.chain import verified
from core.db import rights, schema
from core.db.address import sqlite_path
from core.db.engine import Database
from core.db.errors import translate_errors
from core.db.models import AccessRecord, AuditRecord, Organization, Recipient
from core.law import queries, sshd
from core.law.dto import DatabaseFacts, Facts, Promises
from core.law.rules import ERASE_DAYS, UNUSED_DAYS
from core.storage import maintenance
from core.values.errors import CoreError
from core.values.settings import Settings
from core.values.times import now


async def gather(settings: Settings, ssh_config: Path = sshd.CONFIG) -> Facts:
    """All that is found; of a database that cannot be used, why."""
    database, problem = None, ""
    try:
        database = await _of_database(settings)
    except CoreError as error:
        problem = str(error)
    return Facts(
        promises=_promises(settings),
        database=database,
        problem=problem,
        open_files=_open_files(settings),
        ssh=sshd.read(ssh_config, _account(settings)),
    )


def _account(settings: Settings) -> str:
    """Under which the console runs: whose the database is, where it is a file."""
    file = sqlite_path(settings.database)
    uid = file.stat().st_uid if file is not None and file.exists() else os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _promises(settings: Settings) -> Promises:
    keep = settings.retention
    return Promises(
        idle_minutes=settings.idle_minutes,
        session_hours=settings.session_hours,
        records_days=keep.records_days,
        deleted_days=keep.deleted_recipients,
        call_days=keep.calls,
        voice_days=keep.voice,
        file_days=keep.files,
        masked_for=settings.mask_phones_for,
        sends_to_syslog=bool(settings.audit_syslog),
        has_password=maintenance.has_password(settings.database),
    )


def _open_files(settings: Settings) -> tuple[str, ...]:
    """What others on this host can open: everything of ours that is there."""
    places = [settings.data_dir, settings.voice_dir, settings.state_dir]
    if (file := sqlite_path(settings.database)) is not None:
        beside = file.parent.glob(f"{file.name}*")
        places += [file.parent, *beside]
    found = []
    for place in dict.fromkeys(places):
        try:
            mode = place.stat().st_mode
        except OSError:
            continue  # not there, or not even this account can open it
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            found.append(f"{place} ({stat.S_IMODE(mode):04o})")
    return tuple(found)


async def _of_database(settings: Settings) -> DatabaseFacts:
    moment = now()
    database = Database(settings.database)
    try:
        await schema.require_current(database)
        open_rights = await rights.problems(database)
        with translate_errors():
            async with database.reading() as session:
                sees_all = database.is_sqlite or await queries.sees_all(session)
                found = DatabaseFacts(
                    moment=moment,
                    recipients=await queries.count(session, Recipient),
                    organizations=await queries.count(session, Organization),
                    admins=await queries.enabled(session),
                    unused=await queries.unused(session, moment - timedelta(days=UNUSED_DAYS)),
                    oldest_record=await queries.oldest_record(session),
                    changes=await verified(session, AuditRecord) if sees_all else None,
                    access=await verified(session, AccessRecord) if sees_all else None,
                    last_backup=await queries.last_backup(session),
                    last_erase=await queries.last_erase(session),
                    expired=await queries.is_anything_left(session, *_times(settings, moment)),
                    is_sqlite=database.is_sqlite,
                    tls=None if database.is_sqlite else await queries.is_encrypted(session),
                    open_rights=tuple(what for what, _hint in open_rights),
                    unsigned=(await maintenance.reviews_missing(settings)).late,
                )
        return found
    finally:
        await database.close()


def _times(settings: Settings, moment: datetime) -> tuple[datetime | None, ...]:
    """From before when nothing may be left, with some days for the nightly run."""
    keep = settings.retention
    return tuple(
        moment - timedelta(days=days + ERASE_DAYS) if days else None
        for days in (keep.deleted_recipients, keep.calls, keep.voice)
    )
