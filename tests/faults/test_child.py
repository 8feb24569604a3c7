"""Processes of the console's own: what they say arrives whole or not at all, and none is left."""

import io
import os
import resource
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.io import child
from core.io.child import Child
from tests.sound_server import wait_for
from tests.voice_desk import is_gone

MESSAGES = st.lists(st.none() | st.integers(0, 9) | st.text() | st.lists(st.text()), max_size=5)


@pytest.fixture
async def odd() -> AsyncIterator[Child]:
    odd = await child.start("tests.faults.odd_child")
    yield odd
    await odd.close()
    assert is_gone(odd.pid)


async def told(odd: Child, command: Any) -> Any:
    await odd.send(command)
    answer = await odd.receive()
    return None if answer is None else child.decode(answer)


@given(MESSAGES, st.data())
def test_messages_arrive_whole_or_not_at_all(messages: list[Any], data: st.DataObject) -> None:
    sent = b"".join(map(child.framed, messages))
    cut = data.draw(st.integers(0, len(sent)))
    pipe = io.BytesIO(sent[:cut])
    heard = [child.decode(one) for one in iter(lambda: child.hear(pipe), None)]
    assert heard == messages[: len(heard)]
    assert (len(heard) == len(messages)) == (cut == len(sent))


async def test_a_child_is_bounded_and_leaves_no_core(odd: Child) -> None:
    bounds = await told(odd, "limits")
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    assert bounds == [0, 512 << 20 if hard == resource.RLIM_INFINITY else bounds[1], 7, 0]


async def test_what_is_printed_in_it_is_no_message(
    odd: Child, capfd: pytest.CaptureFixture[str]
) -> None:
    assert await told(odd, "print") == ["", odd.pid]
    assert await told(odd, ["김영희", None]) == ["김영희", None]
    assert capfd.readouterr() == ("", "")


async def test_its_end_in_the_middle_of_a_message_is_its_end(odd: Child) -> None:
    assert await told(odd, "half") is None
    assert await odd.wait() == 3
    assert await odd.receive() is None
    with pytest.raises(ConnectionError):
        await odd.send("x" * 1_000_000)  # more than the pipe takes


async def test_a_message_without_end_is_not_waited_for(odd: Child) -> None:
    assert await told(odd, "without end") is None
    assert await odd.wait() < 0


async def test_what_it_has_started_goes_with_it(odd: Child) -> None:
    started = await told(odd, "have a child")
    os.kill(started, 0)
    odd.kill()
    wait_for(lambda: is_gone(started), "the child's child is gone")
