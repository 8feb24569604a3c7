"""``carecall config show|check|init|schema``: what is set, what is wrong with it, and a file to begin with.

It needs no database, and runs whatever is wrong with the settings.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core.io.configuration import (
    KEYS,
    Configuration,
    Place,
    Problem,
    defaults,
    own_file,
    read_configuration,
)
from core.values.errors import CoreError, InvalidInput
from core.values.i18n import N_, _, ngettext
from core.values.message import plain
from core.values.setting import Setting
from core.values.settings import OF_THE_ENVIRONMENT, can_be, every, parts
from core.values.text import displayed_line
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, add_file, rows_as_json

if TYPE_CHECKING:
    import tomlkit

_WRONG = 2
_BEGIN = (
    N_(
        "Settings of carecall, with their defaults. To change one, take the # before its name away."
    ),
    N_("carecall config check tells what is wrong here, carecall config show what holds."),
)
_OWN_KEY = '"recipients.add" = "a,insert"'


class SettingRow(msgspec.Struct, frozen=True):
    """A setting as it holds. ``source``: default, environment or file."""

    name: str
    value: Any
    source: str
    file: str | None
    line: int | None
    variable: str | None


class ProblemRow(msgspec.Struct, frozen=True):
    """Something that is wrong, where, and the way out."""

    name: str
    problem: str
    way_out: str
    file: str | None
    line: int | None
    variable: str | None


def add_arguments(parser: Parser) -> None:
    """The four actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    show = add_command(actions, "show", _("show every setting, and where it comes from"))
    rows_as_json(show, SettingRow)
    check = add_command(actions, "check", _("name everything that is wrong, by its line"))
    rows_as_json(check, ProblemRow)
    init = add_command(actions, "init", _("write a file with every setting and its default"))
    add_file(
        init,
        "file",
        metavar=_("FILE"),
        nargs="?",
        help=_("a new file instead of your own; - writes to standard output"),
    )
    add_command(actions, "schema", _("print the JSON Schema of the file, for editors"))


async def run(context: CommandContext) -> int:
    """Do the action."""
    action = context.arguments.action
    if action == "init":
        _init(context)
    elif action == "schema":
        _schema(context)
    else:
        return {"show": _show, "check": _check}[action](context, read_configuration())
    return DONE


def _show(context: CommandContext, found: Configuration) -> int:
    rows = list(_rows(found))
    if context.arguments.json:
        context.write_rows(row for row, _setting, _place in rows)
    else:
        lines = [
            (row.name, setting.shown(row.value) or setting.usual or "-", _source(place))
            for row, setting, place in rows
        ]
        context.write("".join(_laid_out(lines, context.width)))
    if _problems(found):
        context.say(_("Something is wrong with them: carecall config check tells what."))
    return DONE


def _rows(found: Configuration) -> Iterator[tuple[SettingRow, Setting, Place]]:
    for setting in (*every().values(), *OF_THE_ENVIRONMENT):
        own = [name for name in found.values if name.startswith(KEYS)]
        for name in own if setting.name == "keys" and own else [setting.told]:
            place = found.place(name)
            value = found.values.get(name, setting.default)
            if not setting.name:
                value = found.environment.get(name, setting.default)
            elif name == setting.name:
                value = _as_it_holds(setting, value)
            yield _row(name, setting, value, place), setting, place


def _as_it_holds(setting: Setting, value: Any) -> Any:
    try:
        return msgspec.to_builtins(setting.taken(value), enc_hook=str)
    except ValueError:
        return value  # wrong, and shown as it was written


def _row(name: str, setting: Setting, value: Any, place: Place) -> SettingRow:
    is_no_text = setting.is_text and isinstance(value, list | dict)  # wrong, and maybe a URL within
    shown = setting.shown(value) if isinstance(value, str) or is_no_text else value
    source = "file" if place.file else "environment" if place.variable else "default"
    file = str(place.file.path) if place.file else None
    return SettingRow(name, shown, source, file, place.line, place.variable or None)


def _source(place: Place) -> str:
    """Where it comes from, short: ``~/.config/carecall/config.toml:3``."""
    if place.file is None:
        return place.words
    return f"{_short(place.file.path)}:{place.line}"


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _laid_out(rows: Sequence[tuple[str, str, str]], width: int | None) -> Iterator[str]:
    """Name, value, source, aligned; in a terminal nothing is cut: what is long goes on in the next line."""
    from rich.cells import cell_len, chop_cells

    def filled(text: str, cells: int) -> str:
        return text + " " * max(cells - cell_len(text), 2)

    rows = [(name, displayed_line(value), source) for name, value, source in rows]
    first = max(cell_len(name) for name, _value, _source in rows) + 2
    most = max(cell_len(value) for _name, value, _source in rows) + 2
    if width is not None:
        longest = max(cell_len(source) for _name, _value, source in rows)
        most = min(most, max(width - first - longest, 8))
    for name, value, source in rows:
        line = f"{filled(name, first)}{filled(value, most)}{source}"
        if width is None or cell_len(line) <= width:
            yield f"{line}\n"
            continue
        for at, part in enumerate(chop_cells(value, max(width - first, 8))):
            yield f"{filled('' if at else name, first)}{part}\n"
        yield f"{' ' * (first + most)}{source}\n"


