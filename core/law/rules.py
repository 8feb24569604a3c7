"""What the facts come to by the Korean notice on measures to keep personal data safe. Pure.

개인정보의 안전성 확보조치 기준 (고시 제2023-6호): articles 5 to 8 and 11 to 13. The others are about plans,
malware, buildings and large public systems, of which a program on a host knows nothing.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from core.law.dto import DatabaseFacts, Facts, Line, Promises, SshRules, State, Whose
from core.values.i18n import _, ngettext
from core.values.roles import ROLE_WORDS, Role

NOTICE = "개인정보의 안전성 확보조치 기준"
MANY = 50_000  # people, from which records are kept for two years
TWO_YEARS = 730
UNUSED_DAYS = 90
BACKUP_DAYS = 7
ERASE_DAYS = 2


def lines(facts: Facts) -> list[Line]:
    """One line for each thing, in the order of the articles."""
    promises, database = facts.promises, facts.database
    found = [*_of_settings(promises), *_of_host(facts)]
    if database is None:
        words = _("The database cannot be read: {problem}").format(problem=facts.problem)
        found.append(
            _Check(8, "records.chain", _("Chain of the records")).not_met(words, _DOCTOR())
        )
    else:
        found += [
            *_rights(database),
            *_crossing(database),
            *_records(database, promises),
            *_gone(database, promises),
        ]
    return sorted(found, key=lambda line: line.article)


class _Check(Struct, frozen=True):
    """What an article asks."""

    article: int
    name: str
    what: str

    def met(self, found: str) -> Line:
        return Line(self.article, self.name, State.MET, self.what, found)

    def not_met(self, found: str, to_do: str) -> Line:
        return Line(self.article, self.name, State.NOT_MET, self.what, found, to_do)

    def not_ours(self, found: str, to_do: str, whose: Whose) -> Line:
        return Line(self.article, self.name, State.NOT_OURS, self.what, found, to_do, whose)


def _role(stored: str) -> str:
    return _(ROLE_WORDS[Role(stored)]) if stored in set(Role) else stored


def _DOCTOR() -> str:  # noqa: N802 - the words of several lines
    return _("See: carecall doctor")


def _rights(database: DatabaseFacts) -> Iterator[Line]:
    """Article 5."""
    check = _Check(5, "rights.least", _("Rights as far as the work needs them"))
    roles = [role for _login, role in database.admins]
    counted = ", ".join(f"{_role(role)} {roles.count(role)}" for role in dict.fromkeys(roles))
    if database.organizations > 1 and len(roles) > 1 and set(roles) == {"system"}:
        found = _("every admin sees every organization")
        to_do = _("Give those who work for one the role organization or viewer: carecall admin add")
        yield check.not_met(found, to_do)
    else:
        yield check.met(counted)
    check = _Check(5, "rights.unused", _("Admins who have left"))
    if database.unused is None:
        words = _("sign-ins are recorded for less than {days} days; nothing can be told yet")
        to_do = _("Go through them: carecall admin list")
        words = words.format(days=UNUSED_DAYS)
        yield check.not_ours(words, to_do, Whose.ORGANIZATION)
    elif database.unused:
        found = _("not signed in for {days} days: {logins}").format(
            days=UNUSED_DAYS, logins=", ".join(database.unused)
        )
        to_do = _("Disable who has left: carecall admin disable LOGIN")
        yield check.not_met(found, to_do)
    else:
        words = _("nobody enabled has been away for {days} days").format(days=UNUSED_DAYS)
        yield check.met(words)
    check = _Check(5, "rights.records", _("Who gave which right to whom"))
    since = f"{database.oldest_record:%Y-%m-%d}" if database.oldest_record else "-"
    words = _("recorded since {day}; the console erases no record (3 years are asked for)")
    yield check.met(words.format(day=since))
    yield _Check(5, "rights.persons", _("A login and a key for each person")).not_ours(
        _("a login belongs to one account; who holds its key cannot be seen from here"),
        _("Give no key to two people; take it away on the day somebody leaves."), Whose.ORGANIZATION,
    )  # fmt: skip


def _of_host(facts: Facts) -> Iterator[Line]:
    """Articles 5 to 7, as far as they are about files and ways in."""
    yield from _ways_in(facts.ssh)
    check = _Check(6, "access.files", _("Files that others on the host can open"))
    if facts.open_files:
        to_do = _("Take it away: chmod go-rwx FILE")
        yield check.not_met(", ".join(facts.open_files), to_do)
    else:
        yield check.met(_("none"))
    check = _Check(7, "encryption.disk", _("Encryption of the disk, and of backups"))
    yield check.not_ours(
        _("cannot be known from here; the console keeps its files as they are"),
        _("Encrypt the disk (LUKS) and what copies leave the host."), Whose.HOST,
    )  # fmt: skip


def _ways_in(ssh: SshRules) -> Iterator[Line]:
    check = _Check(6, "access.sign_in", _("Safe ways to sign in from outside"))
    hint = _("Let keys in only: AuthenticationMethods publickey, PasswordAuthentication no.")
    if ssh.only_keys:
        words = _("keys only ({source})").format(source=ssh.source)
        yield check.met(words)
    elif ssh.source:
        words = _("passwords are let in ({source})").format(source=ssh.source)
        yield check.not_met(words, hint)
    else:
        words = _("what sshd lets in cannot be read from this account")
        yield check.not_ours(words, hint, Whose.HOST)
    check = _Check(6, "access.address", _("From which addresses"))
    if ssh.keys and ssh.keys == ssh.keys_with_address:
        yield check.met(_("each key says from where (from=…)"))
    else:
        yield check.not_ours(
            _("the console takes whom sshd lets in"),
            _("Limit it by the firewall, or by from=\"…\" before each key."), Whose.NETWORK,
        )  # fmt: skip


def _of_settings(promises: Promises) -> Iterator[Line]:
    """Articles 6, 7 and 12, as far as the settings say it."""
    check = _Check(6, "access.idle", _("A console that nobody sits at"))
    if promises.idle_minutes:
        words = _("left after {minutes} min").format(minutes=f"{promises.idle_minutes:g}")
        if promises.session_hours:
            words += _(", and after {hours} h in any case").format(
                hours=f"{promises.session_hours:g}"
            )
        yield check.met(words)
    else:
        to_do = _("Write into config.toml: {line}").format(line="idle_minutes = 10")
        yield check.not_met(_("is never left"), to_do)
    check = _Check(7, "encryption.passwords", _("Passwords"))
    if promises.has_password:
        words = _("the URL of the database holds one, readable")
        yield check.not_met(words, _("Put it into ~/.pgpass (0600)."))
    else:
        yield check.met(_("none is kept: the system says who it is"))
    yield _Check(7, "encryption.unique", _("Resident registration numbers and their like")).not_ours(
        _("there is no field for them; what is typed into free texts is not read"),
        _("Let nobody type them into notes."), Whose.ORGANIZATION,
    )  # fmt: skip
    yield _Check(12, "output.reasons", _("What a download is for")).met(
        _("asked for everywhere, and recorded; lists that commands print are recorded"),
    )  # fmt: skip
    check = _Check(12, "output.masked", _("No more than is needed"))
    if promises.masked_for:
        roles = ", ".join(map(_role, promises.masked_for))
        words = _("numbers are masked for: {roles}").format(roles=roles)
        yield check.met(words)
    else:
        to_do = _("Where a role does not need them, write into config.toml: {line}").format(
            line='mask_phones_for = ["viewer"]'
        )
        words = _("every role sees whole numbers")
        yield check.not_ours(words, to_do, Whose.ORGANIZATION)
    check = _Check(12, "output.files", _("Files that admins wrote out"))
    if promises.file_days:
        words = _("erased after {days} days; copies elsewhere are not seen from here")
        yield check.met(words.format(days=promises.file_days))
    else:
        to_do = _("Write into config.toml: {line}").format(line="[retention] files = 30")
        yield check.not_met(_("stay until somebody erases them"), to_do)
    yield _Check(12, "output.paper", _("Paper and media")).not_ours(
        _("cannot be seen from here"),
        _("Say who may print, and what becomes of it."), Whose.ORGANIZATION,
    )  # fmt: skip


def _crossing(database: DatabaseFacts) -> Iterator[Line]:
    """Articles 6 and 7, as far as they are about the database."""
    check = _Check(6, "access.rows", _("Each organization its own rows"))
    if database.open_rights:
        words = " ".join(database.open_rights)
        yield check.not_met(words, _("See: docs/postgresql.md"))
    else:
        held = _("held to by the console; the file is open to its own account only")
        yield check.met(held if database.is_sqlite else _("held to by PostgreSQL itself"))
    check = _Check(7, "encryption.way", _("Data on their way"))
    if database.tls is None:
        yield check.met(_("they leave the host through SSH only"))
    elif database.tls:
        yield check.met(_("to PostgreSQL by TLS, to the desk by SSH"))
    else:
        to_do = _("Add ?ssl=verify-full to the URL of the database, and hostssl on the server.")
        yield check.not_met(_("to PostgreSQL without TLS"), to_do)


def _records(database: DatabaseFacts, promises: Promises) -> Iterator[Line]:
    """Article 8."""
    check = _Check(8, "records.kept", _("How long records are kept"))
    days = promises.records_days
    if days >= TWO_YEARS:
        words = _("{days} days at least; nothing erases them").format(days=days)
        yield check.met(words)
    else:
        why = (
            _("there are {count} people, from {many} on it is two years")
            if database.recipients >= MANY
            else _("calls about health are sensitive data, of which it is two years")
        ).format(count=f"{database.recipients:,}", many=f"{MANY:,}")
        words = _("{days} days; {why}").format(days=days, why=why)
        line = f"[retention] records_days = {TWO_YEARS}"
        to_do = _("Write into config.toml: {line}").format(line=line)
        yield check.not_met(words, to_do)
    yield _chain(database)
    if database.unsigned is not None:
        yield _reviewed(database.unsigned)
    check = _Check(8, "records.away", _("Records kept where nobody here can change them"))
    if promises.sends_to_syslog:
        words = _("the host's syslog is told of them")
        hint = _("Let syslog send them on to another host.")
        yield check.not_ours(words, hint, Whose.HOST)
    else:
        to_do = _("Write into config.toml: {line}").format(line='audit_syslog = "records"')
        yield check.not_met(_("they lie beside the data only"), to_do)


def _chain(database: DatabaseFacts) -> Line:
    check = _Check(8, "records.chain", _("Chain of the records"))
    if database.changes is None or database.access is None:
        words = _("this account does not see all of them")
        to_do = _("Run it as the account that owns the tables.")
        return check.not_met(words, to_do)
    if not (database.changes.is_whole and database.access.is_whole):
        words = _("a record was changed, put in or taken out")
        return check.not_met(words, _("See: carecall audit verify"))
    words = _("{changes} of changes and {access} of access are as they were written")
    found = words.format(
        changes=f"{database.changes.records:,}", access=f"{database.access.records:,}"
    )
    return check.met(found)


def _reviewed(unsigned: Sequence[str]) -> Line:
    check = _Check(8, "records.review", _("Looked through each month"))
    if not unsigned:
        return check.met(_("no month is missing"))
    words = _("nobody has signed: {months}").format(months=", ".join(unsigned))
    command = f"carecall audit review --month {unsigned[0]} --sign TEXT"
    to_do = _("Read and sign it: {command}").format(command=command)
    return check.not_met(words, to_do)


def _gone(database: DatabaseFacts, promises: Promises) -> Iterator[Line]:
    """Articles 11 and 13."""
    yield _backup(database)
    check = _Check(13, "destruction.times", _("How long data of people are kept"))
    without = {
        name: what_it_is
        for name, what_it_is, days in (
            ("deleted_recipients", _("Deleted recipients"), promises.deleted_days),
            ("calls", _("Calls"), promises.call_days),
            ("voice", _("Voice files"), promises.voice_days),
        )
        if not days
    }
    if without:
        words = _("without an end: {names}").format(names=", ".join(without.values()))
        to_do = _("Write the days of your rules into [retention] of config.toml: {names}").format(
            names=", ".join(without)
        )
        yield check.not_met(words, to_do)
    else:
        words = _("deleted recipients {deleted}, calls {calls}, voice files {voice} days").format(
            deleted=promises.deleted_days, calls=promises.call_days, voice=promises.voice_days
        )
        yield check.met(words)
    yield _erased(database)
    yield _Check(13, "destruction.copies", _("Copies made before")).not_ours(
        _("backups still hold what is erased"),
        _("Keep none for longer than you promise people."), Whose.HOST,
    )  # fmt: skip


def _backup(database: DatabaseFacts) -> Line:
    check = _Check(11, "disaster.backup", _("Backups"))
    if not database.is_sqlite:
        words = _("PostgreSQL makes its own; they cannot be seen from here")
        to_do = _("Let pg_dump or an archive of its WAL do it, and try to restore one.")
        return check.not_ours(words, to_do, Whose.HOST)
    to_do = _("Make one each night, elsewhere: carecall backup FILE")
    if database.last_backup is None:
        return check.not_met(_("none was made"), to_do)
    age = (database.moment - database.last_backup).days
    words = ngettext("the last one {count} day ago", "the last one {count} days ago", age).format(
        count=age
    )
    if age > BACKUP_DAYS:
        return check.not_met(words, to_do)
    return check.met(words)


def _erased(database: DatabaseFacts) -> Line:
    check = _Check(13, "destruction.done", _("Erased when its time is over"))
    to_do = _("Each night, by the crontab: carecall erase --expired")
    if database.expired:
        words = _("there is something whose time is over")
        return check.not_met(words, to_do)
    if database.last_erase is None or (database.moment - database.last_erase).days > ERASE_DAYS:
        words = _("nothing is over its time; carecall erase --expired does not run each night")
        return check.not_met(words, to_do)
    return check.met(_("each night; not a byte is left in the database"))
