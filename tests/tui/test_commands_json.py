"""Every command that prints JSON: what it prints is what its schema says, and it does what its key does.

One script runs all of them, on both databases (on PostgreSQL with the long tests): as what one printed, the next
one is asked.
"""

import contextlib
import json
import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from jsonschema import Draft202012Validator
from msgspec import Struct, field

import core.app.services  # noqa: F401 - declares the use cases
from core.app.use_case import USE_CASES, UseCase
from core.io.identity import of_process
from core.written.files import OwnFiles
from tests import postgresql
from tests.commands import Carecall, Outcome
from tests.deliveries import call, lines, minutes_ago, unanswered
from tests.voice_samples import SAMPLE
from tests.workbooks import workbook
from tui import action
from tui.__main__ import COMMANDS, make_parser
from tui.commands.parsing import Parser, leaves
from tui.commands.schema import schema_of

# NAME = the command whose first object is called so in what follows; each gets --json where it has it
SCRIPT = """
init
here = organization add Haeundae
organization add Elsewhere
organization rename Elsewhere Seomyeon
organization list
admin add kim --role organization --organization Haeundae
admin disable kim
admin enable kim
admin list
campaign add Morning
campaign start Morning
one = recipient add --name 김영희 --phone 010-1111-2222 --organization Haeundae
two = recipient add --name 박철수 --phone 010-2345-6789 --organization Haeundae
three = recipient add --name 이순자 --phone 010-3456-7890 --organization Haeundae
recipient list --sort name
recipient show {one[id]}
recipient edit {one[id]} --other-information 301호 --version {one[version]}
recipient edit --search 김영희 --give 독거 --yes
recipient edit {one[id]} {two[id]} --take 독거
campaign enroll Morning --all
campaign withdraw Morning --phone 010-3456-7890
campaign list
call-list
tag = recipient tag {one[id]} --give 고위험
tag list
tag rename 고위험 위험
tag delete 위험
1 ingest calls.jsonl
ingest --held
task = task list
task acknowledge {task[id]}
task take {task[id]}
task give {task[id]} kim
task later {task[id]} 2h
task done {task[id]} --type visited --details 안녕하심
own = task add {two[id]} "Ask the daughter" --due 2h
task drop {own[id]} "done by somebody else"
tick
call list {one[id]}
call show c-2
voice c-1 heard.wav
feedback c-1 positive
memory = memory list {one[id]}
memory edit {memory[id]} "Sleeps badly"
memory reset {memory[id]}
memory history {memory[id]}
followup = followup add c-1 --type phoned
followup edit {followup[id]} --details "Spoke with her"
followup list {one[id]}
followup delete {followup[id]}
memo = memo add {one[id]} "Rings at the back door"
memo edit {memo[id]} "Rings at the side door"
memo list {one[id]}
memo delete {memo[id]}
contact = contact add {one[id]} --relation guardian --phone 010-9876-5432 --name Daughter
second = contact add {one[id]} --relation neighbour --phone 02-123-4567
contact edit {contact[id]} --name "Her daughter"
contact move {second[id]} 1
contact reveal {contact[id]}
contact list {one[id]}
contact delete {second[id]}
recipient history {one[id]}
recipient reveal {one[id]}
search 잤어요
trend {one[id]}
trend --organization Haeundae
view list
view = view save Everybody --sort name
view show Everybody
view run Everybody
view rename Everybody "On hold"
view move "On hold" 1
view start "On hold"
gone = view delete "On hold"
view restore {view[id]}
recipient pause {one[id]} --reason "In hospital" --until +7
recipient resume {one[id]}
recipient delete {two[id]} {three[id]}
recipient deleted
recipient restore {two[id]}
recipient restore --last
four = recipient add --name 김영희 --phone 010-1111-2222 --organization Seomyeon
recipient duplicates
recipient apart {one[id]} {four[id]}
recipient apart {one[id]} {four[id]} --undo
recipient merge {one[id]} {three[id]} --take name
recipient restore {three[id]}
handover --organization Haeundae --sign "Nothing else"
handover --organization Haeundae --last
2 handover --organization Haeundae --confirm
1 upload rows.xlsx --organization Haeundae
uploads = uploads list
uploads show {uploads[id]}
uploads failed {uploads[id]} failed.xlsx
uploads correct {uploads[id]} 3 --phone 010-5555-6666
uploads undo {uploads[id]}
download list.xlsx --reason monthly
files list
campaign end Morning
recipient erase {two[id]} --reason "asked by letter" --yes
audit list
audit list --access
audit review
config show
config check
? doctor
? doctor --profile kr-public
"""
# what changes something, by another use case than its key's
OTHERWISE = {
    "contacts.copied": "what is copied is recorded as that; a command prints the number",
    "voice.open_voice": "a command names the call by the calling system's id",
}
CODES = {"1": (1,), "2": (2,), "?": (0, 1)}
FILES = (".xlsx", ".jsonl", ".wav")
# without --schema: theirs is that of the lines that are delivered
DELIVERIES = {"carecall ingest"}


