"""Where sample databases lie: apart from the real one, with voice files of their own."""

import shutil
from pathlib import Path

import msgspec

from core.demo.clock import ZONE
from core.settings import Settings

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


def copy_voice_files(directory: Path) -> None:
    """Put the recorded conversations into the voice directory of the sample database."""
    for source in sorted(_VOICE.rglob("*.wav")):
        target = directory / source.relative_to(_VOICE)
        if not target.exists():
            from core.db import make_private_directory  # imports SQLAlchemy, which takes its time

            make_private_directory(target.parent)
            part = target.with_suffix(".part")
            shutil.copyfile(source, part)
            part.chmod(0o600)
            part.replace(target)
