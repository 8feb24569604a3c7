"""A sound server of the test's own: PulseAudio on loopback TCP with a null sink, and what it was given.

    @pytest.fixture
    def sound_server(tmp_path, monkeypatch): with running(tmp_path) as server: ...

Nothing of the user's own sound is used or changed.
"""

import contextlib
import math
import os
import signal
import socket
import subprocess
import time
from array import array
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.needs import needs

RATE = 8_000
STEP_SECONDS = 0.01
_SINK = "desk"
_ALSA = """</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


class SoundServer:
    """A running server; ``environment`` is what a console at this desk would have."""

    def __init__(self, directory: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.address = f"tcp:127.0.0.1:{port}"
        self.process = process
        alsa = directory / "asound.conf"
        alsa.write_text(_ALSA)
        self.environment = {
            "PULSE_SERVER": self.address,
            "ALSA_CONFIG_PATH": str(alsa),
            "XDG_RUNTIME_DIR": str(directory),
            "PULSE_COOKIE": str(directory / "cookie"),
        }
        self._directory = directory
        self._recordings = 0

    def answers(self) -> bool:
        """Whether it takes connections and has its sink."""
        told = subprocess.run(
            ["pactl", "list", "short", "sinks"],
            env={**os.environ, **self.environment},
            capture_output=True,
            timeout=10,
            check=False,
        )
        return _SINK in told.stdout.decode()

    def streams(self) -> int:
        """How many streams play to it now."""
        told = subprocess.run(
            ["pactl", "list", "short", "sink-inputs"],
            env={**os.environ, **self.environment},
            capture_output=True,
            timeout=10,
            check=False,
        )
        return len(told.stdout.splitlines())

    @contextlib.contextmanager
    def recorded(self) -> Iterator["Recording"]:
        """What comes out of the sink while the block runs."""
        self._recordings += 1
        file = self._directory / f"recording-{self._recordings}.raw"
        words = ["parec", f"--device={_SINK}.monitor", "--format=s16le", f"--rate={RATE}"]
        with file.open("wb") as out:
            recorder = subprocess.Popen(
                [*words, "--channels=1", "--latency-msec=20", "--raw"],
                env={**os.environ, **self.environment},
                stdout=out,
                stderr=subprocess.DEVNULL,
            )
        recording = Recording(file)
        try:
            wait_for(lambda: recording.seconds > 0.1, "the recording runs")
            yield recording
            # What has been played is in the monitor's buffer for a moment.
            end = recording.seconds + 0.5
            wait_for(lambda: recording.seconds >= end, "the recording has everything")
        finally:
            recorder.terminate()
            recorder.wait(10)

    def stop(self) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(10)


class Recording:
    """What the sink played, so far."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def seconds(self) -> float:
        """How much there is."""
        return self._file.stat().st_size / 2 / RATE

    def loudness(self) -> list[float]:
        """Its loudness curve, without the silence before and after."""
        return trimmed(loudness(self._file.read_bytes(), RATE))

    def is_silent_since(self, seconds: float) -> bool:
        """Whether nothing was to be heard from that second on."""
        data = self._file.read_bytes()[int(seconds * RATE) * 2 :]
        return not any(data)


def loudness(pcm: bytes, rate: int) -> list[float]:
    """The root mean square of the twentieth of a second around each hundredth, of 16-bit samples."""
    samples = array("h", pcm[: len(pcm) & ~1])
    step = int(rate * STEP_SECONDS)
    parts = (samples[at : at + step] for at in range(0, len(samples) - step + 1, step))
    energy = [sum(value * value for value in part) / step for part in parts]
    return [math.sqrt(sum(energy[at : at + 5]) / 5) for at in range(len(energy) - 4)]


def trimmed(curve: Sequence[float]) -> list[float]:
    """The curve from its first to its last sound."""
    threshold = max(curve, default=0.0) * 0.02 + 1
    heard = [at for at, value in enumerate(curve) if value > threshold]
    return list(curve[heard[0] : heard[-1] + 1]) if heard else []


def seconds_of(curve: Sequence[float]) -> float:
    """How long a loudness curve lasts."""
    return len(curve) * STEP_SECONDS


async def comes_out(
    server: SoundServer,
    play: Callable[[], Awaitable[None]],
    meant: Sequence[float],
    *,
    within: float = 0.05,
) -> None:
    """What is played comes out as it is meant, as long and as loud.

    A machine with more to do than it can interrupts sound, whoever plays it: then it is played again.
    """
    for _again in range(3):
        with server.recorded() as recording:
            await play()
        heard = recording.loudness()
        is_as_long = seconds_of(heard) == pytest.approx(seconds_of(meant), rel=within)
        if is_as_long and correlation(heard, meant) >= 0.9:
            return
    pytest.fail(
        f"{seconds_of(heard)} s for {seconds_of(meant)} s, as alike as {correlation(heard, meant)}"
    )


def last_seconds(curve: Sequence[float], seconds: float) -> Sequence[float]:
    """The end of a loudness curve."""
    return curve[-int(seconds / STEP_SECONDS) :]


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """How alike two curves are, best aligned within 0.15 s: 1 is the same, 0 unrelated."""
    return max(_pearson(one[max(0, shift) :], other[max(0, -shift) :]) for shift in range(-15, 16))


def _pearson(one: Sequence[float], other: Sequence[float]) -> float:
    count = min(len(one), len(other))
    if count < 2:
        return 0.0
    one, other = one[:count], other[:count]
    mean_one, mean_other = sum(one) / count, sum(other) / count
    a = [value - mean_one for value in one]
    b = [value - mean_other for value in other]
    scale = math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / scale if scale else 0.0


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Until it is so; fails where it never is."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited in vain until {what}")
        time.sleep(0.02)


@contextlib.contextmanager
def running(directory: Path) -> Iterator[SoundServer]:
    """A server with its files in that directory; gone when the block ends."""
    program = needs("pulseaudio", "pulseaudio")
    needs("pactl", "pulseaudio-utils")
    needs("parec", "pulseaudio-utils")
    directory.chmod(0o700)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = directory / "server.pa"
    script.write_text(
        f"load-module module-null-sink sink_name={_SINK} rate=48000\n"
        f"load-module module-native-protocol-tcp listen=127.0.0.1 port={port} auth-anonymous=1\n"
    )
    process = subprocess.Popen(
        [program, "-n", "-F", str(script), "--daemonize=no", "--exit-idle-time=-1",
         "--use-pid-file=no", "--disable-shm=yes"],
        env={**os.environ, "HOME": str(directory), "XDG_RUNTIME_DIR": str(directory),
             "PULSE_STATE_PATH": str(directory)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server = SoundServer(directory, port, process)
    try:
        wait_for(server.answers, "the sound server answers")
        yield server
    finally:
        server.stop()


def at_home(server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    """The server, as the one that this test's programs find."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server