class Morning(Struct):
    """What the script came to."""

    printed: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    used: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def parser_of(words: list[str]) -> Parser:
    """The parser of the command that these words ask for."""
    found: Parser = make_parser(words).parse_args(words).parser
    return found


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)]
)
def morning(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """The whole script, done."""
    directory = tmp_path_factory.mktemp("carecall")
    (directory / "voice").mkdir()
    (directory / "voice" / "c-1.wav").write_bytes(SAMPLE.read_bytes())
    delivered = (
        call("c-1", voice_file="c-1.wav", started_at=minutes_ago(90)),
        call("c-2", analysis="emergency"),
        unanswered("c-3", recipient_phone="+821023456789"),
        call("c-4", recipient_phone="+821099999999"),
    )
    (directory / "calls.jsonl").write_bytes(lines(*delivered))
    rows = [["최민수", "010-4444-5555", "", ""], ["정하나", "12", "", ""]]
    (directory / "rows.xlsx").write_bytes(workbook(rows))
    with OwnFiles(directory / "data" / "carecall", of_process().account).create("a.xlsx") as file:
        file.write(b"written over SSH")
    more = {"XDG_DATA_HOME": str(directory / "data"), "XDG_STATE_HOME": str(directory / "state")}
    if request.param == "postgresql":
        more["CARECALL_DATABASE"] = postgresql.new_database()
    return done(Carecall(directory), directory, more)


def done(carecall: Carecall, directory: Path, more: Mapping[str, str]) -> Morning:
    """Run each line of the script; its files lie in the directory."""
    came, named = Morning(), {}
    with noted_use_cases() as used:
        for line in SCRIPT.strip().splitlines():
            said, words = asked(line, named, directory)
            parser = parser_of(words)
            used.clear()
            outcome = carecall(*words, *(["--json"] if parser.shape else []), more=more)
            expected = CODES.get(said, (0,))
            assert outcome.code in expected, (line, outcome)
            came.used[parser.prog] |= used
            if parser.shape:
                found = printed(parser, outcome)
                came.printed[parser.prog] += found
                if found and said.isidentifier():
                    named[said] = found[0]
    return came


def asked(line: str, named: Mapping[str, Any], directory: Path) -> tuple[str, list[str]]:
    """What a line's first object is called, or what it comes to; and its words."""
    said = ""
    if line[:2] in ("1 ", "2 ", "? "):
        said, line = line[0], line[2:]
    elif (parts := line.partition(" = "))[1]:
        said, line = parts[0], parts[2]
    words = [word.format_map(named) for word in shlex.split(line)]
    return said, [str(directory / one) if one.endswith(FILES) else one for one in words]


def printed(parser: Parser, outcome: Outcome) -> list[Any]:
    """The objects that were printed, a line each."""
    return [json.loads(line) for line in outcome.out.splitlines()]


@pytest.fixture(scope="module")
def every_leaf() -> dict[str, Parser]:
    """Each command that does something, by its words."""
    return {leaf.prog: leaf for leaf in leaves(make_parser(COMMANDS))}


@contextlib.contextmanager
def noted_use_cases() -> Iterator[set[str]]:
    """The names of the use cases that are asked meanwhile."""
    used: set[str] = set()
    ask = UseCase.call

    def noting(self: UseCase[Any, Any], *args: Any) -> Any:
        used.add(self.name)
        return ask(self, *args)

    with mock.patch.object(UseCase, "call", noting):
        yield used


def test_each_command_with_json_is_in_the_script(
    morning: Morning, every_leaf: dict[str, Parser]
) -> None:
    with_schema = {name for name, leaf in every_leaf.items() if leaf.shape}
    assert with_schema == set(morning.printed)
    assert [name for name, found in morning.printed.items() if not found] == [
        "carecall config check"
    ]
    with_json = {
        name
        for name, leaf in every_leaf.items()
        if any("--json" in one.option_strings for one in leaf._actions)
    }
    assert with_json - with_schema == DELIVERIES


def test_what_is_printed_is_what_the_schema_says(
    morning: Morning, every_leaf: dict[str, Parser]
) -> None:
    for name, found in morning.printed.items():
        schema = strict(schema_of(name, every_leaf[name].shape))
        Draft202012Validator.check_schema(schema)
        for one in found:
            Draft202012Validator(schema).validate(one)


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that refuses, too, what it does not name."""
    for definition in schema["$defs"].values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    return schema


def test_a_schema_needs_no_argument_and_no_database(tmp_path: Path) -> None:
    printed = Carecall(tmp_path).done("recipient", "show", "--schema").out
    assert json.loads(printed)["$schema"].endswith("2020-12/schema")
    assert list(tmp_path.iterdir()) == []


def test_a_command_does_what_its_key_does(morning: Morning) -> None:
    """By the same use case: so with the same permissions, rules, reasons and records."""
    differ = [
        (one.full_name, one.use_case)
        for one in action.every()
        if one.command and one.use_case and changes(one.use_case)
        if not any(one.use_case in morning.used[f"carecall {words}"] for words in one.commands)
    ]
    assert [one for one in differ if one[1] not in OTHERWISE] == []


def changes(use_case: str) -> bool:
    """Whether it is more than reading."""
    return USE_CASES[use_case].opens != "read"
