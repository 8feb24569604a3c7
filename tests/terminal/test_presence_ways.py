"""A console that nobody sits at, in tmux, in GNU screen and over a real sshd: each is left by itself."""

import shlex
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.needs import needs
from tests.ssh_server import ssh_server
from tests.terminal.driver import Terminal
from tests.terminal.host import CARECALL, Host
from tests.terminal.test_presence import NAME, configured
from tests.terminal.test_presence import host as host

FAREWELL = "The console was left after 1 minute without a key; what was typed"


@pytest.mark.long
def test_it_is_left_there_too_with_what_was_typed_kept(host: Host, tmp_path: Path) -> None:
    """All three at once: what takes its time is the waiting."""
    tmux, screen = needs("tmux", "tmux"), needs("screen", "screen")
    host.environment.update(configured(host, "idle_minutes = 0.25"))
    folder = tmp_path / "sockets"
    folder.mkdir(mode=0o700)
    told = f"{shlex.join(CARECALL)}; echo ended $?; exec timeout 60 cat"
    with ExitStack() as stack:
        server = stack.enter_context(ssh_server(tmp_path / "ssh", host.environment))
        inside = {**host.environment, "TMUX_TMPDIR": str(folder), "SCREENDIR": str(folder)}
        ways = [
            Terminal([tmux, "-u", "-f", "/dev/null", "new-session", told], inside, height=25),
            Terminal([screen, "-U", "-c", "/dev/null", "sh", "-c", told], inside),
            Terminal(server.client("user", told, options=("-tt",)), host.environment),
        ]
        for it in ways:
            stack.enter_context(it)
        for it in ways:
            it.sees("1 recipient ", NAME)
            it.type("a김유신")
        for it in ways:
            it.sees("Add recipient", "김유신")
        for it in ways:
            it.sees("ended 0", FAREWELL)
            assert NAME not in it.text()
            assert "김유신" not in it.text()
    assert len(host.whole_drafts) == len(ways)
