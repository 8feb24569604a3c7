"""A PostgreSQL server of a test's own, which may be stopped and started in the middle of work."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from tests.needs import missing

_PROGRAMS = "/usr/lib/postgresql/*/bin"  # where Debian keeps them, outside PATH
_FAST = "-c fsync=off -c shared_buffers=16MB -c unix_socket_directories=''"


class OwnServer:
    """It listens on 127.0.0.1 only; its one role is ``carecall``, its data go with ``close``."""

    def __init__(self) -> None:
        programs = sorted(Path("/").glob(f"{_PROGRAMS[1:]}/initdb"))
        found = shutil.which("initdb") or (str(programs[-1]) if programs else "")
        if not found:
            missing("initdb is not installed: apt-get install postgresql")
        self._bin = Path(found).resolve().parent
        self._account = self._not_root()
        self._directory = Path(tempfile.mkdtemp(prefix="carecall-postgresql-"))
        if self._account:
            shutil.chown(self._directory, self._account)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._run(
            "initdb", "--auth=trust", "--username=carecall", "--no-sync", "--no-locale", "-EUTF8"
        )

    def _not_root(self) -> str | None:
        """The account that the server runs as, where root runs the tests: it refuses root."""
        if os.geteuid():
            return None
        try:
            return pwd.getpwnam("postgres").pw_name
        except KeyError:
            missing("there is no account postgres: apt-get install postgresql")
        raise AssertionError

    @property
    def url(self) -> str:
        """The URL of the database that every server has."""
        return f"postgresql+asyncpg://carecall@127.0.0.1:{self._port}/postgres"

    @property
    def data(self) -> Path:
        """Where its files lie, the tables below ``base``."""
        return self._directory / "data"

    def start(self) -> None:
        """Start it; it takes connections afterwards."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 {_FAST}"
        self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(self._directory / "log"))

    def stop(self) -> None:
        """Stop it, whoever is connected."""
        self._run("pg_ctl", "stop", "-w", "-m", "fast")

    def close(self) -> None:
        """Stop it, and take its data away."""
        if (self._directory / "data/postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._directory)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._bin / program), "-D", str(self._directory / "data"), *arguments],
            user=self._account,
            cwd=self._directory,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )
