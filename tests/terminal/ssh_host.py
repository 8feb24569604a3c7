"""A host that admins reach through a real sshd on loopback, each by a key whose forced command says who it is."""

import contextlib
import grp
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.ssh_server import SshServer, ssh_server
from tests.terminal.driver import Terminal
from tests.terminal.host import Host

SOUND_PORTS = (4714, 4715)
FORCED = shlex.join([sys.executable, "-m", "tui"])


class SshHost:
    """``kim`` and ``lee`` come in with a key each, ``--as`` in its forced command; whoever runs the tests comes in
    with a third one, and ``Match Group`` forces the command on that account.
    """

    def __init__(self, host: Host, server: SshServer, grouped: SshServer) -> None:
        self.host = host
        self._servers = {"kim": server, "lee": server, "": grouped}

    def ssh(self, who: str, *words: str, options: tuple[str, ...] = ()) -> list[str]:
        """The command line of this admin's client; the words go to the host as they are."""
        server = self._servers[who]
        return server.client(who or "user", " ".join(words), options=options)

    def run(
        self, who: str, *words: str, options: tuple[str, ...] = ()
    ) -> "subprocess.CompletedProcess[str]":
        """What this admin's client gets."""
        return subprocess.run(
            self.ssh(who, *words, options=options),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def console(self, who: str) -> Terminal:
        """The console in the terminal of this admin's client."""
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color"}
        return Terminal(self.ssh(who, options=("-tt",)), environment)

    def processes(self) -> set[int]:
        """The processes of consoles on this host."""
        mark = f"CARECALL_DATABASE={self.host.environment['CARECALL_DATABASE']}".encode()
        found = set()
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                environment = (place / "environ").read_bytes().split(b"\0")
                if mark in environment and b"\0tui\0" in (place / "cmdline").read_bytes():
                    found.add(int(place.name))
        return found


@contextlib.contextmanager
def ssh_host(host: Host, directory: Path) -> Iterator[SshHost]:
    """Both ways of ``docs/installing.md``, on two servers of the same host."""
    keys = {name: directory / name for name in ("kim", "lee")}
    directory.mkdir()
    for name, key in keys.items():
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key], check=True
        )
    by_key = [
        f'restrict,pty,port-forwarding,permitlisten="localhost:{port}",'
        f'command="{FORCED} --as {name} --ssh --sound-port {port}" '
        + key.with_suffix(".pub").read_text()
        for port, (name, key) in zip(SOUND_PORTS, keys.items(), strict=True)
    ]
    trusting = [
        "Subsystem sftp internal-sftp", "AcceptEnv LANG LC_* USER LOGNAME SUDO_USER SSH_*",
        "AllowTcpForwarding remote", "AllowStreamLocalForwarding no",
    ]  # fmt: skip
    group = grp.getgrgid(os.getgid()).gr_name
    by_group = [f"Match Group {group}", f"    ForceCommand {FORCED} --ssh"]
    with (
        ssh_server(directory, host.environment, keys=by_key, settings=trusting) as server,
        ssh_server(directory / "group", host.environment, settings=by_group) as grouped,
    ):
        yield SshHost(host, server, grouped)
