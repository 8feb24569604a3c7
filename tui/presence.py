"""When the console is left by itself: after some time without a key, and when a session lasts too long.

A console that nobody sits at shows personal data to whoever passes by.
"""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.values.i18n import _, ngettext

if TYPE_CHECKING:
    from core.values.settings import Settings

IDLE, LONGEST = "idle", "longest"  # how a session ends, as the records of access say it
WARNED_SECONDS = 60.0  # before it
_LOOK_SECONDS = 15.0  # between two looks at whether a call is played or something is written
_PART = 0.5  # of a short time without a key, after which it is warned


def _clock() -> float:
    """Seconds that no setting of the clock moves, and that go on while the host sleeps, where it counts them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Presence:
    """Counts from the last key, and from the beginning of the session; 0 in the settings is never."""

    def __init__(self, settings: "Settings", clock: Callable[[], float] = _clock) -> None:
        self._clock = clock
        self._idle = settings.idle_minutes * 60 or math.inf
        self._longest = settings.session_hours * 3600 or math.inf
        self._began = self._acted = clock()

    def acted(self) -> None:
        """A key was pressed, or something goes on that is waited for."""
        self._acted = self._clock()

    @property
    def _ends(self) -> tuple[float, str]:
        """When the session ends by itself, and how."""
        return min((self._acted + self._idle, IDLE), (self._began + self._longest, LONGEST))

    @property
    def over(self) -> str:
        """How the session ends now: ``idle``, ``longest``, or "" where it goes on."""
        at, how = self._ends
        return how if at <= self._clock() else ""

    @property
    def warning(self) -> str:
        """The sentence before the end; "" as long as that is far."""
        at, how = self._ends
        if at - self._clock() > self._warned(how):
            return ""
        if how == IDLE:
            return _(
                "No key was pressed for long: the console is left within a minute. Any key keeps it open."
            )
        return _(
            "The longest session is over: the console is left within a minute. Save your work."
        )

    @property
    def next_look(self) -> float:
        """The seconds until something is to be looked at again."""
        at, how = self._ends
        left = at - self._clock()
        before = left - self._warned(how)
        return max(0.0, min(before if before > 0 else left, _LOOK_SECONDS, self._idle / 40))

    def farewell(self, how: str) -> str:
        """Why the console was left, for whoever comes back to the terminal."""
        if how == IDLE:
            minutes = max(1, round(self._idle / 60))
            return ngettext(
                "The console was left after {count} minute without a key; what was typed is kept.",
                "The console was left after {count} minutes without a key; what was typed is kept.",
                minutes,
            ).format(count=minutes)
        hours = max(1, round(self._longest / 3600))
        return ngettext(
            "The console was left after {count} hour, the longest session; what was typed is kept.",
            "The console was left after {count} hours, the longest session; what was typed is kept.",
            hours,
        ).format(count=hours)

    def _warned(self, how: str) -> float:
        return min(WARNED_SECONDS, (self._idle if how == IDLE else self._longest) * _PART)
