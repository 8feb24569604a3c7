"""What is set, and where: the environment, then the user's file, then the host's file, then the default.

The files are ``$XDG_CONFIG_HOME/carecall/config.toml`` and ``/etc/carecall/config.toml``; a key there is the name
of a setting, in its part.
"""

import contextlib
import errno
import functools
import math
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from core.io import beneath
from core.values import i18n
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.setting import PREFIX, Setting, nearest
from core.values.settings import Settings, can_be, every, is_zone, parts
from core.values.toml_lines import Lines, flat, lines_of

HOST_FILE = Path("/etc/carecall/config.toml")
KEYS = "keys."
# the host's word holds; an admin's own file may only be stricter
_SHORTER_ONLY = {"idle_minutes", "session_hours"}
_LARGEST = 1 << 20  # bytes of a file
_SURELY = 0.8  # how near a variable has to be to one of ours


class SettingsFile(Struct, dict=True):
    """One file, read: its values by their whole names, or why there are none."""

    path: Path
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    error: Exception | None = None

    @functools.cached_property
    def lines(self) -> Lines:
        """In which line stands what."""
        return lines_of(self.text)


class Place(Struct, frozen=True):
    """Where a value was given; neither file nor variable: it is the default."""

    file: SettingsFile | None = None
    name: str = ""
    variable: str = ""

    @property
    def line(self) -> int | None:
        """The line of its file."""
        return self.file.lines.of.get(self.name) if self.file is not None else None

    @property
    def words(self) -> str:
        """As a person reads it."""
        if self.file is None:
            return self.variable or _("default")
        if self.line is None:
            return str(self.file.path)
        return _("{file}, line {line}").format(file=self.file.path, line=self.line)


class Problem(Struct, frozen=True):
    """What is wrong, and the way out."""

    name: str
    what: str
    hint: str = ""
    file: Path | None = None
    line: int | None = None
    variable: str = ""

    @property
    def error(self) -> InvalidInput:
        """As it is told where it ends something."""
        return InvalidInput(self.what, self.hint)


class Configuration(Struct, frozen=True):
    """The values by their names, those that hold; where each was given; and the files."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]
    files: tuple[SettingsFile, ...]
    environment: Mapping[str, str]

    @property
    def language(self) -> str:
        """The language that is set, even where something else is wrong."""
        language = self.values["language"]
        return language if language in i18n.LANGUAGES else i18n.from_locale(self.environment)

    def place(self, name: str) -> Place:
        """Where the value of this setting was given; of one in the environment by its variable."""
        return self.places.get(name) or Place(variable=name if name in self.environment else "")

    def settings(self) -> Settings:
        """The settings. Raises InvalidInput, which names the setting and the line, where one is wrong."""
        for file in self.files:
            if file.error is not None:
                raise next(_of_file(file)).error
            for name in file.values:
                if (place := self.places[name]).file is file or _setting(name) is None:
                    for problem in _of_value(name, file.values[name], Place(file, name)):
                        raise problem.error
        for name, place in self.places.items():
            if place.file is None:
                for problem in _of_value(name, self.values[name], place):
                    raise problem.error
        return _made(self.values)

    def usable(self) -> Settings:
        """The settings, the default in the place of each that is wrong."""
        usual = defaults(self.environment)
        good = {
            name: value
            for name, value in self.values.items()
            if not any(_of_value(name, value, Place()))
        }
        return _made(usual | good)

    def problems(self) -> list[Problem]:
        """Everything that is wrong, whether it holds or not: first the files, by their lines."""
        found: list[Problem] = []
        for file in self.files:
            of_file = [*_of_file(file)]
            values = file.values if file.error is None else file.lines.values
            for name, value in values.items():
                of_file += _of_value(name, value, Place(file, name))
            found += sorted(of_file, key=lambda one: one.line or 0)
        for name, place in self.places.items():
            if place.variable:
                found += _of_value(name, self.values[name], place)
        return [*found, *_of_variables(self.environment)]

    def unheeded(self) -> Iterator[Place]:
        """What stands in the user's file, but the host's is stricter."""
        for file in self.files[1:]:
            for name in sorted(_SHORTER_ONLY & file.values.keys()):
                if self.places[name].file is not file:
                    yield Place(file, name)


def load(environment: Mapping[str, str] = os.environ, host_file: Path = HOST_FILE) -> Settings:
    """The settings of this process. Raises InvalidInput that names the setting and where it was given."""
    return read_configuration(environment, host_file).settings()


def own_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's file."""
    return _beneath(environment, "XDG_CONFIG_HOME", ".config") / "config.toml"


def read_configuration(
    environment: Mapping[str, str] = os.environ, host_file: Path = HOST_FILE
) -> Configuration:
    """Everything that is set, be it right or wrong."""
    values = defaults(environment)
    places: dict[str, Place] = {}
    files = tuple(_read(file) for file in (host_file, own_file(environment)))
    for file in files:
        for name, value in file.values.items():
            if name in _SHORTER_ONLY and name in places and _is_longer(value, values[name]):
                continue
            values[name], places[name] = value, Place(file, name)
    for setting in every().values():
        if value := environment.get(setting.variable):
            values[setting.name] = value
            places[setting.name] = Place(name=setting.name, variable=setting.variable)
    return Configuration(values, places, files, environment)


def _beneath(environment: Mapping[str, str], variable: str, usual: str) -> Path:
    home = Path(environment.get("HOME") or Path.home())
    return Path(environment.get(variable) or home / usual) / "carecall"


