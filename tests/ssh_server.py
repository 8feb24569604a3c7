"""An sshd of the test's own on loopback, into which only the test's key opens, as the same account."""

import contextlib
import getpass
import os
import shlex
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.needs import missing, needs
from tests.sound_server import wait_for

_NOT_CONNECTED = 255
_PRIVILEGE_SEPARATION = Path("/run/sshd")


class SshServer:
    """A running server; ``command`` is what reaches it."""

    def __init__(self, directory: Path, port: int) -> None:
        self._directory = directory
        self.port = port

    def command(self, *words: str) -> list[str]:
        """The ssh command line that runs these words there."""
        return self.client("user", shlex.join(words))

    def client(self, key: str, asked: str, options: Sequence[str] = ()) -> list[str]:
        """The ssh command line with this key of the directory that asks for this, as it is typed."""
        words = self._ssh(key)
        return [*words[:-1], *options, "--", words[-1], *([asked] if asked else [])]

    def forwarding(self, remote: str) -> list[str]:
        """The ssh command line that does no more than forward what is there to here (``-R``)."""
        words = self._ssh()
        return [*words[:-1], "-o", "ExitOnForwardFailure=yes", "-N", "-R", remote, words[-1]]

    def _ssh(self, key: str = "user") -> list[str]:
        options = [
            "BatchMode=yes",
            "StrictHostKeyChecking=no",
            f"UserKnownHostsFile={self._directory / 'known'}",
            "LogLevel=ERROR",
            f"IdentityFile={self._directory / key}",
            "IdentitiesOnly=yes",
        ]
        given = [part for option in options for part in ("-o", option)]
        place = [f"-p{self.port}", f"{getpass.getuser()}@127.0.0.1"]
        return ["ssh", "-F", "none", *given, *place]

    def answers(self) -> bool:
        """Whether it lets the test in, whatever it does with what is asked for."""
        done = subprocess.run(self.command("true"), capture_output=True, timeout=30, check=False)
        return done.returncode != _NOT_CONNECTED


@contextlib.contextmanager
def ssh_server(
    directory: Path,
    environment: Mapping[str, str],
    *,
    keys: Sequence[str] = (),
    settings: Sequence[str] = (),
) -> Iterator[SshServer]:
    """A server whose sessions have this environment; gone when the block ends.

    ``keys`` are more lines of its file of keys, ``settings`` more lines of its configuration.
    """
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    sshd = needs("sshd", "openssh-server")
    needs("ssh", "openssh-client")
    if os.geteuid() == 0 and not _PRIVILEGE_SEPARATION.is_dir():
        missing(f"{_PRIVILEGE_SEPARATION} is not there: mkdir {_PRIVILEGE_SEPARATION}")
    directory.mkdir(exist_ok=True)
    directory.chmod(0o700)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory / name], check=True
        )
    own = (directory / "user.pub").read_text()
    (directory / "allowed").write_text("".join([own, *keys]))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = [
        "ListenAddress 127.0.0.1", f"Port {port}", f"HostKey {directory / 'host'}",
        f"AuthorizedKeysFile {directory / 'allowed'}", "PasswordAuthentication no",
        "KbdInteractiveAuthentication no", "UsePAM no", "StrictModes no", "PidFile none",
        "PermitRootLogin prohibit-password", "MaxStartups 100",
    ]  # fmt: skip
    if environment:
        pairs = " ".join(f'"{name}={value}"' for name, value in environment.items())
        lines.append(f"SetEnv {pairs}")
    (directory / "sshd_config").write_text("\n".join([*lines, *settings]) + "\n")
    process = subprocess.Popen(
        [sshd, "-D", "-e", "-f", str(directory / "sshd_config")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = SshServer(directory, port)
    try:
        wait_for(server.answers, "sshd lets us in")
        yield server
    finally:
        process.terminate()
        process.wait(10)
