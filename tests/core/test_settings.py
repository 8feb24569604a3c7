"""Settings: environment, then the user's file, then the host's file, then the default."""

import ast
import os
import re
from pathlib import Path

import pytest

from core.io import configuration
from core.values.errors import InvalidInput
from core.values.roles import Role
from core.values.settings import OF_THE_ENVIRONMENT, Settings, every


@pytest.fixture
def host_file(tmp_path: Path) -> Path:
    return tmp_path / "etc.toml"


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    file = tmp_path / ".config/carecall/config.toml"
    file.parent.mkdir(parents=True)
    return file


def load(tmp_path: Path, host_file: Path, **more: str) -> Settings:
    return configuration.load({"HOME": str(tmp_path), **more}, host_file)


def test_defaults_lie_below_home(tmp_path: Path, host_file: Path) -> None:
    found = load(tmp_path, host_file)
    assert found.database == f"sqlite+aiosqlite:///{tmp_path}/.local/share/carecall/carecall.db"
    assert found.voice_dir == tmp_path / ".local/share/carecall/voice"
    assert (found.region, found.player, found.language) == ("KR", "auto", "en")


def test_the_xdg_directories_are_used(tmp_path: Path, host_file: Path) -> None:
    found = load(tmp_path, host_file, XDG_DATA_HOME="/d", XDG_STATE_HOME="/s")
    assert found.data_dir == Path("/d/carecall")
    assert found.state_dir == Path("/s/carecall")


def test_the_environment_comes_before_the_files_and_the_users_before_the_hosts(
    tmp_path: Path, host_file: Path, user_file: Path
) -> None:
    host_file.write_text('region = "JP"\nplayer = "off"\ntheme = "nord"\n')
    user_file.write_text('region = "US"\nplayer = "command"\n')
    environment = {"HOME": str(tmp_path), "CARECALL_REGION": "DE"}
    found = configuration.load(environment, host_file)
    assert (found.region, found.player, found.theme) == ("DE", "command", "nord")
    everything = configuration.read_configuration(environment, host_file)
    assert everything.place("region").words == "CARECALL_REGION"
    assert everything.place("player").words == f"{user_file}, line 2"
    assert everything.place("theme").words == f"{host_file}, line 3"
    assert everything.place("voice_dir").words == "default"


def test_nested_settings_are_typed(tmp_path: Path, host_file: Path) -> None:
    host_file.write_text("[upload]\nrows = 5\n[retention]\ncalls = 90\n[keys]\nadd = 'n'\n")
    found = load(tmp_path, host_file)
    assert found.upload.rows == 5
    assert found.retention.calls == 90
    assert found.keys == {"add": "n"}


