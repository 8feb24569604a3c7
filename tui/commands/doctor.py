"""``carecall doctor``: what works on this host, and why the rest does not. It changes nothing."""

import importlib
import importlib.util
import locale
import os
import platform
import shutil
import stat
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from core.io.configuration import read_configuration
from core.io.reasons import why
from core.values.errors import CoreError
from core.values.i18n import _
from core.values.settings import IDLE_LAW, RECORDS_LAW, WHOLE_RECORDS, every
from core.values.times import now, show_with_zone
from tui.commands import profile
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import Parser, object_as_json
from tui.commands.shapes import like
from tui.commands.table import told

if TYPE_CHECKING:
    from core.values.settings import Settings

_EXTRAS = (("asyncpg", "postgresql"), ("miniaudio", "sound"), ("simpleaudio", "simpleaudio"))
_SMALLEST = (80, 24)
_LATE = timedelta(minutes=15)  # three times what a timer takes
_SHOWN = (
    "database", "voice_dir", "region", "timezone", "language", "player", "player_command", "theme",
    "data_dir", "state_dir",
)  # fmt: skip


class Finding(NamedTuple):
    """One line: what was looked at, whether it is as it should be, and what was found."""

    what: str
    good: bool
    found: str
    needed: bool = True

    @property
    def mark(self) -> str:
        """Fine; not fine; not fine, but the console works without it."""
        return _("ok") if self.good else "!" if self.needed else "-"


def add_arguments(parser: Parser) -> None:
    """Whether it is about the law instead."""
    parser.add_argument(
        "--profile",
        choices=[profile.KR_PUBLIC],
        help=_("go through the articles of the law instead: met, not met, not ours"),
    )
    object_as_json(
        parser,
        (like(Finding, "Finding"), profile.Profile),
        _("as JSON: each finding a line; of a profile one object"),
    )


async def run(context: CommandContext) -> int:
    """Look at everything; SOME_FAILED where something is not as it should be."""
    if context.arguments.profile:
        return await profile.run(context)
    findings = [
        *_program(),
        *(await _database(context.settings)),
        *_files(context.settings),
        *_terminal(),
        *_extras(),
        *(await _sound(context.settings)),
        *_promises(context.settings),
        *(await _reviews(context.settings)),
        *(await _forwarded(context.settings)),
        *_settings(context.settings),
    ]
    if context.arguments.json:
        context.write_rows(one._asdict() for one in findings)
    else:
        rows = [(one.mark, one.what, one.found) for one in findings]
        context.write(told(("", _("What"), _("Found")), rows, context.width))
    bad = sum(one.needed and not one.good for one in findings)
    if bad:
        context.say(_("Lines marked with ! want to be looked at: {count}.").format(count=bad))
    return SOME_FAILED if bad else DONE


def _program() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(_("Python"), sys.version_info >= (3, 11), f"{version}, {platform.platform()}")


async def _database(settings: "Settings") -> list[Finding]:
    from core.storage import maintenance

    report = await maintenance.report(settings, thorough=True)
    findings = [
        Finding(_("Database"), not report.problem, f"{report.location}: {report.state}"),
        Finding(_("Database engine"), True, report.engine),
        Finding(_("Journal mode for new databases"), True, maintenance.journal_words()),
    ]
    if report.problem:
        findings.append(Finding(_("Database problem"), False, report.problem))
    if maintenance.has_password(settings.database):
        words = _("It holds a password; take it out and put it into ~/.pgpass.")
        findings.append(Finding(_("URL of the database"), False, words))
    findings += [Finding(_("Rights in the database"), False, words) for words in report.rights]
    if report.unreadable:
        words = _("Rows that cannot be read, in: {columns}. Mend them, or restore a backup.")
        found = words.format(columns=", ".join(report.unreadable))
        findings.append(Finding(_("Rows"), False, found))
    if report.journal_mode:
        trusted = report.journal_mode != "wal" or maintenance.trusts_wal()
        findings.append(Finding(_("Journal mode of this one"), trusted, report.journal_mode))
        damage = "; ".join(report.damage)
        findings.append(Finding(_("Integrity"), not damage, damage or _("no damage found")))
    return findings


def _files(settings: "Settings") -> Iterator[Finding]:
    from core.storage import maintenance

    files = [settings.data_dir, settings.voice_dir, settings.state_dir, settings.state_dir / "log"]
    if (database := maintenance.database_file(settings)) is not None:
        files.insert(0, database)
    for file in files:
        try:
            found = file.stat()
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            yield Finding(str(file), missing, _("not there yet") if missing else why(error))
            continue
        private = not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        words = f"{stat.S_IMODE(found.st_mode):04o}"
        if not private:
            words += " " + _("others on this host can open it; chmod go-rwx takes that away")
        yield Finding(str(file), private, words)


