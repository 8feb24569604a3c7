"""Settings: environment, then the user's file, then the host's file, then the default."""

from pathlib import Path

import pytest

from core.values import settings
from core.values.errors import InvalidInput


@pytest.fixture
def host_file(tmp_path: Path) -> Path:
    return tmp_path / "etc.toml"


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    file = tmp_path / ".config/carecall/config.toml"
    file.parent.mkdir(parents=True)
    return file


def load(tmp_path: Path, host_file: Path, **more: str) -> settings.Settings:
    return settings.load({"HOME": str(tmp_path), **more}, host_file)


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
    found = settings.load(environment, host_file)
    assert (found.region, found.player, found.theme) == ("DE", "command", "nord")
    sources = settings.sources(environment, host_file)
    assert sources["region"] == "CARECALL_REGION"
    assert sources["player"] == str(user_file)
    assert sources["theme"] == str(host_file)
    assert sources["voice_dir"] == ""


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
        source = settings.sources({"HOME": str(tmp_path)}, host_file)[name]
        assert source == str(user_file if holds == float(own) else host_file)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('regoin = "KR"', "regoin in .*etc.toml is not known"),
        ('region = "Korea"', "region .*etc.toml.* is wrong"),
        ('timezone = "Mars/Base"', "timezone .* is wrong"),
        ('player = "loud"', "player .* is wrong.* auto, simpleaudio"),
        ('language = "fr"', "language .* is wrong.* en, ko"),
        ("region = 5", "A setting is wrong"),
        ("region = ", "not valid TOML"),
        ('[upload]\nrows = "many"', "upload.rows"),
        ("idle_minutes = -1", "idle_minutes"),
        ('session_hours = "long"', "session_hours"),
        ("[retention]\nrecords_days = 364", r"records_days .*etc.toml.* 365 days or more.*제8조"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, host_file: Path, line: str, words: str) -> None:
    host_file.write_text(line)
    with pytest.raises(InvalidInput, match=words):
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
