"""A forced command takes what the client may ask for, and nothing that pretends to be somebody else or a path."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.io.identity import of_process
from core.recipients.rules import RecipientDraft
from core.values.roles import Role
from core.written.files import OwnFiles
from tests.audit_trail import records
from tests.commands import Carecall, Outcome
from tests.factories import World, make_services, next_phone
from tui import ssh
from tui.__main__ import COMMANDS, make_parser
from tui.commands.parsing import leaves

HOST = {
    "backup", "completion", "config check", "config init", "config schema", "config show",
    "db move", "db status", "db upgrade", "demo", "doctor", "erase", "init", "recipient erase", "tick",
}  # fmt: skip
CLIENTS = {
    "admin": "add disable enable list",
    "audit": "list review verify",
    "call": "list show",
    "call-list": "",
    "campaign": "add end enroll list start withdraw",
    "contact": "add delete edit list move reveal",
    "download": "",
    "feedback": "",
    "files": "delete get list",
    "followup": "add delete edit list",
    "handover": "",
    "ingest": "",
    "memo": "add delete edit list",
    "memory": "edit history list reset",
    "organization": "add list rename",
    "recipient": "add apart delete deleted duplicates edit export history list merge pause restore resume"
    " reveal show tag",
    "search": "",
    "tag": "delete list rename",
    "task": "acknowledge add done drop give later list take",
    "template": "",
    "trend": "",
    "upload": "",
    "uploads": "correct failed list show undo",
    "view": "delete list move rename restore run save show start",
    "voice": "",
}


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    """A database of this account, whose own admin is root; kim and lee come in by forced commands."""
    world = await make_services(tmp_path, account=of_process().account)
    here, there = await world.organization("Here"), await world.organization("There")
    await world.admin("kim", Role.ORGANIZATION, here, account="kim")
    await world.admin("lee", Role.VIEWER, there, account="lee")
    for body, name in ((here, "김영희"), (there, "박철수")):
        row = await world.services.recipients.add(
            world.system, RecipientDraft(name, next_phone(), "", organization_id=body)
        )
        await world.campaign(f"Campaign {name}", body, recipients=[row.id])
    await world.close()
    return Carecall(tmp_path)


def asked(
    carecall: Carecall,
    words: str | None,
    *,
    forced: tuple[str, ...] = ("--as", "kim", "--ssh"),
    **more: str,
) -> Outcome:
    """What comes of it when a client asks for these words through the forced command."""
    environment = {"SSH_CONNECTION": "192.0.2.7 50000 192.0.2.1 22", **more}
    if words is not None:
        environment["SSH_ORIGINAL_COMMAND"] = words
    return carecall(*forced, more=environment)


def test_a_command_is_done_as_the_admin_of_the_forced_command(carecall: Carecall) -> None:
    for words in ("call-list", "carecall call-list", "call-list --format csv"):
        done = asked(carecall, words)
        assert done.code == 0, done.err
        assert "김영희" in done.out
        assert "박철수" not in done.out


async def test_the_record_names_admin_account_and_client(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account=of_process().account)
    await world.admin("kim", Role.SYSTEM, account="kim")
    await in_thread(Carecall(tmp_path), "organization add Somewhere")
    last = (await records(world))[-1]
    [kim] = [row.id for row in await world.services.admins.list(world.system) if row.login == "kim"]
    assert (last.action, last.admin_id) == ("organization.add", kim)
    assert (last.account, last.client) == (of_process().account, "192.0.2.7")
    await world.close()


async def in_thread(carecall: Carecall, words: str) -> None:
    import asyncio

    assert (await asyncio.to_thread(asked, carecall, words)).code == 0


# pretending to be somebody else

SPOOFS = [
    "--as root call-list",
    "--as=root call-list",
    "--a root call-list",
    "call-list --as root",
    "carecall --as root call-list",
    "--as kim call-list",
    "--ssh call-list",
    "--ssh --as root call-list",
    "-- --as root call-list",
    "carecall carecall --as root call-list",
    "CARECALL_DATABASE=x carecall --as root call-list",
    "env USER=root carecall --as root call-list",
    "sudo -u root carecall call-list",
    "'--as' 'root' call-list",
    "--a\\s root call-list",
    '"--as=root" call-list',
    "call-list\n--as root",
    "call-list --campaign x --as root",
]


@pytest.mark.parametrize("words", SPOOFS)
def test_nobody_becomes_another_admin_by_words(carecall: Carecall, words: str) -> None:
    done = asked(carecall, words)
    assert done.code in (2, 3), done
    assert done.out == ""
    assert "act-as" not in done.err


@pytest.mark.parametrize(
    "environment",
    [
        {"USER": "root"},
        {"LOGNAME": "root"},
        {"SUDO_USER": "root", "SUDO_UID": "0"},
        {"USERNAME": "root", "LNAME": "root"},
        {"CARECALL_AS": "root", "CARECALL_LOGIN": "root", "CARECALL_ACCOUNT": "root"},
        {"SSH_USER": "root", "REMOTE_USER": "root", "KRB5PRINCIPAL": "root"},
    ],
)
def test_nobody_becomes_another_admin_by_the_environment(
    carecall: Carecall, environment: dict[str, str]
) -> None:
    done = asked(carecall, "call-list", **environment)
    assert "박철수" not in done.out
    assert asked(carecall, "admin add x --role system", **environment).code == 3
    # without --as, the account by the kernel's word counts: lee only reads
    lee = asked(carecall, "organization list", forced=("--as", "lee", "--ssh"), **environment)
    assert "Here" not in lee.out


@pytest.mark.parametrize("login", ["nobody", "ROOT", "root'--", "kim@host", "kim "])
def test_a_login_that_does_not_exist_is_refused(carecall: Carecall, login: str) -> None:
    done = asked(carecall, "call-list", forced=("--as", login, "--ssh"))
    assert (done.code, done.out) == (3, "")


def test_a_disabled_admin_is_refused(carecall: Carecall) -> None:
    carecall.done("admin", "disable", "kim")
    done = asked(carecall, "call-list")
    assert (done.code, done.out) == (3, "")
    assert "kim is disabled" in done.err


def test_a_forced_command_has_no_command_of_its_own(carecall: Carecall) -> None:
    done = asked(carecall, "call-list", forced=("--as", "kim", "--ssh", "call-list"))
    assert done.code == 2


# what may be asked for


@pytest.mark.parametrize(
    "words",
    [
        "init", "demo", "db status", "db upgrade", "backup copy.db", "backup -", "doctor",
        "erase --expired", "--rich doctor",
    ],
)  # fmt: skip
def test_what_belongs_to_the_host_is_not_for_clients(carecall: Carecall, words: str) -> None:
    done = asked(carecall, words)
    assert (done.code, done.out) == (3, "")
    assert "not for use over this connection" in done.err


@pytest.mark.parametrize(
    "words",
    [
        "upload /etc/passwd", "upload x.xlsx", "upload - --results x.xlsx", "upload ./-",
        "download out.xlsx --reason x", "download ../x --reason x", "template x.xlsx", "template /tmp/x.xlsx",
        "ingest calls.jsonl", "ingest /dev/stdin", "voice c-1 out.wav", "voice c-1 /tmp/x",
    ],
)  # fmt: skip
def test_a_client_names_no_files(carecall: Carecall, words: str) -> None:
    before = sorted(carecall.directory.iterdir())
    done = asked(carecall, words)
    assert (done.code, done.out) == (3, ""), done
    assert sorted(carecall.directory.iterdir()) == before


def test_what_an_admin_wrote_out_is_fetched_and_deleted_by_that_admin(carecall: Carecall) -> None:
    place = {"XDG_DATA_HOME": str(carecall.directory)}
    with OwnFiles(carecall.directory / "carecall", "kim").create("김영희.xlsx") as file:
        file.write(b"mine")
    lee = ("--as", "lee", "--ssh")
    assert "김영희.xlsx" in asked(carecall, "files list", **place).out
    assert asked(carecall, "files get 김영희.xlsx", **place).out == "mine"
    assert "no files" in asked(carecall, "files list", forced=lee, **place).err
    for words in (
        "files get 김영희.xlsx",
        "files get ../kim/김영희.xlsx",
        "files delete /etc/passwd",
    ):
        assert asked(carecall, words, forced=lee, **place).code == 2
    assert "erased" in asked(carecall, "files delete 김영희.xlsx", **place).err
    assert asked(carecall, "files get 김영희.xlsx", **place).code == 2


@pytest.mark.parametrize(
    "words",
    [
        "call-list; id", "call-list && id", "call-list | sh", "$(id)", "`id`", "call-list > /tmp/x",
        "sh", "/bin/sh -c id", "scp -t /tmp", "internal-sftp", "/usr/lib/openssh/sftp-server",
        "rsync --server", "git-upload-pack x", "call-list 'open quote",
    ],
)  # fmt: skip
def test_no_shell_is_reached(carecall: Carecall, words: str) -> None:
    done = asked(carecall, words)
    assert (done.code, done.out) == (2, "")
    assert "uid=" not in done.err


def test_an_address_that_sudo_handed_on_is_only_claimed() -> None:
    told = {"SSH_CONNECTION": "192.0.2.7 5 192.0.2.1 22"}
    assert ssh.client_address(told) == "192.0.2.7"
    assert ssh.client_address({**told, "SUDO_UID": "1000"}) == "192.0.2.7 (claimed)"


def test_roles_hold_over_the_connection_too(carecall: Carecall) -> None:
    assert asked(carecall, "audit list").code == 0
    assert asked(carecall, "audit verify").code == 3
    assert asked(carecall, "organization add X").code == 3
    assert asked(carecall, "audit list", forced=("--as", "lee", "--ssh")).code == 3


def test_without_words_the_console_is_meant(carecall: Carecall) -> None:
    for words in (None, "", "carecall", "--rich"):
        done = asked(carecall, words)
        assert "needs a terminal with a screen" in done.err


def test_every_command_is_for_clients_or_for_the_host() -> None:
    """One that is new is for the host, until it says otherwise and stands here."""
    every = list(leaves(make_parser(COMMANDS)))
    for_clients = {leaf.prog.removeprefix("carecall ") for leaf in every if leaf.over_ssh}
    for_host = {leaf.prog.removeprefix("carecall ") for leaf in every if not leaf.over_ssh}
    assert for_host == HOST
    groups: dict[str, list[str]] = {}
    for words in sorted(for_clients):
        groups.setdefault(words.partition(" ")[0], []).append(words.partition(" ")[2])
    assert {group: " ".join(names) for group, names in groups.items()} == CLIENTS


def test_every_argument_that_names_a_file_says_so() -> None:
    for leaf in leaves(make_parser(COMMANDS)):
        named = {one.dest for one in leaf._actions if "FILE" in str(one.metavar)}
        assert named == leaf.files or not leaf.over_ssh, leaf.prog


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("192.0.2.7 50000 192.0.2.1 22", "192.0.2.7"),
        ("2001:db8::7 50000 2001:db8::1 22", "2001:db8::7"),
        ("fe80::1%eth0 1 fe80::2 22", "fe80::1%eth0"),
        ("", ""),
        ("UNKNOWN 65535 UNKNOWN 65535", ""),
        ("192.0.2.7;id 1 2 3", ""),
        ("\x1b]0;x\x07 1 2 3", ""),
        ("999.0.0.1 1 2 3", ""),
    ],
)
def test_the_address_is_one_or_nothing(told: str, address: str) -> None:
    assert ssh.client_address({"SSH_CONNECTION": told}) == address


def test_files_made_over_the_connection_are_private(carecall: Carecall) -> None:
    os.umask(0)
    asked(carecall, "call-list")
    assert os.umask(0o022) == 0o077


async def test_a_stranger_to_the_database_may_not_say_as(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account that runs it does not own the file, whatever it says."""
    from core.values.errors import NotPermitted

    await world.admin("kim", Role.SYSTEM, account="kim")
    for claimed in ("kim", "root"):
        monkeypatch.setenv("USER", claimed)
        who = of_process(act_as="kim", over_ssh=True)
        stranger = type(who)("kim", who.uid + 1, act_as="kim", over_ssh=True)
        with pytest.raises(NotPermitted, match="owns the database"):
            await world.services.admins.sign_in(stranger)


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o1777])
async def test_as_needs_a_directory_that_nobody_else_may_change(
    world: World, tmp_path: Path, mode: int
) -> None:
    from core.values.errors import NotPermitted

    await world.admin("kim", Role.SYSTEM, account="kim")
    tmp_path.chmod(mode)
    with pytest.raises(NotPermitted, match="owns the database"):
        await world.services.admins.sign_in(of_process(act_as="kim"))
    tmp_path.chmod(0o700)
    assert (await world.services.admins.sign_in(of_process(act_as="kim"))).login == "kim"


async def test_as_needs_a_file_that_nobody_else_may_change(world: World, tmp_path: Path) -> None:
    from core.values.errors import NotPermitted

    await world.admin("kim", Role.SYSTEM, account="kim")
    (tmp_path / "carecall.db").chmod(0o660)
    with pytest.raises(NotPermitted, match="owns the database"):
        await world.services.admins.sign_in(of_process(act_as="kim"))