def _problems(found: Configuration) -> list[Problem]:
    """All that is wrong, own keys and the URL of the database too."""
    from tui.own_keys import wrong

    own = {
        name.removeprefix(KEYS): value
        for name, value in found.values.items()
        if name.startswith(KEYS) and isinstance(value, str)
    }
    problems = found.problems()
    for one in wrong(own) if own else ():
        name = f"{KEYS}{one.name}"
        problems.append(_problem(name, found.place(name), one.error(found.place(name).words)))
    problems += _of_urls(found)
    files = [file.path for file in found.files]
    return sorted(
        problems, key=lambda one: (files.index(one.file) if one.file else 2, one.line or 0)
    )


def _of_urls(found: Configuration) -> Iterator[Problem]:
    """What is wrong with a URL of the database, whether it holds or not."""
    from core.storage.maintenance import require_url

    places = [Place(file, "database") for file in found.files if "database" in file.values]
    places += [one for one in (found.place("database"),) if one.file is None]
    for place in places:
        url = place.file.values["database"] if place.file else found.values["database"]
        if not isinstance(url, str):
            continue  # told as any other value
        try:
            require_url(url)
        except InvalidInput as error:
            told = InvalidInput(f"{place.words}: {error.what}", error.hint)
            yield _problem("database", place, told)


def _problem(name: str, place: Place, error: CoreError) -> Problem:
    file = place.file.path if place.file else None
    return Problem(name, error.what, error.hint, file, place.line, place.variable)


def _check(context: CommandContext, found: Configuration) -> int:
    problems = _problems(found)
    if context.arguments.json:
        context.write_rows(
            ProblemRow(
                one.name,
                one.what,
                one.hint,
                str(one.file) if one.file else None,
                one.line,
                one.variable or None,
            )
            for one in problems
        )
    else:
        context.write("".join(f"{displayed_line(str(one.error))}\n" for one in problems))
    for place in found.unheeded():
        words = _("{name} ({source}) changes nothing: the host's is shorter.")
        context.say(words.format(name=place.name, source=place.words))
    if problems:
        words = ngettext("{count} thing is wrong.", "{count} things are wrong.", len(problems))
        context.say(words.format(count=len(problems)))
        return _WRONG
    read = [str(file.path) for file in found.files if file.text]
    words = (
        _("Nothing is wrong. Read: {files}.") if read else _("Nothing is wrong; no file is there.")
    )
    context.say(words.format(files=", ".join(read)))
    return DONE


def _init(context: CommandContext) -> None:
    given = context.arguments.file
    text = commented_file()
    if given == "-":
        context.write(text)
        return
    from core.io import beneath
    from core.io.private import created, make_private_directory, translate_path_errors

    file = Path(given).expanduser() if given else own_file()
    if file.exists():
        raise InvalidInput(
            _("{file} exists already; it is not written over.").format(file=file),
            _("Edit it; carecall config init - prints what a new one would be."),
        )
    if not given:
        with translate_path_errors(str(file)):
            make_private_directory(file.parent)
    with created(beneath.folder(file.parent), file.name, str(file)) as out:
        out.write(text.encode())
    context.say(_("Wrote {file}. Edit it, then: carecall config check").format(file=file))


def commented_file() -> str:
    """A file with every setting, its meaning and its default, as comments."""
    import tomlkit

    usual = defaults(os.environ)
    made = tomlkit.document()
    for words in _BEGIN:
        made.add(tomlkit.comment(_(words)))
    for setting in every().values():
        if not setting.part and setting.name != "keys":
            _add(made, setting, usual.get(setting.name, setting.default))
    for name, about in parts().items():
        part = tomlkit.table()
        part.comment(_(about))
        for setting in every().values():
            if setting.part == name:
                _add(part, setting, setting.default)
        made.add(tomlkit.nl())
        made.add(name, part)
    keys = tomlkit.table()
    about = every()["keys"].says.meaning
    keys.add(tomlkit.comment(_(about)))
    keys.add(tomlkit.comment(_OWN_KEY))
    made.add(tomlkit.nl())
    made.add("keys", keys)
    return tomlkit.dumps(made)


def _add(where: "tomlkit.TOMLDocument | tomlkit.items.Table", setting: Setting, value: Any) -> None:
    import tomlkit

    meaning = _(setting.says.meaning)
    if not setting.is_text:
        meaning += f" ({can_be(setting)})"
    where.add(tomlkit.nl())
    where.add(tomlkit.comment(meaning))
    literal = tomlkit.item(msgspec.to_builtins(value, enc_hook=str)).as_string()
    where.add(tomlkit.comment(f"{setting.last_name} = {literal}"))


def _schema(context: CommandContext) -> None:
    from core.values.settings_schema import schema
    from tui.action import every as actions
    from tui.own_keys import OwnKeys

    keys = OwnKeys({})
    named = {one.full_name: f"{_(one.label)}: {keys.shown(one)}" for one in actions()}
    context.write_json(
        msgspec.json.format(msgspec.json.encode(schema(named), enc_hook=plain)).decode() + "\n"
    )
