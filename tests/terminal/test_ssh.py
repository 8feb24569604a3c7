"""Admins over a real sshd: each is who the forced command says, and a lost connection leaves no process."""

import contextlib
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.values.roles import Role
from tests.factories import World
from tests.sound_server import wait_for
from tests.terminal.host import Host
from tests.terminal.ssh_host import SOUND_PORTS, SshHost, ssh_host

AT_ONCE = 5
HERE, THERE = "김영희", "박철수"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshHost]:
    """A host on which kim works for Here and lee reads for There; the account itself is root's."""
    host = Host(tmp_path_factory.mktemp("host"))

    async def fill(world: World) -> None:
        here, there = await world.organization("Here"), await world.organization("There")
        await world.admin("kim", Role.ORGANIZATION, here)
        await world.admin("lee", Role.VIEWER, there)
        for body, name in ((here, HERE), (there, THERE)):
            row = await world.recipient(body, name)
            await world.campaign(f"Campaign {name}", body, recipients=[row.id])

    host.do(fill)
    with ssh_host(host, tmp_path_factory.mktemp("ssh") / "keys") as made:
        yield made


def test_the_key_decides_who_somebody_is_and_so_does_the_account(desk: SshHost) -> None:
    kim, account = desk.run("kim", "call-list"), desk.run("", "call-list")
    assert (kim.returncode, account.returncode) == (0, 0), (kim, account)
    assert HERE in kim.stdout
    assert THERE not in kim.stdout
    assert HERE in account.stdout
    assert THERE in account.stdout
    lee = desk.run("lee", "organization add X")
    assert lee.returncode == 3
    read, _account, refused = recorded(desk)[-3:]
    assert read == ("call_list.read", "kim", "127.0.0.1")
    assert refused == ("refused", "lee", "127.0.0.1")


def spoofs(place: Path) -> list[tuple[str, tuple[str, ...]]]:
    """What a client may ask for to become somebody else, or to reach more than the console."""
    other = f"sqlite+aiosqlite:///{place / 'other.db'}"
    return [
        ("--as root call-list", ()),
        ("call-list --as root", ()),
        ("carecall --ssh --as=root call-list", ()),
        ("USER=root LOGNAME=root SUDO_USER=root carecall call-list", ()),
        (f"env CARECALL_DATABASE={other} carecall call-list", ()),
        (f"call-list; touch {place / 'made'}", ()),
        (f"$(touch {place / 'made'})", ()),
        (f"call-list | tee {place / 'made'}", ()),
        (f"download {place / 'made'} --reason x", ()),
        ("upload ../../../../etc/passwd", ()),
        ("backup -", ()),
        ("demo", ()),
        ("/bin/sh -i", ("-tt",)),
        ("scp -f /etc/passwd", ()),
        ("sftp", ("-s",)),
        ("audit list", ()),
    ]


def test_nobody_becomes_somebody_else(desk: SshHost, tmp_path: Path) -> None:
    """All at once, as they come; each is refused, and nothing of the other organization is told."""
    asked = spoofs(tmp_path)
    clients = [
        subprocess.Popen(
            desk.ssh("lee", words, options=options),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for words, options in asked
    ]  # fmt: skip
    for (words, _options), client in zip(asked, clients, strict=True):
        told, _errors = client.communicate(timeout=60)
        assert client.returncode in (2, 3), (words, told)
        assert HERE not in told, words
        assert "root:" not in told, words
        assert "Traceback" not in told, words
    assert list(tmp_path.iterdir()) == []


def test_what_the_client_sends_of_its_environment_is_never_asked(desk: SshHost) -> None:
    sent = 'USER=root LOGNAME=root SUDO_USER=root "SSH_CONNECTION=192.0.2.66 1 192.0.2.1 22"'
    done = desk.run("kim", "call-list", options=(f"-oSetEnv={sent}",))
    assert done.returncode == 0, done.stderr
    assert THERE not in done.stdout
    assert recorded(desk)[-1] == ("call_list.read", "kim", "127.0.0.1")


@pytest.mark.parametrize(
    "forwarding",
    [
        f"-R{SOUND_PORTS[1]}:127.0.0.1:1",
        "-R0:127.0.0.1:1",
        "-R{place}/socket:127.0.0.1:1",
        "-W127.0.0.1:22",
    ],
    ids=["another's port", "any port", "a socket", "out of the host"],
)
def test_a_key_that_forwards_sound_forwards_nothing_else(
    desk: SshHost, tmp_path: Path, forwarding: str
) -> None:
    wanted = ["-o", "ExitOnForwardFailure=yes", forwarding.format(place=tmp_path)]
    options = tuple(wanted if forwarding.startswith("-W") else ["-N", *wanted])
    done = desk.run("kim", options=options)
    assert done.returncode == 255, done
    assert list(tmp_path.iterdir()) == []


def recorded(desk: SshHost) -> list[tuple[str, str, str]]:
    """What was done by whom and from where, the last one last."""

    async def read(world: World) -> list[tuple[str, str, str]]:
        rows = [row async for row in world.services.audit.list(world.system)]
        return [(row.action, row.admin, row.client) for row in reversed(rows)]

    return desk.host.do(read)


def test_a_disabled_admin_is_refused(desk: SshHost) -> None:
    desk.host.do(lambda world: world.services.admins.disable(world.system, "lee"))
    done = desk.run("lee", "organization list")
    desk.host.do(lambda world: world.services.admins.enable(world.system, "lee"))
    assert (done.returncode, done.stdout) == (3, "")
    assert "lee is disabled" in done.stderr


def test_paths_in_the_console_stay_in_a_folder_of_the_admins_own(desk: SshHost) -> None:
    own = desk.host.directory / ".local/share/carecall/files/kim"
    own.mkdir(parents=True, exist_ok=True)
    (own / "link.xlsx").symlink_to("/etc/passwd")
    (own / "up").symlink_to(desk.host.directory)
    with desk.console("kim") as it:
        it.sees("1 recipient ", HERE)
        it.press("u")
        it.sees("Upload recipients")
        for typed in ("/etc/passwd", "../../carecall.db", "link.xlsx", "up/carecall.db", "~root/x"):
            it.paste(typed)
            it.press("enter")
            it.sees("Here only files in your own folder can be used" if typed[0] in "/." else "✗")
            it.press("end", *["backspace"] * len(typed))
        assert "root:" not in it.text()
        it.press("escape")


@pytest.mark.parametrize("count", [3, pytest.param(20, marks=pytest.mark.long)])
def test_a_dropped_connection_leaves_a_draft_and_no_process(desk: SshHost, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        drop(desk, [f"이{at}" for at in range(start, min(start + AT_ONCE, count))])


def drop(desk: SshHost, names: list[str]) -> None:
    """Type each name into the form of a console of its own, and lose all of their connections."""
    with contextlib.ExitStack() as clients:
        consoles = [clients.enter_context(desk.console("kim")) for _name in names]
        for it, name in zip(consoles, names, strict=True):
            it.sees("1 recipient ")
            it.press("a")
            it.sees("Add recipient")
            it.type(name)
            it.sees(name)
        assert len(desk.processes()) == len(names)
        for it in consoles:
            it.signal(signal.SIGKILL)
            it.ends()
    wait_for(lambda: not desk.processes(), "no process is left")
    kept = [json.loads(draft.read_text("utf-8")) for draft in desk.host.drafts]
    assert sorted(draft["values"]["name"] for draft in kept) == sorted(names)
    for draft in desk.host.drafts:
        draft.unlink()
