"""Settings: environment, then the user's file, then the host's file, then the default.

The files are ``$XDG_CONFIG_HOME/carecall/config.toml`` and ``/etc/carecall/config.toml``; a key there is the
variable's name in lower case without ``CARECALL_`` (``database = "…"``).
"""

import contextlib
import math
import os
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from core.values import hours, i18n
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.roles import Role

PLAYERS = ("auto", "simpleaudio", "miniaudio", "command", "off")
WHOLE_RECORDS = "records"
RECORDS_DAYS = 365  # what the law asks at least
# their names, as they are looked up
RECORDS_LAW = "개인정보의 안전성 확보조치 기준 제8조"
IDLE_LAW = "개인정보의 안전성 확보조치 기준 제6조"


class UploadLimits(msgspec.Struct, frozen=True):
    """What a workbook may be before it is refused; ``memory_mib`` and ``cpu_seconds`` bound the reader."""

    rows: int = 100_000
    columns: int = 64
    memory_mib: int = 768
    cpu_seconds: int = 60
    file_mib: int = 64
    unzipped_mib: int = 512
    ratio: int = 200
    entries: int = 2_000


class Retention(msgspec.Struct, frozen=True):
    """How long each kind of data is kept, in days; 0 keeps it until it is deleted by hand.

    ``records_days``: how long records of changes and of access are kept at least; nothing erases them sooner.
    """

    deleted_recipients: int = 30
    calls: int = 0
    voice: int = 0
    uploads: int = 365
    files: int = 30
    handovers: int = 365
    records_days: int = RECORDS_DAYS


class TaskTimes(msgspec.Struct, frozen=True):
    """When tasks are due, and what makes one.

    ``unanswered`` calls in a row make one; ``look_back_days`` bounds how old a call may be that does.
    ``escalation_hours`` after its time, an emergency that nobody has acknowledged is everybody's. ``notify`` lets
    the terminal show a notification (OSC 9) where the bell rings.
    """

    emergency_hours: Annotated[float, msgspec.Meta(gt=0, le=24 * 365)] = 1
    negative_hours: Annotated[float, msgspec.Meta(gt=0, le=24 * 365)] = 24
    unanswered: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    look_back_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 7
    escalation_hours: Annotated[float, msgspec.Meta(gt=0, le=24 * 365)] = 1
    notify: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set, typed and final once the process runs."""

    database: str
    voice_dir: Path
    region: str = "KR"
    timezone: str = "UTC"
    language: str = "en"
    player: str = "auto"
    player_command: str = "paplay"
    theme: str = ""
    data_dir: Path
    state_dir: Path
    upload: UploadLimits = UploadLimits()
    retention: Retention = Retention()
    tasks: TaskTimes = TaskTimes()
    mask_phones_for: tuple[str, ...] = ()
    # true: the head of the chain after each change; "records": whole records of both chains as well
    audit_syslog: bool | Literal["records"] = False
    # when a sign-in is no news, for the monthly review
    working_hours: str = hours.USUAL
    # a console that nobody sits at is left; 0: never
    idle_minutes: Annotated[float, msgspec.Meta(ge=0, le=24 * 60)] = 10
    session_hours: Annotated[float, msgspec.Meta(ge=0, le=24 * 7)] = 12
    keys: dict[str, str] = {}

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone in which times are shown where an organization has none of its own."""
        return zoneinfo.ZoneInfo(self.timezone)


_TOP_LEVEL = ("database", "voice_dir", "region", "timezone", "language", "player", "player_command",
              "theme", "mask_phones_for")  # fmt: skip


# the host's word holds; an admin's own file may only be stricter
_SHORTER_ONLY = {"idle_minutes", "session_hours"}


def load(environment: Mapping[str, str] = os.environ, host_file: Path | None = None) -> Settings:
    """The settings of this process. Raises InvalidInput that names the setting and where it came from."""
    return _checked(*_gather(environment, host_file))


def sources(
    environment: Mapping[str, str] = os.environ, host_file: Path | None = None
) -> dict[str, str]:
    """Where each setting comes from: a variable, a file, or "" for the default."""
    given = _gather(environment, host_file)[1]
    return {name: given.get(name, "") for name in Settings.__struct_fields__}


