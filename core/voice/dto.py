"""What the player tells the screens."""

import enum

from msgspec import Struct


class Playing(enum.StrEnum):
    """What the player is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"


class SoundFacts(Struct, frozen=True):
    """What a voice file holds, by the bytes that are there."""

    duration_ms: int
    rate: int
    channels: int


class BackendState(Struct, frozen=True):
    """One way of playing: whether it works here, and if not, why and what to do about it."""

    name: str
    works: bool
    reason: str = ""


class PlayerState(Struct, frozen=True):
    """The player at one moment.

    ``way`` is the backend in use and where its sound goes, once something has been played.
    ``reason`` says why it failed, ``refused`` which ways were tried before it worked or failed,
    each with its reason.
    """

    playing: Playing = Playing.STOPPED
    position_ms: int = 0
    duration_ms: int = 0
    speed: float = 1.0
    way: str = ""
    reason: str = ""
    refused: tuple[BackendState, ...] = ()
