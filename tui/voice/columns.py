"""The voice of a call as text: waveform, position, the line to hear it at the desk. Pure."""

import shlex
from collections.abc import Sequence

from core.values.i18n import N_, _
from core.voice.dto import PlayerState, Playing

_BLOCKS = "▁▂▃▄▅▆▇█"

_WORDS = {
    Playing.STOPPED: N_("■ stopped"),
    Playing.STARTING: N_("… starting"),
    Playing.PLAYING: N_("▶ playing"),
    Playing.PAUSED: N_("‖ paused"),
    Playing.ENDED: N_("■ at the end"),
    Playing.FAILED: N_("✗ cannot play"),
}


def blocks(levels: Sequence[float]) -> str:
    """Loudness from 0 to 1, a block for each."""
    top = len(_BLOCKS) - 1
    return "".join(_BLOCKS[min(top, max(0, round(level * top)))] for level in levels)


def clock(milliseconds: int) -> str:
    """Whole seconds as ``m:ss``, or ``h:mm:ss``; the second that runs, not the nearest one."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def column_at(milliseconds: int, duration_ms: int, width: int) -> int:
    """The column of the waveform in which this moment lies."""
    if duration_ms <= 0 or width <= 0:
        return 0
    return min(width - 1, milliseconds * width // duration_ms)


def status(state: PlayerState) -> str:
    """What the player does: state, time, speed, and the way in use; or that it cannot play, and why."""
    parts = [_(_WORDS[state.playing])]
    if state.playing is Playing.FAILED:
        return " · ".join([*parts, state.reason])
    if state.duration_ms:
        parts.append(f"{clock(state.position_ms)} / {clock(state.duration_ms)}")
    parts.append(_("speed {speed}").format(speed=f"{state.speed:g}"))
    if state.way:
        parts.append(state.way)
    return " · ".join(parts)


def reasons(state: PlayerState) -> list[str]:
    """Why nothing can be heard: the reason of the one way that was tried, or where those of all are told."""
    if state.playing is not Playing.FAILED or not state.refused:
        return []
    if len(state.refused) > 1:
        return [_("carecall doctor tells why, way by way.")]
    [way] = state.refused
    return [f"{way.name}: {way.reason}"]


def listen_command(host: str, external_id: str) -> str:
    """The line that plays the call at the desk. The id is data: no shell may act on it."""
    separator = ["--"] if external_id.startswith("-") else []
    there = shlex.join(["carecall", "voice", *separator, external_id])
    plain = f"carecall voice {external_id}"
    # The words pass two shells, the desk's and the host's.
    return f"ssh {host} {there if there == plain else shlex.quote(there)} | mpv -"
