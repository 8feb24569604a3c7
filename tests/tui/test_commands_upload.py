"""``carecall template``, ``upload`` and ``download``, as scripts call them."""

import io
import json
import os
import pty
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.commands import ROOT, Carecall
from tests.workbooks import DATA, HEADERS, by_header, cells, people, workbook

COUNTS = ("read", "created", "unchanged", "failed", "warnings")


@pytest.fixture
def carecall(tmp_path: Path) -> Carecall:
    """A database with the organizations of the samples."""
    run = Carecall(tmp_path).initialised()
    for name in ("해운대구 복지관", "순천시 노인복지과"):
        run.done("organization", "add", name)
    return run


def told(out: str) -> tuple[int, ...]:
    """The numbers of the first line."""
    return tuple(map(int, re.findall(r"\d+", out.splitlines()[0])))


def test_upload_tells_the_numbers_and_each_row_that_failed(carecall: Carecall) -> None:
    outcome = carecall("upload", str(DATA / "recipients-mixed.xlsx"))
    assert outcome.code == 1
    assert told(outcome.out) == (12, 4, 0, 8, 1)
    assert "row 3: Failed: Recipient name is missing." in outcome.out
    assert len(outcome.out.splitlines()) == 9
    whole = carecall("upload", str(DATA / "recipients.xlsx"))
    assert (whole.code, told(whole.out)) == (0, (60, 60, 0, 0, 0))


def test_a_second_time_it_says_when_and_by_whom_and_changes_nothing(carecall: Carecall) -> None:
    carecall.done("upload", str(DATA / "recipients.xlsx"))
    outcome = carecall("upload", str(DATA / "recipients.xlsx"))
    assert (outcome.code, told(outcome.out)) == (0, (60, 0, 60, 0, 0))
    assert re.search(r"taken in on \d{4}-\d\d-\d\d \d\d:\d\d\S* by \S+ already", outcome.err)


def test_json_is_one_object_with_every_row(carecall: Carecall) -> None:
    outcome = carecall("upload", "--json", str(DATA / "recipients-numbers.xlsx"))
    assert outcome.code == 1
    found = json.loads(outcome.out)
    assert list(found) == ["upload", *COUNTS, "notes", "rows"]
    assert tuple(found[name] for name in COUNTS) == (6, 4, 0, 2, 4)
    assert [row["row"] for row in found["rows"]] == [2, 3, 4, 5, 6, 7]
    assert all(
        set(row) == {"row", "result", "recipient", "reasons", "warnings"} for row in found["rows"]
    )
    by_result = {"created": (int, 0, 1), "failed": (type(None), 1, 0)}
    for row in found["rows"]:
        kind, reasons, warnings = by_result[row["result"]]
        assert isinstance(row["recipient"], kind)
        assert (len(row["reasons"]), len(row["warnings"])) == (reasons, warnings)


def test_a_dry_run_tells_the_same_and_saves_nothing(carecall: Carecall) -> None:
    file = str(DATA / "recipients-mixed.xlsx")
    dry = carecall("upload", "--json", "--dry-run", file)
    wet = carecall("upload", "--json", file)
    first, second = json.loads(dry.out), json.loads(wet.out)
    assert dry.code == wet.code == 1
    assert first["upload"] is None
    assert isinstance(second["upload"], int)
    for found in (first, second):
        del found["upload"]
        assert all(note not in dry.err + wet.err for note in found["notes"])
        for row in found["rows"]:
            del row["recipient"]
    assert first == second
    assert "already" not in wet.err


