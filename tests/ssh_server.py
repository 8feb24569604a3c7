"""An sshd of the test's own on loopback, into which only the test's key opens, as the same account."""

import contextlib
import getpass
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.needs import missing, needs
from tests.sound_server import wait_for

_PRIVILEGE_SEPARATION = Path("/run/sshd")


class SshServer:
    """A running server; ``command`` is what reaches it."""

    def __init__(self, directory: Path, port: int) -> None:
        self._directory = directory
        self.port = port

    def command(self, *words: str) -> list[str]:
        """The ssh command line that runs these words there."""
        return [*self._ssh(), shlex.join(words)]

    def forwarding(self, remote: str) -> list[str]:
        """The ssh command line that does no more than forward what is there to here (``-R``)."""
        words = self._ssh()
        return [*words[:-1], "-o", "ExitOnForwardFailure=yes", "-N", "-R", remote, words[-1]]

    def _ssh(self) -> list[str]:
        options = [
            "BatchMode=yes",
            "StrictHostKeyChecking=no",
            f"UserKnownHostsFile={self._directory / 'known'}",
            "LogLevel=ERROR",
            f"IdentityFile={self._directory / 'user'}",
            "IdentitiesOnly=yes",
        ]
        given = [part for option in options for part in ("-o", option)]
        place = [f"-p{self.port}", f"{getpass.getuser()}@127.0.0.1"]
        return ["ssh", "-F", "none", *given, *place]

    def answers(self) -> bool:
        """Whether it lets the test in."""
        done = subprocess.run(self.command("true"), capture_output=True, timeout=30, check=False)
        return done.returncode == 0


@contextlib.contextmanager
def ssh_server(directory: Path, environment: Mapping[str, str]) -> Iterator[SshServer]:
    """A server whose sessions have this environment; gone when the block ends."""
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    sshd = needs("sshd", "openssh-server")
    needs("ssh", "openssh-client")
    if os.geteuid() == 0 and not _PRIVILEGE_SEPARATION.is_dir():
        missing(f"{_PRIVILEGE_SEPARATION} is not there: mkdir {_PRIVILEGE_SEPARATION}")
    directory.chmod(0o700)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory / name], check=True
        )
    shutil.copyfile(directory / "user.pub", directory / "allowed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = [
        "ListenAddress 127.0.0.1", f"Port {port}", f"HostKey {directory / 'host'}",
        f"AuthorizedKeysFile {directory / 'allowed'}", "PasswordAuthentication no",
        "KbdInteractiveAuthentication no", "UsePAM no", "StrictModes no", "PidFile none",
        "PermitRootLogin prohibit-password",
    ]  # fmt: skip
    if environment:
        pairs = " ".join(f'"{name}={value}"' for name, value in environment.items())
        settings.append(f"SetEnv {pairs}")
    (directory / "sshd_config").write_text("\n".join(settings) + "\n")
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
