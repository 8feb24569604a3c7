"""What the law asks of a host: each line is met, not met or not ours, by what is found there."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from core.app.audit.dto import Verification
from core.db.models import AccessRecord, Recipient
from core.law import facts, sshd
from core.law.dto import DatabaseFacts, Facts, Line, Promises, SshRules, State, Whose
from core.law.rules import BACKUP_DAYS, ERASE_DAYS, MANY, TWO_YEARS, UNUSED_DAYS, lines
from core.values.roles import Role
from core.values.times import now
from tests.factories import World

WHOLE = Verification(5, 5, "0", None, True)
BROKEN = Verification(5, 5, "0", 3, True)
MOMENT = now()
GOOD = Facts(
    promises=Promises(10, 12, 730, 30, 365, 90, 30, ("viewer",), True, False),
    database=DatabaseFacts(
        moment=MOMENT, recipients=10, organizations=2, admins=(("kim", "system"), ("lee", "organization")),
        unused=(), oldest_record=MOMENT, changes=WHOLE, access=WHOLE, last_backup=MOMENT, last_erase=MOMENT,
        expired=False, is_sqlite=True, unsigned=(),
    ),
    ssh=SshRules("/etc/ssh/sshd_config", True, 2, 2),
)  # fmt: skip


ARTICLES = {
    "rights": 5, "access": 6, "encryption": 7, "records": 8, "disaster": 11, "output": 12, "destruction": 13,
}  # fmt: skip


def line(found: Facts, check: str) -> Line:
    """The line of this check; each is of its part's article, whatever is found."""
    for one in lines(found):
        assert one.article == ARTICLES[one.check.partition(".")[0]], one
    return next(one for one in lines(found) if one.check == check)


def test_what_a_host_in_order_does_not_do_is_told_with_whose_it_is() -> None:
    found = lines(GOOD)
    assert {one.article for one in found} == set(ARTICLES.values())
    assert [one.check for one in found if one.state is State.NOT_MET] == []
    others = {one.check: one.whose for one in found if one.state is State.NOT_OURS}
    assert others["encryption.disk"] is Whose.HOST
    assert others["rights.persons"] is Whose.ORGANIZATION
    assert all(one.to_do for one in found if one.state is not State.MET)


def test_what_is_not_met_says_what_to_do() -> None:
    """Each wrong fact makes its own line not met, and no other."""
    assert GOOD.database is not None
    by_settings = {
        "access.idle": {"idle_minutes": 0}, "encryption.passwords": {"has_password": True},
        "records.kept": {"records_days": 365}, "records.away": {"sends_to_syslog": False},
        "output.files": {"file_days": 0}, "destruction.times": {"voice_days": 0},
    }  # fmt: skip
    by_database = {
        "rights.least": {"admins": (("kim", "system"), ("lee", "system"))},
        "rights.unused": {"unused": ("lee",)}, "access.rows": {"open_rights": ("A table is open.",)},
        "encryption.way": {"tls": False}, "records.chain": {"access": BROKEN},
        "records.review": {"unsigned": ("2026-09",)}, "disaster.backup": {"last_backup": MOMENT - timedelta(8)},
        "destruction.done": {"expired": True},
    }  # fmt: skip
    for check, changed in by_settings.items():
        wrong = replace(GOOD, promises=replace(GOOD.promises, **changed))
        assert [one.check for one in lines(wrong) if one.state is State.NOT_MET] == [check]
        assert line(wrong, check).to_do
    for check, changed in by_database.items():
        wrong = replace(GOOD, database=replace(GOOD.database, **changed))
        assert [one.check for one in lines(wrong) if one.state is State.NOT_MET] == [check]
        assert line(wrong, check).to_do


@pytest.mark.parametrize(
    ("tls", "words"),
    [(None, "through SSH only"), (True, "to PostgreSQL by TLS"), (False, "without TLS")],
)
def test_what_leaves_the_host_is_told_by_its_way(tls: bool | None, words: str) -> None:
    assert GOOD.database is not None
    found = line(replace(GOOD, database=replace(GOOD.database, tls=tls)), "encryption.way")
    assert (found.state is State.NOT_MET, words in found.found) == (tls is False, True)


def test_from_fifty_thousand_people_on_records_are_kept_for_two_years_whatever_they_hold() -> None:
    assert GOOD.database is not None
    short = replace(GOOD, promises=replace(GOOD.promises, records_days=729))
    for recipients, why in (
        (49_999, "sensitive data"),
        (50_000, "there are 50,000 people, from 50,000"),
    ):
        found = line(
            replace(short, database=replace(GOOD.database, recipients=recipients)), "records.kept"
        )
        assert (found.state, why in found.found) == (State.NOT_MET, True)
    assert (MANY, TWO_YEARS, UNUSED_DAYS, BACKUP_DAYS, ERASE_DAYS) == (50_000, 730, 90, 7, 2)
    assert line(GOOD, "rights.least").found == "system 1, organization 1"


@pytest.mark.parametrize(
    ("organizations", "admins", "state"),
    [(1, 2, State.MET), (2, 1, State.MET), (2, 2, State.NOT_MET)],
)
def test_admins_who_see_everything_are_too_many_where_there_is_more_than_one_of_both(
    organizations: int, admins: int, state: State
) -> None:
    assert GOOD.database is not None
    everybody = tuple((f"kim-{at}", "system") for at in range(admins))
    kept = replace(GOOD.database, organizations=organizations, admins=everybody)
    assert line(replace(GOOD, database=kept), "rights.least").state is state


