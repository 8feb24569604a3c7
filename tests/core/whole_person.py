"""Somebody of whom every table holds something, and a search for it in whatever form it may be kept."""

import contextlib
import json
import re
import sqlite3
import unicodedata
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field

from core.calls.rules import Verdict
from core.contacts.rules import ContactDraft
from core.db.migrations import checks
from core.db.models import Base, Handover, Upload, UploadRow
from core.duplicates.dto import MergeDraft
from core.io import drafts
from core.recipients.dto import RecipientFilter, RecipientQuery, RecipientRow, Selection
from core.values.message import kept
from core.values.times import now
from tests.deliveries import call, lines
from tests.factories import World

ORGANIZATION = "Haeundae"
VOICE = b"RIFF-the-voice-of-somebody-" * 50
_FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


class WholePerson(Struct):
    """``marks`` are texts that nobody else has; each letter of them is written nowhere else."""

    row: RecipientRow
    digits: str
    marks: list[str] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The recipient's."""
        return self.row.id

    @property
    def written_numbers(self) -> list[str]:
        """The number in every way in which people and programs write it."""
        area, block, last = self.digits[:3], self.digits[3:7], self.digits[7:]
        return [
            block + last,  # in whatever is written without a sign between, with +82 or 010 before
            *(f"{block}{between}{last}" for between in ("-", " ", ".", "/", "–")),
            f"{area[1:]}-{block}",
            (block + last).translate(_FULL_WIDTH),
        ]

    @property
    def secrets(self) -> set[str]:
        """Every text of it."""
        initials = "".join(_initial(letter) for letter in self.row.name)
        return {*self.marks, self.row.name, initials, *self.written_numbers}

    def is_in(self, content: bytes) -> list[str]:
        """Which of them are in these bytes, in whatever form."""
        return sorted(
            text
            for text in self.secrets
            if any(
                form.encode(encoding) in content
                for form in _forms(text)
                for encoding in ("utf-8", "utf-16-le", "utf-16-be")
            )
        )

    def in_files(self, directory: Path) -> list[tuple[str, str]]:
        """Where something of it is below the directory, in a file or in the name of one."""
        found = []
        for file in sorted(directory.rglob("*")):
            content = str(file.relative_to(directory)).encode()
            if file.is_file():
                content += file.read_bytes()
            found += [(file.name, text) for text in self.is_in(content)]
        return found

    async def in_columns(self, world: World) -> set[str]:
        """Which columns (``calls.summary``) hold something of it in some row."""
        found = set()
        async with world.database.reading() as session:
            for name in text_columns():
                table, _dot, column = name.partition(".")
                select = sa.select(sa.column(column)).select_from(sa.table(table))
                values = await session.scalars(select)
                if any(self.is_in(_bytes(value)) for value in values if value is not None):
                    found.add(name)
        return found


@cache
def _forms(text: str) -> set[str]:
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    return forms | {json.dumps(form)[1:-1] for form in forms}


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _initial(syllable: str) -> str:
    return "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"[(ord(syllable) - 0xAC00) // 588]


def text_columns() -> list[str]:
    """Every column of the models that may hold a text, but for those that hold one word of a few."""
    kinds = (sa.String, sa.JSON, sa.LargeBinary)
    return [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, kinds)
        and not re.match(r"\(@ = '\w+'", checks.DECLARED.get(table.name, {}).get(column.name, ""))
    ]