def defaults(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the host decides where nobody says anything; the other defaults stand in the declaration."""
    data_dir = _beneath(environment, "XDG_DATA_HOME", ".local/share")
    return {
        "database": f"sqlite+aiosqlite:///{data_dir / 'carecall.db'}",
        "voice_dir": str(data_dir / "voice"),
        "timezone": _host_zone(environment),
        "language": i18n.from_locale(environment),
        "data_dir": str(data_dir),
        "state_dir": str(_beneath(environment, "XDG_STATE_HOME", ".local/state")),
    }


def _is_longer(own: object, hosts: object) -> bool:
    """Whether the first time is the longer one; 0 is never, and what is no number is refused later."""
    if not (isinstance(own, int | float) and isinstance(hosts, int | float)):
        return False
    return (own or math.inf) > (hosts or math.inf)


def _read(path: Path) -> SettingsFile:
    try:
        text = _text_of(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        return SettingsFile(path, error=error if path.is_symlink() else None)  # a link to nowhere
    except (OSError, UnicodeDecodeError) as error:
        return SettingsFile(path, error=error)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return SettingsFile(path, text, error=error)
    return SettingsFile(path, text, dict(flat(values)))


def _text_of(path: Path) -> str:
    """What stands in it. Raises OSError of what is no ordinary file, such as a pipe, and reads none of it."""
    with os.fdopen(beneath.open_file(path, follow=True), "rb") as file:
        if os.fstat(file.fileno()).st_size > _LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return file.read().decode("utf-8")


def _made(values: Mapping[str, Any]) -> Settings:
    """The settings of values that are right."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        part, dot, rest = name.partition(".")
        if dot:
            made.setdefault(part, {})[rest] = value
        elif name in every() and name != "keys":  # no part that has nothing in it
            made[name] = value
    return msgspec.convert(made, Settings, dec_hook=_path)


def _path(kind: type, value: Any) -> object:
    return Path(value).expanduser()


def _setting(name: str) -> Setting | None:
    """The setting of a name in a file; all names of keys are one."""
    return every().get("keys" if name.startswith(KEYS) else name)


def _of_file(file: SettingsFile) -> Iterator[Problem]:
    """Why a file cannot be read; of one that is no TOML each line that is wrong."""
    if isinstance(file.error, tomllib.TOMLDecodeError):
        yield from _of_lines(file, file.error)
    elif file.error is not None:
        yield Problem(
            "",
            _("The settings file {file} cannot be read.").format(file=file.path),
            _("Check its permissions and that it is UTF-8."),
            file.path,
        )


def _of_lines(file: SettingsFile, error: Exception) -> Iterator[Problem]:
    for line in file.lines.broken:
        words = _("Line {line} of {file} is not valid TOML.").format(line=line, file=file.path)
        hint = _('A line is: name = value, with texts in quotes: region = "KR".')
        yield Problem("", words, hint, file.path, line)
    for name, line, first in file.lines.twice:
        words = _("{name} stands in {file} in the lines {first} and {line}.").format(
            name=name, file=file.path, first=first, line=line
        )
        yield Problem(name, words, _("Take one of them out."), file.path, line)
    if not (file.lines.broken or file.lines.twice):
        words = _("The settings file {file} is not valid TOML: {reason}.")
        yield Problem("", words.format(file=file.path, reason=error), "", file.path)


def _of_value(name: str, value: Any, place: Place) -> Iterator[Problem]:
    """What is wrong with a value; texts only where there is something."""
    setting = _setting(name)
    is_key = name.startswith(KEYS)
    if setting is not None and not is_key and name not in parts():
        try:
            setting.taken(value)
        except ValueError:
            known = can_be(setting)
        else:
            return
    elif is_key:
        if isinstance(value, str):
            return
        known = can_be(every()["keys"])
    elif name in parts() or name == "keys":
        if value == {}:
            return
        known = _("a part of the file, [{name}]").format(name=name)
    else:
        yield _problem(
            name,
            place,
            _("The setting {name} in {source} is not known.").format(name=name, source=place.words),
            _near(name),
        )
        return
    yield _problem(
        name,
        place,
        _("The setting {name} ({source}) is wrong.").format(name=name, source=place.words),
        _("It can be: {known}.").format(known=known),
    )


def _problem(name: str, place: Place, what: str, hint: str) -> Problem:
    path = place.file.path if place.file is not None else None
    return Problem(name, what, hint, path, place.line, place.variable)


def _near(name: str) -> str:
    near = nearest(name, [*every(), *parts()])
    return _("Did you mean {name}?").format(name=near) if near else ""


def _of_variables(environment: Mapping[str, str]) -> Iterator[Problem]:
    """Variables that are meant for us, but that nothing reads."""
    ours = {one.variable: one.name for one in every().values() if one.variable}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable in ours:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name in every():
            hint = _("Write it into a file: {name} = …").format(name=name)
        elif near := nearest(variable, ours, _SURELY):
            hint = _("Did you mean {name}?").format(name=near)
        else:
            continue
        words = _("The variable {name} sets nothing.").format(name=variable)
        yield Problem(name, words, hint, variable=variable)


def _host_zone(environment: Mapping[str, str]) -> str:
    candidates = [environment.get("TZ", "").lstrip(":")]
    with contextlib.suppress(OSError, UnicodeDecodeError):  # many hosts have no such file
        candidates.append(Path("/etc/timezone").read_text("ascii").strip())
    target = os.path.realpath("/etc/localtime")
    candidates.append(target.partition("zoneinfo/")[2])
    return next((name for name in candidates if name and is_zone(name)), "UTC")