def test_the_results_of_every_row_are_written_to_a_new_workbook(
    carecall: Carecall, tmp_path: Path
) -> None:
    for at, more in enumerate([[], ["--dry-run"]]):
        target = tmp_path / f"results-{at}.xlsx"
        carecall("upload", str(DATA / "recipients-numbers.xlsx"), "--results", str(target), *more)
        rows = by_header(cells(target.read_bytes()))
        assert {"Result", "Reason", "Warning"} <= rows[0].keys()
        assert [row["Row"] for row in rows] == ["2", "3", "4", "5", "6", "7"]
        assert "fraction" in rows[3]["Reason"]
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_results_file_that_exists_stops_the_upload_before_anything_is_saved(
    carecall: Carecall, tmp_path: Path
) -> None:
    target = tmp_path / "results.xlsx"
    target.write_text("mine")
    outcome = carecall("upload", str(DATA / "recipients.xlsx"), "--results", str(target))
    assert outcome.code == 2
    assert "exists already" in outcome.err
    assert target.read_text() == "mine"
    assert told(carecall("upload", str(DATA / "recipients.xlsx")).out)[1] == 60


def test_standard_input(carecall: Carecall) -> None:
    with (DATA / "recipients.xlsx").open("rb") as file:
        done = carecall.process("upload", "-", stdin=file.fileno())
    assert (done.code, told(done.out)) == (0, (60, 60, 0, 0, 0))


def test_one_organization_for_the_whole_upload(carecall: Carecall, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook([["김영희", "010-2000-0001"]], headers=HEADERS[:2]))
    refused = carecall("upload", str(file))
    assert refused.code == 2
    assert "Responsible organization is missing" in refused.err
    unknown = carecall("upload", str(file), "--organization", "없는 기관")
    assert unknown.code == 2
    assert told(carecall("upload", str(file), "--organization", "해운대구 복지관").out)[1] == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "cannot be used"),
        (lambda path: path.mkdir(), "directory"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_text("a,b\n"), "no headers"),
        (lambda path: path.write_bytes(b"DRMONE  "), "DRM"),
        (lambda path: os.mkfifo(path), "no ordinary file"),
    ],
)
def test_what_cannot_be_taken_in_is_two_lines_and_exit_2(
    carecall: Carecall, tmp_path: Path, make: Any, words: str
) -> None:
    path = tmp_path / "thing.xlsx"
    make(path)
    outcome = carecall("upload", str(path))
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err
    assert len(outcome.told) <= 2
    assert "Traceback" not in outcome.err


def test_nothing_of_a_workbook_reaches_the_terminal_as_a_command(
    carecall: Carecall, tmp_path: Path
) -> None:
    file = tmp_path / "people.xlsx"
    name = "김_x001B_]52;c;eA==_x0007_"
    headers = (*HEADERS, "evil_x001B_[31m")
    file.write_bytes(workbook([[name, "010-2000-0001", "", "nowhere"]], headers=headers))
    for more in ([], ["--json"]):
        outcome = carecall("upload", str(file), "--dry-run", *more)
        assert "\x1b" not in outcome.out + outcome.err
        assert "\x07" not in outcome.out + outcome.err
    notes = json.loads(outcome.out)["notes"]
    assert notes
    assert not [note for note in notes if note in outcome.err]


def test_the_template_and_the_download_are_new_files_of_ones_own(
    carecall: Carecall, tmp_path: Path
) -> None:
    carecall.done("upload", str(DATA / "recipients.xlsx"))
    old = os.umask(0)
    try:
        for command in ("template", "download"):
            target = tmp_path / f"{command}.xlsx"
            why = ("--reason", "monthly report") if command == "download" else ()
            carecall.done(command, str(target), *why)
            assert stat.S_IMODE(target.stat().st_mode) == 0o600
            before = target.read_bytes()
            again = carecall(command, str(target), *why)
            assert (again.code, target.read_bytes()) == (2, before)
            link = tmp_path / f"{command}-link.xlsx"
            link.symlink_to(tmp_path / f"{command}-elsewhere.xlsx")
            assert carecall(command, str(link), *why).code == 2
            assert not (tmp_path / f"{command}-elsewhere.xlsx").exists()
            nowhere = carecall(command, str(tmp_path / "no" / "where.xlsx"), *why)
            assert nowhere.code == 2
    finally:
        os.umask(old)