@pytest.mark.parametrize(
    ("hosts", "own", "holds"),
    [("10", "5", 5), ("10", "60", 10), ("10", "0", 10), ("0", "15", 15), ("2.5", "3", 2.5)],
)
def test_an_admin_may_only_have_the_console_left_sooner_than_the_host(
    tmp_path: Path, host_file: Path, user_file: Path, hosts: str, own: str, holds: float
) -> None:
    for name in ("idle_minutes", "session_hours"):
        host_file.write_text(f"{name} = {hosts}\n")
        user_file.write_text(f"{name} = {own}\n")
        assert getattr(load(tmp_path, host_file), name) == holds
        place = configuration.read_configuration({"HOME": str(tmp_path)}, host_file).place(name)
        assert place.file
        assert place.file.path == (user_file if holds == float(own) else host_file)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('regoin = "KR"', "regoin in .*etc.toml, line 1 is not known. Did you mean region?"),
        ("calls = 30", "calls in .*, line 1 is not known. Did you mean retention.calls?"),
        ("[tasks]\ncalls = 30", "tasks.calls in .*, line 2 is .* Did you mean retention.calls?"),
        ("[retentoin]", "retentoin in .*, line 1 is not known. Did you mean retention?"),
        ("retention = 5", r"retention \(.*, line 1\) is wrong.* a part of the file, \[retention\]"),
        ('region = "Korea"', r"region \(.*etc.toml, line 1\) is wrong.* a country code"),
        ('timezone = "Mars/Base"', "timezone .* is wrong"),
        ('player = "loud"', "player .* is wrong.* auto, simpleaudio"),
        ('language = "fr"', "language .* is wrong.* en, ko"),
        ("region = 5", "region .* is wrong"),
        ("region = ", "Line 1 of .*etc.toml is not valid TOML"),
        ('region = "KR"\n\nregion = "US"', "region stands in .* in the lines 1 and 3"),
        ('[upload]\n# a\nrows = "many"', r"upload.rows \(.*, line 3\).* from 1 to 1,048,575"),
        ("[retention]\ncalls = -1", "retention.calls .* from 0 to 36,500"),
        ("idle_minutes = -1", "idle_minutes .* a number from 0 to 1,440"),
        ("tasks = {emergency_hours = 0}", "tasks.emergency_hours .* a number above 0, up to 8,760"),
        ('session_hours = "long"', "session_hours"),
        ('mask_phones_for = ["ingest"]', "mask_phones_for .* system, organization, viewer"),
        ('audit_syslog = "all"', "audit_syslog .* true, false, records"),
        ('working_hours = "always"', "working_hours .* mon-fri 08:00-19:00"),
        ("[keys]\n'recipients.add' = 1", r"keys.recipients.add \(.*, line 2\) .* in quotes"),
        ("[retention]\nrecords_days = 364", r"records_days .*etc.toml.* 365 days or more.*제8조"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, host_file: Path, line: str, words: str) -> None:
    host_file.write_text(line)
    with pytest.raises(InvalidInput, match=words):
        load(tmp_path, host_file)


@pytest.mark.parametrize("kind", ["pipe", "device", "huge"])
def test_what_is_no_ordinary_file_is_named_and_not_waited_for(
    tmp_path: Path, host_file: Path, kind: str
) -> None:
    if kind == "pipe":
        os.mkfifo(host_file)
    elif kind == "device":
        host_file.symlink_to("/dev/zero")
    else:
        with host_file.open("wb") as file:
            file.truncate(1 << 30)
    with pytest.raises(InvalidInput, match=r"etc.toml cannot be read"):
        load(tmp_path, host_file)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path, host_file: Path) -> None:
    host_file.write_bytes(b'theme = "\xff"')
    with pytest.raises(InvalidInput, match=r"etc.toml cannot be read"):
        load(tmp_path, host_file)


@pytest.mark.parametrize(
    ("locale", "language"),
    [("ko_KR.UTF-8", "ko"), ("en_US.UTF-8", "en"), ("C", "en"), ("de_DE.UTF-8", "en")],
)
def test_the_language_is_that_of_the_locale(
    tmp_path: Path, host_file: Path, locale: str, language: str
) -> None:
    assert load(tmp_path, host_file, LANG=locale).language == language
    assert load(tmp_path, host_file, LANG=locale, CARECALL_LANGUAGE="ko").language == "ko"


def test_the_zone_of_the_host_is_that_of_tz(tmp_path: Path, host_file: Path) -> None:
    assert load(tmp_path, host_file, TZ="Asia/Seoul").zone.key == "Asia/Seoul"


def test_each_wrong_line_is_found_whether_it_holds_or_not(
    tmp_path: Path, host_file: Path, user_file: Path
) -> None:
    host_file.write_text(
        """region = "Korea"
theme = '''
a theme
of two lines'''
[retention]
calls = [
  1,
]
voice = 90
"""
    )
    user_file.write_text(
        'region = "JP"\nplayer = loud\n[keys\ntheem = "nord"\nplayer = "auto"\nplayer = "off"\n'
    )
    environment = {
        "HOME": str(tmp_path),
        "CARECALL_LANGUAGE": "fr",
        "CARECALL_REGOIN": "US",
        "CARECALL_IDLE_MINUTES": "0",
        "CARECALL_TEST_POSTGRESQL": "",
    }
    everything = configuration.read_configuration(environment, host_file)
    found = [(one.file, one.line, one.variable) for one in everything.problems()]
    assert found == [
        (host_file, 1, ""),
        (host_file, 6, ""),
        (user_file, 2, ""),
        (user_file, 3, ""),
        (user_file, 4, ""),
        (user_file, 6, ""),
        (None, None, "CARECALL_LANGUAGE"),
        (None, None, "CARECALL_IDLE_MINUTES"),
        (None, None, "CARECALL_REGOIN"),
    ]
    usable = everything.usable()
    assert (usable.region, usable.language, usable.retention.voice) == ("KR", "en", 90)


