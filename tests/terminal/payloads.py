"""Texts that would do harm to a terminal or run in Textual, and putting them into a database."""

import contextlib
import json
import re
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from core.db.models import Base

_NUMBER = "777"  # in a control sequence only a payload has it
HARM = (
    "\x1b[2J\x9b777m\x1b]52;c;Nzc3\x07\u202e[@click=app.quit]x[/]",  # some of everything
    "\x1b[777;1H", "\x1b]0;777\x07", "\x1b]52;c;Nzc3\x1b\\", "\x1bP777$q\x1b\\", "\x1b_777\x1b\\",
    "\x1b^777\x1b\\", "\x1b[?777h", "\x1bc", "\x1b#8", "\x1b(0", "\x1b[777",
    "\x9b777;1H", "\x9d52;c;Nzc3\x9c", "\x90777\x9c", "\x85", "\x9f777\x9c",
    "a\rb", "a\x08b", "\x07", "\x0e777", "\x00", "\x7f",
    "\u202e777", "\u2066777\u2069", "\u200f\u200e\u061c", "\ufeff\u200b\u2060", "\U000e0041",
    "[@click=app.quit]777[/]", "x[/]y", "[memo] x", "[bold red]777", "[/", "[[x]] \\[x]", "$777 {x} %s",
)  # fmt: skip
PAYLOADS = tuple(f"p{at:02}{harm}z" for at, harm in enumerate(HARM))
BELONGS_TO_THE_CONSOLE = {
    "admins": {"login", "account", "role", "preferences"},
    "organizations": {"timezone", "name_key"},
    "recipients": {"phone", "search_text", "deletion_id", "last_analysis"},
    "campaigns": {"name_key", "list_key", "state"},
    "calls": {"external_id", "result", "analysis", "voice_file", "voice_key", "content_hash"},
    "held_deliveries": {"reason", "field", "phone", "digest"},
    "utterances": {"speaker"},
    "memory_details": {"topic_key", "content_key"},
    "memory_versions": {"change"},
    "followup_actions": {"action_type"},
    "feedback": {"verdict"},
    "uploads": {"file_hash"},
    "upload_rows": {"result"},
    "audit_records": {"account", "client", "action", "subject", "details", "previous_hash", "hash"},
}  # fmt: skip

_BLANKS = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_NEVER = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_SEQUENCE = re.compile(r"\x1b\[[?>=<]?[\d;]*[ -/]?[@-~]|\x1b[=>78]|\x1b\]22;default\x07")


def literal(payload: str) -> str:
    """What a person reads of it."""
    return _NEVER.sub("\ufffd", _BLANKS.sub(" ", payload))


def poison(file: Path) -> set[str]:
    """Put payloads straight into every text that people or other systems give; names the columns."""
    done = set()
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if column.name in BELONGS_TO_THE_CONSOLE.get(table.name, ()):
                    continue
                if isinstance(column.type, sa.JSON | sa.String):
                    _fill(connection, table.name, column)
                    done.add(f"{table.name}.{column.name}")
    return done


def _fill(connection: sqlite3.Connection, table: str, column: "sa.Column[object]") -> None:
    rows = connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall()
    for at, (row,) in enumerate(rows, 1):  # some IDs are nobody's
        payload: object = PAYLOADS[at % len(PAYLOADS)]
        if column.name == "given":
            names = ("name", "phone", "other_information", "organization")
            payload = {**dict.fromkeys(names, payload), "fields": ["name"]}
        elif isinstance(column.type, sa.JSON):
            payload = [payload]
        value = json.dumps(payload) if isinstance(column.type, sa.JSON) else payload
        connection.execute(f"UPDATE {table} SET {column.name} = ? WHERE rowid = ?", (value, row))


def assert_harmless(written: bytes) -> None:
    """Nothing but the console's own sequences was written, and characters that stand still."""
    text = written.decode("utf-8")
    for sequence in _SEQUENCE.findall(text):
        assert _NUMBER not in sequence, repr(sequence)
    rest = _SEQUENCE.sub("", text).replace("\r", "").replace("\n", "")
    found = _NEVER.search(rest)
    assert found is None, repr(rest[max(0, found.start() - 60) : found.end() + 60])