def test_a_download_through_a_pipe_comes_back_unchanged(carecall: Carecall) -> None:
    carecall.done("upload", str(DATA / "recipients.xlsx"))
    reading, writing = os.pipe()
    assert carecall.process("download", "-", "--reason", "report", stdout=writing).code == 0
    os.close(writing)
    done = carecall.process("upload", "-", stdin=reading)
    os.close(reading)
    assert (done.code, told(done.out)) == (0, (60, 0, 60, 0, 0))


def test_download_filters(carecall: Carecall, tmp_path: Path) -> None:
    carecall.done("upload", str(DATA / "recipients.xlsx"))

    def names(*options: str) -> set[str]:
        target = tmp_path / f"list-{len(list(tmp_path.iterdir()))}.xlsx"
        carecall.done("download", str(target), "--reason", "report", *options)
        return {row[3] for row in cells(target.read_bytes())[1:]}

    assert names("--organization", "순천시 노인복지과") == {"순천시 노인복지과"}
    assert names("--status", "paused") == set()
    assert names("--search", "강영희") == {"해운대구 복지관"}
    assert carecall("download", str(tmp_path / "x.xlsx"), "--status", "nonsense").code == 2


def test_a_download_needs_a_reason(carecall: Carecall, tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    for reason in ((), ("--reason", ""), ("--reason", " "), ("--reason", "x" * 201)):
        refused = carecall("download", str(target), *reason)
        assert (refused.code, target.exists()) == (2, False)
    assert "--reason" in carecall("download", str(target)).err


def test_progress_is_shown_on_a_terminal_and_taken_away(carecall: Carecall, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(people(2_000, "해운대구 복지관"))
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "upload", str(file)],
        cwd=ROOT, env=carecall.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=secondary,
    )  # fmt: skip
    os.close(secondary)
    shown = io.BytesIO()
    while block := _read(primary):
        shown.write(block)
    out, _err = process.communicate()
    os.close(primary)
    assert b"of 2,000 rows" in shown.getvalue()
    assert shown.getvalue().endswith(b"\r\x1b[K")
    assert told(out.decode()) == (2_000, 2_000, 0, 0, 0)


def test_ctrl_c_saves_nothing(carecall: Carecall, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(people(8_000, "해운대구 복지관"))
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "upload", str(file)],
        cwd=ROOT, env=carecall.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=secondary, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # or who runs the suite has it ignored
    )  # fmt: skip
    os.close(secondary)
    shown = b""
    while b"of 8,000 rows" not in shown and (block := _read(primary)):
        shown += block
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: what reads the workbook gets it too
    while block := _read(primary):
        shown += block
    os.close(primary)
    assert process.wait() == 130
    assert b"Cancelled; nothing was saved." in shown
    assert b"Traceback" not in shown
    assert told(carecall("upload", str(DATA / "recipients.xlsx")).out)[1] == 60
    target = tmp_path / "list.xlsx"
    carecall.done("download", str(target), "--reason", "report")
    assert openpyxl.load_workbook(target).worksheets[0].max_row == 61


def test_a_workbook_from_the_terminal_is_waited_for_until_ctrl_c(carecall: Carecall) -> None:
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "upload", "-"],
        cwd=ROOT, env=carecall.environment(), stdin=secondary,
        stdout=subprocess.DEVNULL, stderr=secondary, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    os.close(secondary)
    shown = b""
    while b"ctrl+d ends it, ctrl+c gives up" not in shown and (block := _read(primary)):
        shown += block
    process.send_signal(signal.SIGINT)
    while block := _read(primary):
        shown += block
    os.close(primary)
    assert process.wait() == 130
    assert shown.endswith(b"Cancelled; nothing was saved.\r\n")


def _read(descriptor: int) -> bytes:
    """What a terminal shows next; nothing once nobody writes to it any more."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
