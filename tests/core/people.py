"""People with everything that the console may keep of somebody, and a search for their bytes."""

import random
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from core.contacts.rules import ContactDraft
from core.db.models import Recipient, Upload, UploadRow
from core.io import drafts
from core.recipients.dto import Selection
from core.recipients.rules import RecipientDraft
from core.values.times import now
from tests.deliveries import call, deliver
from tests.factories import World, make_services

VOICE = b"RIFF-the-voice-of-somebody-" * 50
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


async def make_world(
    directory: Path, retention: str = "", *, account: str = "", database: str = ""
) -> World:
    config = directory / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"[retention]\n{retention}")
    more = {"XDG_STATE_HOME": str(directory / "state"), "XDG_DATA_HOME": str(directory / "data")}
    if database:
        more["CARECALL_DATABASE"] = database
    return await make_services(directory, more, account=account)


class Person(Struct):
    """Somebody with everything that the console may keep, each text of it told apart from all others."""

    id: int
    phone: str
    said: str
    secrets: list[str]


async def person(world: World, body: int, number: int) -> Person:
    """Somebody with calls, voice, memory, notes, a failed upload row and a draft, edited now and then."""

    def hangul(places: int) -> str:
        some = random.Random(number * 1_000 + places)
        return "".join(chr(some.randrange(0xAC00, 0xD7A3)) for _ in range(places))

    services, system = world.services, world.system
    phone, new_phone = f"0102{number:07}", f"0103{number:07}"
    old_name, name, other = hangul(3), hangul(4)[1:], hangul(9)
    row = await services.recipients.add(
        system, RecipientDraft(old_name, phone, other, organization_id=body)
    )
    draft = RecipientDraft(name, new_phone, other, organization_id=body)
    row = await services.recipients.edit(system, row.id, draft, row.version)
    said, remembered, edited = hangul(20), hangul(21), hangul(22)
    line = call(
        f"call-{number}",
        recipient_phone=row.phone,
        voice_file=f"2026/{number}.wav",
        utterances=[{"at_s": 0, "speaker": "recipient", "text": said}],
        memory=[{"topic": hangul(11), "content": remembered}],
    )
    await deliver(world, line)
    voice = world.settings.voice_dir / f"2026/{number}.wav"
    voice.parent.mkdir(parents=True, exist_ok=True)
    voice.write_bytes(VOICE)
    [detail] = await services.memory.list(system, row.id)
    await services.memory.edit(system, detail.id, edited, detail.version)
    memo = await services.memos.add(system, row.id, hangul(100))
    await services.memos.edit(system, memo.id, hangul(130), memo.version)
    guardian = ContactDraft("guardian", hangul(16), f"0104{number:07}")
    await services.contacts.add(system, row.id, guardian)
    made = await services.calls.by_external_id(system, f"call-{number}")
    await services.followups.add(system, made.id, "other", hangul(140))
    await services.participations.pause(
        system, Selection(ids=frozenset({row.id})), 1, reason=hangul(17)
    )
    await failed_row(world, number, name, new_phone)
    open_drafts = drafts.Drafts(world.settings.state_dir, world.settings.database, 1)
    file = open_drafts.begin()
    file.save("edit", {"name": name, "phone": new_phone, "memo": hangul(50)}, row.id)
    file.release()
    numbers = [phone, new_phone, row.phone, phone[3:], new_phone[3:], guardian.phone[1:]]
    texts = [hangul(places) for places in (9, 11, 16, 17, 20, 21, 22, 50, 100, 130, 140)]
    return Person(row.id, row.phone, said, [*numbers, old_name, name, *texts])


async def failed_row(world: World, number: int, name: str, phone: str) -> None:
    written = f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    given = {"name": name, "phone": written, "fields": ["phone"]}
    async with world.database.transaction() as session:
        upload = Upload(
            admin_id=1, organization_id=1, file_name=f"{name}.xlsx", file_hash=f"hash {number}",
            created_at=now(), read=2, created=1, unchanged=0, failed=1, warnings=0, notes=[],
        )  # fmt: skip
        session.add(upload)
        await session.flush()
        reasons = [f"Mobile phone number {written} belongs to {name} in this organization already."]
        session.add(
            UploadRow(upload_id=upload.id, row=2, result="failed", given=given, reasons=reasons)
        )
        found = await session.scalar(sa.select(Recipient.id).where(Recipient.name == name))
        warning = [f"The zero of {written} was added."]
        session.add(
            UploadRow(
                upload_id=upload.id, row=3, result="created", recipient_id=found, warnings=warning
            )
        )


async def delete(world: World, people: Iterable[Person], *, days_ago: float) -> int:
    ids = frozenset(person.id for person in people)
    gone = await world.services.recipients.delete(world.system, Selection(ids=ids), len(ids))
    async with world.database.transaction() as session:
        await session.execute(
            sa.update(Recipient)
            .where(Recipient.id.in_(ids))
            .values(deleted_at=now() - timedelta(days=days_ago))
        )
    return gone.id


def left_in(
    directory: Path, people: Iterable[Person], *, but: frozenset[str] = frozenset()
) -> list[Any]:
    """Where a text of these people still is, whatever its encoding."""
    files = {file: file.read_bytes() for file in directory.rglob("*") if file.is_file()}
    return [
        (file.name, secret, encoding)
        for person in people
        for secret in person.secrets
        for encoding in ENCODINGS
        for file, content in files.items()
        if secret not in but and secret.encode(encoding) in content
    ]
