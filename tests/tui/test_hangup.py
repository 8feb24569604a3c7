"""The last resort: a console that hangs, whatever it waits for, is ended by the kernel."""

import signal
import subprocess
import sys

HANGS = """
import os, signal, time
from tui.terminal import hangup
hangup.LAST_RESORT_SECONDS = 0.05
hang_up = hangup.HangUp()
hang_up.install()
os.kill(os.getpid(), signal.SIGTERM)
assert hang_up.came
time.sleep(20)  # it would end by itself, and with another code
"""


def test_a_console_that_hangs_after_a_signal_is_ended() -> None:
    ended = subprocess.run([sys.executable, "-c", HANGS], check=False, capture_output=True)
    assert ended.returncode == -signal.SIGALRM
