"""Making sound of a voice file: WAV is read here, MP3, FLAC and OGG by miniaudio.

Files are untrusted. This runs in the player process, so that not even a decoder that crashes harms
the console.
"""

import os

from core.values.errors import ActionBlocked, InvalidInput
from core.values.i18n import _
from core.voice.rules import MAX_SECONDS
from core.voice.sound import SAMPLE, Sound, from_pcm
from core.voice.wav import Read, UnknownEncoding, is_wav, read_wav

# Telephone speech has nothing above 8 kHz; a fixed rate bounds what a small compressed file can
# grow to.
DECODED_RATE = 16_000
MAX_DECODED_BYTES = 256 * 1024 * 1024
_DECODED_CHUNK = 1 << 15
_SIGNATURES = (b"ID3", b"fLaC", b"OggS")


def open_sound(descriptor: int) -> Sound:
    """The sound of an open regular file. Raises InvalidInput or ActionBlocked with the reason.

    The file's own position is left alone: whoever else holds it open is not disturbed.
    """
    size = os.fstat(descriptor).st_size
    read = _reader(descriptor)
    head = read(0, 12)
    if is_wav(head):
        try:
            return read_wav(read, size)
        except UnknownEncoding:
            if not _has_miniaudio():
                raise
    elif not _looks_compressed(head):
        raise InvalidInput(_("The voice file is not sound: it is no WAV, MP3, FLAC or OGG file."))
    return _decoded(read(0, size))


def _reader(descriptor: int) -> Read:
    def read(offset: int, count: int) -> bytes:
        parts = []
        while count > 0 and (part := os.pread(descriptor, count, offset)):
            parts.append(part)
            offset += len(part)
            count -= len(part)
        return b"".join(parts)

    return read


def _looks_compressed(head: bytes) -> bool:
    mp3_frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in {0xE2, 0xE4, 0xE6}
    return head.startswith(_SIGNATURES) or mp3_frame


def _has_miniaudio() -> bool:
    try:
        import miniaudio  # noqa: F401
    except ImportError:
        return False
    return True


def _decoded(data: bytes) -> Sound:
    if not _has_miniaudio():
        raise ActionBlocked(
            _("This kind of voice file needs the package miniaudio, which is not installed."),
            _("Install the extra sound: pip install 'carecall-console[sound]'."),
        )
    import miniaudio

    samples = bytearray()
    try:
        for part in miniaudio.stream_memory(
            data, miniaudio.SampleFormat.SIGNED16, 1, DECODED_RATE, _DECODED_CHUNK
        ):
            samples += part.tobytes()
            if len(samples) > min(MAX_DECODED_BYTES, MAX_SECONDS * DECODED_RATE * SAMPLE):
                raise InvalidInput(_("The voice file holds more sound than can be played."))
    except miniaudio.MiniaudioError:
        raise InvalidInput(_("The voice file is damaged: its sound cannot be read.")) from None
    if not samples:
        raise InvalidInput(_("The voice file ends before its sound begins."))
    return from_pcm(bytes(samples), DECODED_RATE)
