"""Settings: each is declared here, once, at its field: type, bounds, default, meaning, variable.

``carecall config``, its JSON Schema, the README's table and every message about a wrong setting are made of this
declaration; ``core.io.configuration`` finds what each of them is.
"""

import functools
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from core.values import hours
from core.values.i18n import N_
from core.values.setting import Says, Setting, declared, part_of

WHOLE_RECORDS = "records"
RECORDS_DAYS = 365  # what the law asks at least
# their names, as they are looked up
RECORDS_LAW = "개인정보의 안전성 확보조치 기준 제8조"
IDLE_LAW = "개인정보의 안전성 확보조치 기준 제6조"

_Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]
_Hours = Annotated[float, msgspec.Meta(gt=0, le=24 * 365)]


def _amount(most: int) -> msgspec.Meta:
    return msgspec.Meta(ge=1, le=most)


def is_zone(name: str) -> bool:
    """Whether this host knows the time zone."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def are_hours(written: str) -> bool:
    """Whether these are days and times of a week."""
    try:
        hours.parse_hours(written)
    except ValueError:
        return False
    return True


class UploadLimits(msgspec.Struct, frozen=True):
    """What a workbook may be before it is refused; ``memory_mib`` and ``cpu_seconds`` bound the reader."""

    rows: Annotated[int, _amount(1_048_575), Says(N_("rows below the headers of a file"))] = 100_000
    columns: Annotated[
        int, _amount(16_384), Says(N_("columns of a file; what is beyond is not read"))
    ] = 64
    memory_mib: Annotated[
        int, _amount(1 << 20), Says(N_("memory of the process that reads a file, in MiB"))
    ] = 768
    cpu_seconds: Annotated[
        int, _amount(3_600), Says(N_("processor time of the process that reads a file, in seconds"))
    ] = 60
    file_mib: Annotated[int, _amount(4_096), Says(N_("size of a file, in MiB"))] = 64
    unzipped_mib: Annotated[
        int, _amount(1 << 16), Says(N_("size of a file once it is unpacked, in MiB"))
    ] = 512
    ratio: Annotated[
        int,
        _amount(100_000),
        Says(N_("unpacked size to packed size, of files beyond 1 MiB unpacked")),
    ] = 200
    entries: Annotated[int, _amount(1_000_000), Says(N_("parts within a workbook"))] = 2_000


class Retention(msgspec.Struct, frozen=True):
    """How long each kind of data is kept, in days; 0 keeps it until it is deleted by hand.

    ``records_days``: how long records of changes and of access are kept at least; nothing erases them sooner.
    """

    deleted_recipients: Annotated[
        _Days,
        Says(N_("days until all that tells of a deleted recipient is erased, and no undo is left")),
    ] = 30
    calls: Annotated[
        _Days,
        Says(N_("days that calls are kept, with conversation, voice file and follow-up action")),
    ] = 0
    voice: Annotated[_Days, Says(N_("days that voice files are kept; the calls stay"))] = 0
    uploads: Annotated[
        _Days, Says(N_("days that the rows of uploads are kept, and deliveries that were held"))
    ] = 365
    files: Annotated[
        _Days, Says(N_("days that files are kept which admins wrote out over SSH"))
    ] = 30
    handovers: Annotated[_Days, Says(N_("days that hand-overs are kept with their text"))] = 365
    records_days: Annotated[
        int,
        msgspec.Meta(ge=RECORDS_DAYS, le=36_500),
        Says(
            N_("days that records of changes and of access are kept at least"),
            can_be=N_("{days} days or more; {law} asks for that"),
        ),
    ] = RECORDS_DAYS


class TaskTimes(msgspec.Struct, frozen=True):
    """When tasks are due, and what makes one.

    ``unanswered`` calls in a row make one; ``look_back_days`` bounds how old a call may be that does.
    ``escalation_hours`` after its time, an emergency that nobody has acknowledged is everybody's. ``notify`` lets
    the terminal show a notification (OSC 9) where the bell rings.
    """

    emergency_hours: Annotated[_Hours, Says(N_("hours until an emergency is due"))] = 1
    negative_hours: Annotated[_Hours, Says(N_("hours until a negative call is due"))] = 24
    unanswered: Annotated[
        int,
        msgspec.Meta(ge=1, le=100),
        Says(N_("so many unanswered calls in a row make a task, due at the end of the same day")),
    ] = 3
    look_back_days: Annotated[
        int,
        msgspec.Meta(ge=0, le=3_650),
        Says(N_("how many days old a call may be that makes a task, an emergency excepted")),
    ] = 7
    escalation_hours: Annotated[
        _Hours,
        Says(N_("so long after its time, an emergency that nobody acknowledged is everybody's")),
    ] = 1
    notify: Annotated[
        bool, Says(N_("a notification of the terminal (OSC 9) beside the bell: numbers, no name"))
    ] = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set, typed and final once the process runs."""

    database: Annotated[
        str,
        Says(
            N_("URL of the database; postgresql+asyncpg://… for one that several hosts share"),
            default="sqlite+aiosqlite:///$XDG_DATA_HOME/carecall/carecall.db",
            variable=True,
        ),
    ]
    voice_dir: Annotated[
        Path,
        Says(N_("where voice files lie"), default="$XDG_DATA_HOME/carecall/voice", variable=True),
    ]
    region: Annotated[
        str,
        msgspec.Meta(pattern="^[A-Z]{2}$"),
        Says(
            N_("region of numbers that are written without a country code"),
            can_be=N_("a country code such as KR"),
            variable=True,
        ),
    ] = "KR"
    timezone: Annotated[
        str,
        Says(
            N_("time zone of what is shown where an organization has none"),
            default=N_("that of the host"),
            can_be=N_("a zone name such as Asia/Seoul"),
            holds=is_zone,
            variable=True,
        ),
    ] = "UTC"
    language: Annotated[
        Literal["en", "ko"],
        Says(
            N_("language of screens and commands"), default=N_("that of the locale"), variable=True
        ),
    ] = "en"
    player: Annotated[
        Literal["auto", "simpleaudio", "miniaudio", "command", "off"],
        Says(N_("how calls are played on the host"), variable=True),
    ] = "auto"
    player_command: Annotated[
        str, Says(N_("the program that plays where player is command"), variable=True)
    ] = "paplay"
    theme: Annotated[
        str,
        Says(
            N_("colours; a name of a theme of Textual, such as nord"),
            default=N_("the terminal's own 16 colours"),
            variable=True,
        ),
    ] = ""
    data_dir: Annotated[
        Path, Says(N_("where files that are written out lie"), default="$XDG_DATA_HOME/carecall")
    ]
    state_dir: Annotated[
        Path,
        Says(N_("where drafts, waveforms and the log lie"), default="$XDG_STATE_HOME/carecall"),
    ]
    upload: Annotated[UploadLimits, Says(N_("What a file may be before it is refused"))] = (
        UploadLimits()
    )
    retention: Annotated[
        Retention, Says(N_("How long what is kept; 0 keeps it until it is deleted by hand"))
    ] = Retention()
    tasks: Annotated[TaskTimes, Says(N_("What makes a task, and until when it is due"))] = (
        TaskTimes()
    )
    mask_phones_for: Annotated[
        # not ingest: a calling system phones the numbers
        tuple[Literal["system", "organization", "viewer"], ...],
        Says(N_("roles that see numbers as 010-****-5678"), default=N_("nobody")),
    ] = ()
    audit_syslog: Annotated[
        bool | Literal["records"],
        Says(N_("true: the last hash goes to syslog after each change; records: each record, too")),
    ] = False
    working_hours: Annotated[
        str,
        Says(
            N_("when a sign-in is no news to the monthly review"),
            can_be=N_("days and times such as {usual}"),
            holds=are_hours,
        ),
    ] = hours.USUAL
    idle_minutes: Annotated[
        float,
        msgspec.Meta(ge=0, le=24 * 60),
        Says(N_("so long without a key, and the console is left; drafts are kept. 0: never")),
    ] = 10
    session_hours: Annotated[
        float, msgspec.Meta(ge=0, le=24 * 7), Says(N_("the longest session. 0: no end"))
    ] = 12
    keys: Annotated[
        dict[str, str],
        Says(
            N_("own keys, by the names in docs/keys.md"),
            default=N_("as docs/keys.md has them"),
            can_be=N_('keys in quotes, such as "a,insert"'),
        ),
    ] = {}

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone in which times are shown where an organization has none of its own."""
        return zoneinfo.ZoneInfo(self.timezone)


# read where they are needed, as other programs do
OF_THE_ENVIRONMENT = (
    Setting(
        "",
        str,
        Says(N_("any value: no colours but the terminal's own 16"), default=N_("not set")),
        variable="NO_COLOR",
    ),
    Setting(
        "",
        str,
        Says(N_("none, basic or full; with --rich the default is full")),
        default="none",
        variable="TEXTUAL_ANIMATIONS",
    ),
)


@functools.cache
def every() -> Mapping[str, Setting]:
    """All settings by name, in the order of their declaration: first those without a part."""
    alone = {one.name: one for one in declared(Settings) if not one.part}
    return alone | {one.name: one for one in declared(Settings) if one.part}


@functools.cache
def parts() -> Mapping[str, str]:
    """The parts of a file, and what each is about."""
    return {
        name: kind.__metadata__[-1].meaning
        for name, kind in Settings.__annotations__.items()
        if part_of(kind)
    }


def can_be(setting: Setting) -> str:
    """What a setting can be, in words."""
    return setting.can_be(days=RECORDS_DAYS, law=RECORDS_LAW, usual=hours.USUAL)