def _terminal() -> Iterator[Finding]:
    encoding = locale.getencoding()
    utf8 = encoding.replace("-", "").lower() == "utf8" or bool(sys.flags.utf8_mode)
    words = encoding if utf8 else f"{encoding}; " + _("set LANG to a UTF-8 locale, e.g. C.UTF-8")
    yield Finding(_("Text encoding"), utf8, words)
    term = os.environ.get("TERM", "")
    yield Finding(_("Terminal (TERM)"), term not in ("", "dumb"), term or _("not set"))
    size = shutil.get_terminal_size()
    if any(os.isatty(descriptor) for descriptor in (0, 1, 2)):
        large = size.columns >= _SMALLEST[0] and size.lines >= _SMALLEST[1]
        yield Finding(_("Terminal size"), large, f"{size.columns}x{size.lines}")
    else:
        yield Finding(_("Terminal size"), True, _("no terminal"))
    yield Finding(
        _("tmux"), True, _("inside tmux") if "TMUX" in os.environ else _("not inside tmux")
    )


def _extras() -> Iterator[Finding]:
    hint = _("not installed; pip install 'carecall-console[{extra}]'")
    if zipfile.is_zipfile(sys.argv[0]):  # which nothing can be added to
        hint = _("not in this file; carecall installed with pip can have it")
    for module, extra in _EXTRAS:
        there = importlib.util.find_spec(module) is not None
        yield Finding(module, True, _("installed") if there else hint.format(extra=extra))


async def _sound(settings: "Settings") -> list[Finding]:
    """What the voice package finds out about playing here, where it offers to."""
    probe = getattr(importlib.import_module("core.voice"), "probe", None)
    lines = await probe(settings) if probe else []
    return [Finding(what, good, found, needed=False) for what, good, found in lines]


def _promises(settings: "Settings") -> Iterator[Finding]:
    """What the settings promise of what the law asks for."""
    words = _("kept for {days} days at least ({law}); the console erases none of them")
    days = settings.retention.records_days
    yield Finding(_("Audit records"), True, words.format(days=days, law=RECORDS_LAW))
    off = _("switched off; {law} asks that a console that nobody sits at is left").format(
        law=IDLE_LAW
    )
    minutes, hours = settings.idle_minutes, settings.session_hours
    left = _("left after {minutes} min").format(minutes=f"{minutes:g}")
    yield Finding(_("A console without a key"), minutes > 0, left if minutes else off)
    ended = _("{hours} h").format(hours=f"{hours:g}") if hours else _("switched off")
    yield Finding(_("Longest session"), hours > 0, ended)


async def _reviews(settings: "Settings") -> list[Finding]:
    """Which months of records nobody has signed; the last one may still be."""
    from core.storage import maintenance

    what = _("Review of the records")
    try:
        missing = await maintenance.reviews_missing(settings)
    except CoreError:
        return []  # told above
    sign = "carecall audit review --month {month} --sign TEXT"
    if missing.late:
        words = _("nobody has signed {months} ({law}): {command}").format(
            months=", ".join(missing.late),
            law=RECORDS_LAW,
            command=sign.format(month=missing.late[0]),
        )
        return [Finding(what, False, words)]
    if missing.last:
        words = _("{month} is to be signed this month: {command}").format(
            month=missing.last, command=sign.format(month=missing.last)
        )
        return [Finding(what, False, words, needed=False)]
    return [Finding(what, True, _("no month is missing"))]


async def _forwarded(settings: "Settings") -> list[Finding]:
    """Whether syslog takes the records that it is to have whole."""
    from core.storage import maintenance

    if settings.audit_syslog != WHOLE_RECORDS:
        return []
    what = _("Records to syslog")
    try:
        waiting = await maintenance.not_forwarded(settings)
    except CoreError:
        return []  # told above
    if waiting.since is None:
        return [Finding(what, True, _("all were taken"))]
    words = _("{count} wait, the first since {moment}").format(
        count=f"{waiting.records:,}", moment=show_with_zone(waiting.since, settings.zone)
    )
    late = now() - waiting.since > _LATE
    return [Finding(what, not late, words)]


def _settings(settings: "Settings") -> Iterator[Finding]:
    from core.storage import maintenance

    found = read_configuration()
    for name in _SHOWN:
        value = every()[name].shown(getattr(settings, name))
        if name == "database":
            value = maintenance.shown_location(settings.database)
        source = found.place(name).words
        yield Finding(_("Setting {name}").format(name=name), True, f"{value or '-'} ({source})")