def test_a_part_of_the_users_file_leaves_the_rest_of_the_hosts(
    tmp_path: Path, host_file: Path, user_file: Path
) -> None:
    host_file.write_text("[tasks]\nunanswered = 5\n[retention]\nrecords_days = 730\n")
    user_file.write_text("[tasks]\nnotify = true\n[retention]\n")
    found = load(tmp_path, host_file)
    assert (found.tasks.unanswered, found.tasks.notify) == (5, True)
    assert found.retention.records_days == 730


def test_the_roles_that_can_be_masked_are_all_but_the_calling_system() -> None:
    asked = every()["mask_phones_for"]
    assert asked.taken([role for role in Role if role is not Role.INGEST])
    with pytest.raises(ValueError, match="mask_phones_for"):
        asked.taken([Role.INGEST])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+asyncpg://kim:geheim@db/x", "postgresql+asyncpg://kim:***@db/x"),
        ("postgresql+asyncpg://kim:ge:h@e/im@db/x", "postgresql+asyncpg://kim:***@db/x"),
        ("postgresql+asyncpg://:geheim@/x?host=/run", "postgresql+asyncpg://:***@/x?host=/run"),
        (
            "postgresql+asyncpg://db/x?sslpassword=geheim&a=1",
            "postgresql+asyncpg://db/x?sslpassword=***&a=1",
        ),
        ("postgresql+asyncpg://kim@db/x", "postgresql+asyncpg://kim@db/x"),
        ("sqlite+aiosqlite:////tmp/a:b.db", "sqlite+aiosqlite:////tmp/a:b.db"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert every()["database"].shown(url) == shown


ROOT = Path(__file__).parents[2]
# of the host and the session; not set by anybody for the console
_CIRCUMSTANCES = {
    "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "PULSE_SERVER", "PYTHONPATH", "SSH_CONNECTION",
    "SSH_ORIGINAL_COMMAND", "SUDO_UID", "TERM", "TMUX", "TZ", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
    "TEXTUAL_DISABLE_KITTY_KEY", "TEXTUAL_THEME", "COMP_LINE", "COMP_POINT",
}  # fmt: skip
_VARIABLE = re.compile(r"(?!AF_)[A-Z]+(_[A-Z]+)+|HOME|LANG|LANGUAGE|TERM|TMUX|TZ")


def test_nothing_reads_a_setting_that_is_not_declared() -> None:
    """Of a file the type checker sees it; of the environment the names stand in the source."""
    declared = {one.variable for one in (*every().values(), *OF_THE_ENVIRONMENT)}
    read = {
        (str(file.relative_to(ROOT)), node.value)
        for package in ("core", "tui")
        for file in (ROOT / package).rglob("*.py")
        if "environ" in (text := file.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _VARIABLE.fullmatch(node.value)
    }
    assert len(read) > 10
    assert {(file, name) for file, name in read if name not in _CIRCUMSTANCES | declared} == set()


def test_the_readme_has_every_setting() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for one in (*every().values(), *OF_THE_ENVIRONMENT):
        assert f"`{one.told}` |" in text
        assert one.says.meaning in text


def test_other_pages_tell_the_same_defaults() -> None:
    for page, part in (("installing", "tasks"), ("installing", "retention"), ("uploads", "upload")):
        text = (ROOT / f"docs/{page}.md").read_text("utf-8")
        told = dict(re.findall(r"^\| `(\w+)` \| ([\w,.]+) \|", text, re.MULTILINE))
        for one in every().values():
            if one.part == part:
                assert told[one.last_name].replace(",", "") == one.usual, one.name
