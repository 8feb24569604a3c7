"""What stands beside a backup: what it was when it was made, so that every later copy of it can be compared."""

import hashlib
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
import sqlalchemy as sa

from core.io import beneath
from core.io.cancelling import Stop
from core.values.errors import StorageUnavailable
from core.values.i18n import _

_LARGEST = 1 << 20
_BLOCK = 1 << 20
_NAME = re.compile(r"[a-z_]{1,60}")


class Manifest(msgspec.Struct, frozen=True):
    """Size and SHA-256 of the file, the revision of its schema, and how many rows each table has."""

    made_at: datetime
    size: int
    sha256: str
    revision: str
    rows: dict[str, int]


def name_of(backup: Path) -> Path:
    """Where the manifest of a backup lies."""
    return backup.with_name(f"{backup.name}.manifest")


def read(backup: Path) -> Manifest | None:
    """The manifest beside the backup, if there is one. Raises StorageUnavailable where it is none."""
    try:
        with os.fdopen(beneath.open_file(name_of(backup)), "rb") as file:
            return msgspec.json.decode(file.read(_LARGEST), type=Manifest)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StorageUnavailable(
            _("The manifest {file} cannot be read.").format(file=name_of(backup)),
            _("Use another backup, or one without a manifest at your own risk."),
        ) from error


def written(manifest: Manifest) -> bytes:
    """The file."""
    return msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"


def digest(file: BinaryIO, stop: Stop, target: BinaryIO | None = None) -> str:
    """SHA-256 of what is left of the file, in hex; it is copied to ``target``."""
    found = hashlib.sha256()
    while not stop() and (block := file.read(_BLOCK)):
        found.update(block)
        if target is not None:
            target.write(block)
    return found.hexdigest()


def contents(connection: sa.Connection) -> tuple[str, dict[str, int]]:
    """The revision of the schema ("" for no database of this program), and the rows of each table."""
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = sorted(row[0] for row in names if _NAME.fullmatch(row[0]))
    if "alembic_version" not in tables:
        return "", {}
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(revision or ""), {
        name: _count(connection, name) for name in tables if _is_ours(name)
    }


def differing(manifest: Manifest, rows: Mapping[str, int]) -> str:
    """The first table that has not as many rows as when the backup was made; "" where all have."""
    names = sorted({*manifest.rows, *rows})
    return next((name for name in names if manifest.rows.get(name) != rows.get(name)), "")


def _is_ours(name: str) -> bool:
    return not name.startswith(("sqlite_", "recipient_search", "conversation_search"))


def _count(connection: sa.Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f'SELECT COUNT(*) FROM "{name}"').scalar() or 0)  # noqa: S608