@pytest.mark.parametrize(
    ("check", "last", "days"),
    [
        ("destruction.done", "last_erase", ERASE_DAYS),
        ("disaster.backup", "last_backup", BACKUP_DAYS),
    ],
)
def test_what_is_to_be_done_each_night_is_met_for_so_many_days(
    check: str, last: str, days: int
) -> None:
    assert GOOD.database is not None
    for moment, state in (
        (MOMENT - timedelta(days), State.MET),
        (MOMENT - timedelta(days + 1), State.NOT_MET),
        (None, State.NOT_MET),
    ):
        found = line(replace(GOOD, database=replace(GOOD.database, **{last: moment})), check)
        assert found.state is state
    assert line(replace(GOOD, open_files=("x (0644)",)), "access.files").state is State.NOT_MET
    passwords = replace(GOOD, ssh=SshRules("/etc/ssh/sshd_config"))
    assert line(passwords, "access.sign_in").state is State.NOT_MET


def test_what_cannot_be_seen_is_not_said_to_be_met() -> None:
    assert GOOD.database is not None
    blind = replace(
        GOOD, ssh=SshRules(), database=replace(GOOD.database, unused=None, changes=None)
    )
    assert line(blind, "access.sign_in").state is State.NOT_OURS
    assert line(blind, "access.address").state is State.NOT_OURS
    assert line(blind, "rights.unused").state is State.NOT_OURS
    assert line(blind, "records.chain").state is State.NOT_MET
    unreadable = lines(replace(GOOD, database=None, problem="No."))
    assert [one.check for one in unreadable if one.state is State.NOT_MET] == ["records.chain"]
    unsigned = replace(GOOD, database=replace(GOOD.database, unsigned=None))
    assert "records.review" not in [one.check for one in lines(unsigned)]


async def test_the_facts_are_those_of_the_database(world: World) -> None:
    here = await world.organization("해운대")
    await world.admin("lee", Role.ORGANIZATION, here)
    person = await world.recipient(here)
    await world.services.recipients.get(world.system, person.id)
    settings = world.settings
    kept = (await facts.gather(settings, Path("/nowhere"))).database
    assert kept is not None
    assert (kept.recipients, kept.organizations) == (1, 2 if kept.organizations == 2 else 1)
    assert ("lee", "organization") in kept.admins
    assert (kept.unused, kept.last_backup, kept.last_erase, kept.expired) == (
        None,
        None,
        None,
        False,
    )
    assert (kept.is_sqlite, kept.tls) == (world.database.is_sqlite, None)
    assert kept.changes is not None
    assert kept.changes.is_whole
    async with world.database.transaction() as session:
        gone = sa.update(Recipient).values(deleted_at=now() - timedelta(days=33))
        await session.execute(gone.where(Recipient.id == person.id))
        if world.database.is_sqlite:
            long_ago = {"at": now() - timedelta(days=99), "key": "x", "admin_id": None}
            made = {"account": "", "client": "", "action": "session.begin", "subject": "admin"}
            await session.execute(sa.insert(AccessRecord).values(**long_ago, **made, details={}))
    kept = (await facts.gather(settings, Path("/nowhere"))).database
    assert kept is not None
    assert kept.expired
    if world.database.is_sqlite:
        assert kept.unused is not None
        assert "lee" in kept.unused
        assert line(replace(GOOD, database=kept), "disaster.backup").state is State.NOT_MET


async def test_a_database_that_is_not_there_is_told(world: World, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'none.db'}"
    found = await facts.gather(msgspec.structs.replace(world.settings, database=url), Path("/no"))
    assert (found.database, "There is no database" in found.problem) == (None, True)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("text", "only_keys"),
    [
        ("", False),
        ("PasswordAuthentication no\n", False),  # keyboard-interactive still asks for one
        ("PasswordAuthentication no\nKbdInteractiveAuthentication no\n", True),
        ("AuthenticationMethods publickey\n", True),
        ("AuthenticationMethods publickey password\n", False),
        ("Match User carecall\n AuthenticationMethods publickey\n", True),
        ("Match User other\n AuthenticationMethods publickey\n", False),
        ("Match User other\nMatch all\nAuthenticationMethods publickey\n", True),
        ("Include more.d/*.conf\nPasswordAuthentication yes\n", True),
    ],
)
def test_what_sshd_lets_in_is_read_as_it_reads_it(
    tmp_path: Path, text: str, only_keys: bool
) -> None:
    (tmp_path / "more.d").mkdir()
    inside = "Match User carecall,x\n  AuthenticationMethods=publickey\n"
    (tmp_path / "more.d/carecall.conf").write_text(inside)
    config = tmp_path / "sshd_config"
    config.write_text(text)
    assert sshd.read(config, "carecall").only_keys is only_keys


def test_keys_that_say_from_where_are_counted(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(
        '# of us\nfrom="10.0.0.0/8",restrict ssh-ed25519 AAAA kim\nrestrict ssh-rsa AA\n'
    )
    config = tmp_path / "sshd_config"
    config.write_text(f"Match User carecall\nAuthorizedKeysFile {keys}\n")
    found = sshd.read(config, "carecall")
    assert (found.keys, found.keys_with_address) == (2, 1)
    assert sshd.read(tmp_path / "none", "carecall") == SshRules()
