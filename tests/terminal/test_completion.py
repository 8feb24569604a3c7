"""Tab in real shells: commands, options and names from the database; nothing of anybody, and never an error."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from core.io.identity import of_process
from core.recipients.rules import RecipientDraft
from core.values.roles import Role
from tests import warm
from tests.commands import Carecall
from tests.factories import World, make_services, next_phone
from tests.needs import needs

ROOT = Path(__file__).parents[2]
BODY = "해운대구 복지관"
LINES = (
    "carecall organiz",
    "carecall recipient list --stat",
    "carecall call-list --organization 해",
)
BASH = """
eval "$(carecall completion bash)"
COMP_POINT=$(printf %s "$COMP_LINE" | wc -c) COMP_TYPE=9
_python_argcomplete carecall "${COMP_LINE##* }" ""
printf "%s\\n" "${COMPREPLY[@]}"
"""
COMMAND = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from tui.commands import completing
from tui.entry import main
completing._SECONDS = 60  # however busy the machine is
sys.exit(main())
"""
ZSH = "autoload -U compinit; compinit -u -D; eval \"$(carecall completion zsh)\"; echo rea''dy"


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """One organization with blanks in its name, with a campaign, a tag and a recipient; and another's."""
    made = await make_services(tmp_path, account=of_process().account)
    here, there = await made.organization(BODY), await made.organization("Elsewhere")
    await made.admin("kim", Role.ORGANIZATION, here)
    row = await made.services.recipients.add(
        made.system, RecipientDraft("김영희", next_phone(), "", organization_id=here)
    )
    await made.campaign("아침 안부", here, recipients=[row.id])
    await made.campaign("Theirs", there)
    await made.close()
    return made


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A path on which ``carecall`` is this one."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "carecall"
    command.write_text(f"#!{sys.executable}\n{COMMAND}")
    command.chmod(0o755)
    asked = Carecall(tmp_path).environment(TERM="dumb", HOME=str(tmp_path), LANG="C.UTF-8")
    return {**asked, "PATH": f"{tmp_path / 'bin'}:{asked['PATH']}"}


def said(command: list[str], environment: dict[str, str]) -> str:
    """What a shell prints, which says nothing else."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def test_bash_completes_commands_options_and_names(
    world: World, environment: dict[str, str]
) -> None:
    bash = [needs("bash", "bash"), "--norc", "-c", BASH]
    found = [said(bash, environment | {"COMP_LINE": line}).strip() for line in LINES]
    assert found == ["organization", "--status", BODY.replace(" ", "\\ ")]


def test_fish_completes_them_and_says_what_they_are(
    world: World, environment: dict[str, str]
) -> None:
    asked = "; ".join(f"complete -C '{line}'" for line in LINES)
    script = f"carecall completion fish | source; {asked}"
    found = said([needs("fish", "fish"), "--no-config", "-c", script], environment).splitlines()
    assert [line.partition("\t")[0] for line in found] == ["organization", "--status", BODY]
    assert "rename organizations" in found[0]


def test_zsh_completes_them(world: World, environment: dict[str, str]) -> None:
    zsh = pexpect.spawn(
        needs("zsh", "zsh"), ["-f", "-i"], env=environment, encoding="utf-8",
        dimensions=(24, 200), timeout=60,
    )  # fmt: skip
    zsh.sendline(ZSH)
    zsh.expect("ready\r\n")
    for line, becomes in zip(LINES, ("organization ", "--status ", "복지관"), strict=True):
        zsh.send(f"{line}\t")
        zsh.expect(becomes)
        zsh.sendcontrol("u")
    zsh.close(force=True)


@pytest.fixture
def completed(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[str]]:
    """What the shell is given for a line."""

    def ask(line: str, **more: str) -> list[str]:
        out = Path(environment["HOME"]) / "completed"
        asked = {
            **environment,
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_SHELL": "fish",
            "_ARGCOMPLETE_IFS": "\n",
            "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(out),
            "COMP_LINE": line,
            "COMP_POINT": str(len(line.encode())),
            **more,
        }
        done = warm.run((), asked)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        found = out.read_text("utf-8") if out.exists() else ""
        out.unlink(missing_ok=True)
        return [re.split(r"\t", one)[0] for one in found.splitlines()]

    return ask


def test_names_are_those_that_the_account_may_see_and_nobody_is_shown(
    world: World, completed: Callable[..., list[str]], tmp_path: Path
) -> None:
    def left() -> list[int]:
        with closing(sqlite3.connect(tmp_path / "carecall.db")) as database:
            return [
                database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("audit_records", "access_records")
            ]

    before = left()
    assert completed("carecall call-list --organization ") == ["Elsewhere", BODY]
    assert completed("carecall --as kim call-list --organization ") == [BODY]
    assert completed("carecall --as kim campaign end ") == ["아침 안부"]
    assert "emergencies" not in completed("carecall view run ")
    assert completed("carecall recipient list --sort na") == ["name"]
    for line in (
        "carecall recipient show ",
        "carecall recipient show 1",
        "carecall recipient list --search ",
        "carecall contact add 1 --phone ",
        "carecall organization add ",
        "carecall --as nobody call-list --organization ",
    ):
        assert completed(line) == [], line
    assert left() == before


def test_without_a_database_there_is_nothing_and_no_error(
    environment: dict[str, str], completed: Callable[..., list[str]], tmp_path: Path
) -> None:
    assert completed("carecall call-list --organization ") == []
    assert not (tmp_path / "carecall.db").exists()
    (tmp_path / "carecall.db").write_bytes(b"no database")
    assert completed("carecall view run ") == []
    assert completed("carecall 'open quote ") == []
    assert "task" in completed("carecall ta")
