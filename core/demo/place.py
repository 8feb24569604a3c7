"""Where sample databases lie: apart from the real one, with voice files of their own."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

import msgspec

from core.db.revision import HEAD, KNOWN
from core.demo.calendar import ZONE
from core.demo.recorded import recording_of
from core.io import private
from core.values.settings import Settings

_VOICE = Path(__file__).parent / "voice"


def sample_file(settings: Settings, recipients: int, seed: int) -> Path:
    """The file of the sample database with so many recipients from this seed."""
    return settings.data_dir / "demo" / f"carecall-{recipients}-{seed}.db"


def sample_settings(settings: Settings, recipients: int, seed: int) -> Settings:
    """The settings with the sample in the place of the real database and voice files."""
    file = sample_file(settings, recipients, seed)
    return msgspec.structs.replace(
        settings,
        database=f"sqlite+aiosqlite:///{file}",
        voice_dir=file.parent / "voice",
        region="KR",
        timezone=ZONE,
    )


def is_sample(settings: Settings) -> bool:
    """Whether these are the settings of a sample, and not of the real database."""
    return settings.database.startswith(
        f"sqlite+aiosqlite:///{sample_file(settings, 1, 1).parent}/"
    )


def is_made(file: Path) -> bool:
    """Whether the sample database is there, and of this version; one of another version is made anew."""
    if not file.exists():
        return False
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.DatabaseError:
            return True  # opening it says what is wrong
    return found is None or found[0] not in KNOWN or found[0] == HEAD


def copy_voice_files(file: Path, directory: Path) -> None:
    """Put a recorded conversation into the voice directory for each call of the sample database that has one."""
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        named = connection.execute("SELECT voice_file FROM calls WHERE voice_file IS NOT NULL")
        files = [str(row[0]) for row in named]
    for one in files:
        target = directory / one
        if not target.exists():
            recording = _VOICE / recording_of(one)
            with private.replaced(target) as copy, recording.open("rb") as sound:
                shutil.copyfileobj(sound, copy)