def _gather(
    environment: Mapping[str, str], host_file: Path | None
) -> tuple[dict[str, object], dict[str, str]]:
    home = Path(environment.get("HOME") or Path.home())
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "carecall/config.toml"
    data_dir = Path(environment.get("XDG_DATA_HOME") or home / ".local/share") / "carecall"
    state_dir = Path(environment.get("XDG_STATE_HOME") or home / ".local/state") / "carecall"
    values: dict[str, object] = {
        "database": f"sqlite+aiosqlite:///{data_dir / 'carecall.db'}",
        "voice_dir": str(data_dir / "voice"),
        "timezone": _host_zone(environment),
        "language": i18n.from_locale(environment),
        "data_dir": str(data_dir),
        "state_dir": str(state_dir),
    }
    sources = dict.fromkeys(values, "")
    for file in (host_file or Path("/etc/carecall/config.toml"), config):
        from_file = _read(file)
        for name in _SHORTER_ONLY & values.keys() & from_file.keys():
            if _is_longer(from_file[name], values[name]):
                del from_file[name]
        values |= from_file
        sources |= dict.fromkeys(from_file, str(file))
    for name in _TOP_LEVEL:
        variable = f"CARECALL_{name.upper()}"
        if (value := environment.get(variable)) and name != "mask_phones_for":
            values[name] = value
            sources[name] = variable
    return values, sources


def _is_longer(own: object, hosts: object) -> bool:
    """Whether the first time is the longer one; 0 is never, and what is no number is refused later."""
    if not (isinstance(own, int | float) and isinstance(hosts, int | float)):
        return False
    return (own or math.inf) > (hosts or math.inf)


def _read(file: Path) -> dict[str, object]:
    try:
        text = file.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            _("The settings file {file} cannot be read.").format(file=file),
            _("Check its permissions and that it is UTF-8."),
        ) from error
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(
            _("The settings file {file} is not valid TOML: {reason}.").format(
                file=file, reason=error
            )
        ) from error


def _checked(values: dict[str, object], sources: Mapping[str, str]) -> Settings:
    unknown = sorted(set(values) - set(Settings.__struct_fields__))
    if unknown:
        raise InvalidInput(
            _("The setting {name} in {source} is not known.").format(
                name=unknown[0], source=sources[unknown[0]]
            )
        )
    try:
        settings = msgspec.convert(values, Settings, dec_hook=_convert)
    except msgspec.ValidationError as error:
        raise InvalidInput(_("A setting is wrong: {reason}.").format(reason=error)) from error

    def refuse(name: str, known: str) -> InvalidInput:
        return InvalidInput(
            _("The setting {name} ({source}) is wrong.").format(
                name=name, source=sources.get(name.partition(".")[0]) or _("default")
            ),
            _("It can be: {known}.").format(known=known),
        )

    if settings.language not in i18n.LANGUAGES:
        raise refuse("language", ", ".join(i18n.LANGUAGES))
    if settings.player not in PLAYERS:
        raise refuse("player", ", ".join(PLAYERS))
    if settings.retention.records_days < RECORDS_DAYS:
        least = _("{days} days or more; {law} asks for that")
        raise refuse("retention.records_days", least.format(days=RECORDS_DAYS, law=RECORDS_LAW))
    try:
        hours.parse_hours(settings.working_hours)
    except ValueError:
        raise refuse(
            "working_hours", _("days and times such as {usual}").format(usual=hours.USUAL)
        ) from None
    # a calling system phones the numbers
    maskable = [role for role in Role if role is not Role.INGEST]
    if not set(settings.mask_phones_for) <= set(maskable):
        raise refuse("mask_phones_for", ", ".join(maskable))
    if len(settings.region) != 2 or not settings.region.isupper():
        raise refuse("region", _("a country code such as KR"))
    try:
        zoneinfo.ZoneInfo(settings.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse("timezone", _("a zone name such as Asia/Seoul")) from None
    return settings


def _convert(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise msgspec.ValidationError(f"expected {kind.__name__}")


def _host_zone(environment: Mapping[str, str]) -> str:
    candidates = [environment.get("TZ", "").lstrip(":")]
    with contextlib.suppress(OSError, UnicodeDecodeError):  # many hosts have no such file
        candidates.append(Path("/etc/timezone").read_text("ascii").strip())
    target = os.path.realpath("/etc/localtime")
    candidates.append(target.partition("zoneinfo/")[2])
    for name in candidates:
        if name:
            try:
                zoneinfo.ZoneInfo(name)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                continue
            return name
    return "UTC"
