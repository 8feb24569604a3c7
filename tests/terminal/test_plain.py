"""The console in lines: a day's work by lines alone, and not one control sequence in what comes back."""

import json
import signal
from collections.abc import Iterator

import pytest

from tests.deliveries import PHONE, call, small_world
from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host


@pytest.fixture(scope="module")
def day(host: Host) -> Host:
    """A host on which a machine has phoned, and somebody needs help."""

    async def fill(world: World) -> None:
        await small_world(world)

    host.do(fill)
    deliver_emergency(host, "c-1")
    return host


def deliver_emergency(host: Host, call_id: str) -> None:
    said = [{"at_s": 2.4, "speaker": "recipient", "text": "가슴이 답답해요 \x1b[2J"}]
    emergency = call(call_id, recipient_phone=PHONE, analysis="emergency", utterances=said)
    file = host.directory / "calls.jsonl"
    file.write_text(json.dumps(emergency) + "\n")
    assert host.carecall("ingest", str(file)).returncode == 0


class Talk:
    """A console in lines, in a terminal of its own."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._heard = 0

    def hears(self, *texts: str) -> None:
        """Wait until each text was told since the last line, up to the next prompt."""
        for text in texts:
            self.terminal.until(lambda t=text: t in self._news, f"hears {text!r} in {self._news!r}")
        self._is_asked(": " if texts[-1:] == (": ",) else "> ")

    @property
    def _news(self) -> str:
        return self.terminal.raw[self._heard :].decode(errors="replace")

    def _is_asked(self, *prompts: str) -> None:
        """Wait until the next line is asked for, and nothing more is told."""
        self.terminal.until(lambda: self._news.endswith(prompts), f"a prompt after {self._news!r}")

    def begin(self) -> None:
        """Hear only what is told from now on."""
        self._is_asked("> ", ": ")
        self._heard = len(self.terminal.raw)

    def says(self, line: str, *texts: str) -> None:
        """Type a line, and hear this."""
        self.begin()
        self.terminal.type(f"{line}\n")
        self.hears(*texts)


@pytest.fixture
def talk(day: Host) -> Iterator[Talk]:
    with day.console("--plain", TERM="dumb") as it:
        yield Talk(it)


def test_a_day_is_done_in_lines_without_one_control_sequence(day: Host, talk: Talk) -> None:
    talk.hears("Manage recipients", "1 of ", "! 1 emergency")
    # what there is to do: heard, taken, done
    talk.says("t", "To do", "Unassigned 1", "1 of 1: ", "emergency call at ")
    talk.says("m 1", "it is yours.")
    talk.says("mine", "1 of 1: ", "emergency call at ")
    talk.says("1", "Recipient details", "가슴이 답답해요", "Call", ": emergency")
    talk.says("f", "Add follow-up action", "1: phoned, chosen", "2: visited", ": ")
    talk.says("2", ": ")
    talk.says("곁에 있음", "That was the last field.")
    talk.says("s", "The follow-up action was added.", "task closed: done")
    talk.says("follow-up", "곁에 있음", "visited")
    talk.says(".", "To do")
    talk.says(".", "Manage recipients")
    # a recipient comes, is paused, resumed, and goes
    talk.says("a", "Add recipient", ": ")
    talk.says("홍길동", ": ")
    for _again in range(2):
        talk.says("010-1", "✗ Mobile phone number is not a number", ": ")
    talk.says("010-3333-4444", ": ")
    talk.says("", ": ")
    talk.says("해운대", "That was the last field.")
    talk.says("save", "홍길동 was added.")
    talk.says("/", ": ")
    talk.says("홍길", "1 of 1: 홍길동, 010-3333-4444")
    talk.says("p", "! The recipient is in no campaign")
    talk.says("edit 1", "Recipient name: 홍길동", ": ")
    talk.says("홍길순", "Mobile phone number: 010-3333-4444", ": ")
    talk.says("", ": ")
    talk.says("혼자 사심", "Responsible organization: ", ": ")
    talk.says("", "That was the last field.")
    talk.says("s", "홍길순 was saved.")
    talk.says("d", "Delete recipient", "홍길순", "this can be undone", ".: Cancel", "d: Delete")
    talk.says("", "d: Delete")
    talk.says("d", "홍길순 was deleted. Press z to undo.")
    talk.says("z", "홍길순 is back.")
    talk.says("/", ": ")
    talk.says("김영희", "1 of 1: 김영희", "in progress")
    talk.says("p", "Pause participation", "김영희", ": ")
    talk.says("입원", ": ")
    talk.says("+7", "That was the last field.")
    talk.says("pause", "김영희 was paused.")
    talk.says("=", "Status paused")
    talk.says("r", "Resume participation", "r: Resume")
    talk.says("resume", "김영희 was resumed.")
    # who said what, and what is left to the next shift
    talk.says("F", ": ")
    talk.says("답답", "1 of 1: ", "가슴이 [답답]해요")
    talk.says(".", "> ")
    talk.says("hand", "1: Haeundae", ": ")
    talk.says("1", "Hand-over", "김영희")
    talk.says("?", "s: Sign")
    talk.says(".", "Manage recipients")
    talk.says("?", "d: Delete", "w: Download (carecall download)")
    talk.says("nonsense", "There is no nonsense here. ? tells what can be done.")
    # what comes by itself is said at once, and the prompt again
    talk.begin()
    deliver_emergency(day, "c-2")
    talk.hears("! 1 emergency", "Manage recipients 1")
    talk.terminal.press("ctrl+d")
    assert talk.terminal.ends() == 0
    assert b"\x1b" not in talk.terminal.raw
    listed = day.carecall("audit", "list", "--access", "--action", "session.end", "--json").stdout
    assert json.loads(listed.splitlines()[0])["details"]["how"] == "left"


def test_ctrl_c_and_a_lost_link_end_it_and_what_was_typed_is_kept(day: Host, talk: Talk) -> None:
    talk.hears("Manage recipients")
    talk.says("a", "Add recipient", ": ")
    talk.says("홍길동", ": ")
    talk.terminal.press("ctrl+c")
    assert talk.terminal.ends() == 128 + signal.SIGINT
    with day.console("--plain", TERM="dumb") as it:
        again = Talk(it)
        again.hears("Not saved yet", "홍길동", "x: Discard")
        it.type("q\n")  # whatever is asked, it leaves, and answers nothing
        assert it.ends() == 0
    with day.console("--plain", TERM="dumb") as it:
        again = Talk(it)
        again.hears("Not saved yet", "홍길동", "x: Discard")
        again.says("x", "Manage recipients")
        it.hang_up()
        assert it.ends() == 128 + signal.SIGHUP