def tables_of_file(file: Path) -> set[str]:
    """The tables of a SQLite file: those of the models, and its search indexes."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return {row[0] for row in connection.execute(query)}


def search_indexes(file: Path) -> dict[str, set[str]]:
    """The terms of each search index of a SQLite file."""
    found = {}
    with contextlib.closing(sqlite3.connect(file)) as connection:
        query = "SELECT name FROM sqlite_master WHERE lower(sql) LIKE '%using fts5(%'"
        for (name,) in connection.execute(query).fetchall():
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.v_{name} USING fts5vocab(main, {name}, row)"
            )
            terms = connection.execute(f"SELECT term FROM temp.v_{name}").fetchall()
            found[name] = {row[0] for row in terms}
    return found


class Marks:
    """Gives texts of syllables that are written nowhere else."""

    def __init__(self, first: int) -> None:
        self._next = first
        self.given: list[str] = []

    def __call__(self, length: int = 4) -> str:
        made = "".join(chr(self._next + 28 * at) for at in range(length))
        self._next += 28 * length
        self.given.append(made)
        return made


async def whole_person(
    world: World, body: int, first: int = 0xAC03, number: int = 1
) -> WholePerson:
    """Somebody with everything that the console may keep; another ``first`` and number make another one."""
    services, system, mark = world.services, world.system, Marks(first)
    name, digits = mark(3), f"0102{number:03}7{number:03}"
    row = await world.recipient(body, name, digits, mark())
    voice = f"{mark()}/{mark()}.wav"
    memory = {"topic": mark(), "content": mark()}
    line = call(
        f"c-{mark()}", recipient_phone=row.phone, voice_file=voice, summary=mark(), analysis="negative",
        utterances=[{"at_s": 0, "speaker": "recipient", "text": mark(20)}], memory=[memory],
    )  # fmt: skip
    told: list[Any] = []
    await services.ingest.deliver(system, [lines(line)], told.append)
    file = world.settings.voice_dir / voice
    file.parent.mkdir(parents=True)
    file.write_bytes(VOICE + mark().encode())
    [detail] = await services.memory.list(system, row.id)
    await services.memory.edit(system, detail.id, mark(), detail.version)
    again = {
        **line,
        "id": f"c-{mark()}",
        "voice_file": None,
        "summary": None,
        "started_at": now().isoformat(),
    }
    newer = {**again, "memory": [{**memory, "content": mark()}]}
    await services.ingest.deliver(
        system, [lines({k: v for k, v in newer.items() if v})], told.append
    )
    made = await services.calls.by_external_id(system, line["id"])
    await services.followups.add(system, made.id, "other", mark())
    await services.feedback.give(system, made.id, Verdict.NEGATIVE)
    await services.memos.add(system, row.id, mark())
    await services.contacts.add(
        system, row.id, ContactDraft("guardian", mark(), f"0109{number:03}8{number:03}")
    )
    task = await services.tasks.add(system, row.id, mark(), now() + timedelta(hours=1))
    await services.tasks.drop(system, task.id, mark())
    await services.participations.pause(
        system, Selection(ids=frozenset({row.id})), 1, reason=mark()
    )
    await _told_of(world, body, name, digits, mark)
    named = RecipientQuery(filter=RecipientFilter(name=name, phone=digits))
    await services.views.save(system, f"{name} {number}", named)
    await _merged_into(world, row, body, number, mark)
    # what cannot be stored: of a number that was read, of one that was not, and with nothing but escapes
    bad = call(f"c-{mark()}", recipient_phone=row.phone, campaign=mark())
    unread = call(
        "c-x", recipient_phone=f"{digits[:3]}-{digits[3:7]}-{digits[7:]} {name}", campaign="?"
    )
    escaped = json.dumps({"type": "call", "recipient_phone": None, "note": f"{name}님"}).encode()
    decomposed = unicodedata.normalize("NFD", f'{{"recipient_phone": "{name}"}}').encode()
    held = lines(bad, unread) + escaped + b"\n" + decomposed + b"\n"
    await services.ingest.deliver(system, [held], told.append)
    open_drafts = drafts.Drafts(world.settings.state_dir, world.settings.database, system.admin_id)
    for form, text, whose in (
        ("memo", mark(), row.id),
        ("handover", f"다른 분은 {name}님 옆집", None),
    ):
        draft = open_drafts.begin()
        draft.save(form, {"text": text}, whose)
        draft.release()
    await services.recipients.get(system, row.id)
    return WholePerson(row, digits, [*mark.given, f"9{number:03}8{number:03}"])


async def _merged_into(
    world: World, row: RecipientRow, body: int, number: int, mark: Marks
) -> None:
    """Somebody who became part of the person, and whose other information the person has now."""
    services, system = world.services, world.system
    other = await world.recipient(body, mark(3), f"0103{number:03}6{number:03}", mark())
    present = await services.recipients.get(system, row.id)
    draft = MergeDraft(present.version, other.id, other.version, frozenset({"other_information"}))
    await services.duplicates.merge(system, row.id, draft)


async def _told_of(world: World, body: int, name: str, digits: str, mark: Marks) -> None:
    """What names somebody and is linked to nobody: rows of uploads, the file's name and notes, a hand-over."""
    written = f"{digits[:3]}.{digits[3:7]}.{digits[7:]}"
    text = f"{name}님({written}) 낙상. 박새롬님은 좋음.\n{name[0]} {name[1:]}가 다시 전화하기로 함"
    warning = kept(f"The zero of {written} was added.")
    async with world.database.transaction() as session:
        upload = Upload(
            admin_id=world.system.admin_id, organization_id=body, file_hash=f"hash {written[-4:]}",
            file_name=unicodedata.normalize("NFD", f"신청_{name}.xlsx"), created_at=now(),
            read=3, created=1, unchanged=0, failed=1, warnings=0,
            notes=[{"says": "Row {row}: {text}", "of": {"row": 9, "text": f"합계 {name} {digits}"}}],
        )  # fmt: skip
        signed = await session.scalar(sa.select(sa.func.count()).select_from(Handover))
        handover = Handover(
            organization_id=body, number=(signed or 0) + 1, since=now(), signed_at=now(), text=text,
            signed_by=world.system.admin_id, report=[],
        )  # fmt: skip
        session.add_all([upload, handover])
        await session.flush()
        found = await session.scalar(sa.text("SELECT max(id) FROM recipients"))
        for at, values in enumerate(
            (
                {"result": "created", "recipient_id": found, "given": {"name": mark()}},
                {"result": "failed", "given": {"name": name, "phone": written, "other": mark()}},
                {
                    "result": "failed",
                    "given": {"phone": "?", "guardian": mark()},
                    "phone_key": f"+82{digits[1:]}",
                },
            )
        ):
            reasons, warnings = [f"{written}: {mark()}"], [warning, mark()]
            session.add(
                UploadRow(
                    upload_id=upload.id, row=2 + at, reasons=reasons, warnings=warnings, **values
                )
            )
