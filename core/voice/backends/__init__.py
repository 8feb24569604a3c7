"""The ways of playing sound, in the order in which ``auto`` tries them.

Used in the player process only.
"""

from core.voice.backends.base import Backend, CannotPlay
from core.voice.backends.command import CommandBackend
from core.voice.backends.miniaudio_device import MiniaudioBackend
from core.voice.backends.simpleaudio_device import SimpleaudioBackend

__all__ = ["Backend", "CannotPlay", "make_backend"]


def make_backend(name: str, command: str) -> Backend:
    """The backend of that name; ``command`` is the user's, for the backend ``command``."""
    if name == "simpleaudio":
        return SimpleaudioBackend()
    if name == "miniaudio":
        return MiniaudioBackend()
    return CommandBackend(command)
