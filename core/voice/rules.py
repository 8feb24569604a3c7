"""What a call's voice file may be called, how large it may be, and by which ways it is played.

Pure, so that ``ingest`` asks it too.
"""

import unicodedata

from core.values.errors import ActionBlocked, InvalidInput
from core.values.i18n import _

MAX_PATH = 255
ORGANIZATIONS = "organizations"  # the folder of the folders of organizations
MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_SECONDS = 4 * 3600
SPEEDS = (0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
BACKENDS = ("simpleaudio", "miniaudio", "command")


def wanted_backends(player: str) -> list[str]:
    """The ways of playing that the setting ``player`` allows, in the order in which they are tried."""
    if player == "off":
        return []
    return list(BACKENDS) if player == "auto" else [player]


def check_relative(path: str) -> str:
    """The path as it is, where it can only lie below the voice directory. Raises InvalidInput."""
    if not path:
        raise _refused(_("The name of the voice file is empty."))
    parts = path.split("/")
    if len(path) > MAX_PATH or any(len(part.encode("utf-8", "replace")) > 255 for part in parts):
        raise _refused(_("The name of the voice file is too long."))
    # Not printable: NUL and other controls, line breaks, bidi overrides, lone surrogates.
    if not path.isprintable():
        raise _refused(_("The name of the voice file has a character that cannot be used."))
    if "\\" in path:
        raise _refused(_("The name of the voice file has a backslash."))
    if path.startswith("/"):
        raise _refused(_("The name of the voice file begins with a slash."))
    if any(part in {"", ".", ".."} for part in parts):
        raise _refused(_("The name of the voice file has a part that is empty, '.' or '..'."))
    return path


def voice_key(path: str) -> str:
    """The form in which paths are compared: on some file systems a name in another normal form is the same."""
    return unicodedata.normalize("NFC", path)


def folder_of(organization_id: int) -> str:
    """The organization's own folder below the voice directory; what lies there is of no other organization."""
    return f"{ORGANIZATIONS}/{organization_id}/"


def check_folder(path: str, organization_id: int, *, confined: bool) -> None:
    """Raise InvalidInput unless a call of this organization may name the file.

    Who is ``confined`` to the organization names files in its folder only. Nobody names files in another one's,
    however that is written: some file systems do not tell capitals from small letters.
    """
    folder = folder_of(organization_id)
    if path.startswith(folder):
        return
    if confined:
        raise InvalidInput(
            _("The voice file has to lie in {folder}.").format(folder=folder), field="voice_file"
        )
    if voice_key(path).casefold().startswith(f"{ORGANIZATIONS}/"):
        raise InvalidInput(
            _("The voice file lies in the folder of another organization."), field="voice_file"
        )


def check_owner(file: str, key: str | None, organization_id: int) -> None:
    """Raise ActionBlocked unless the file is the call's own, whatever a row says: keys are unique among calls."""
    try:
        check_folder(file, organization_id, confined=False)
    except InvalidInput as error:
        raise ActionBlocked(error.what) from None
    if key != voice_key(file):
        raise ActionBlocked(_("The voice file does not belong to this call."))


def _refused(what: str) -> InvalidInput:
    hint = _("It has to be relative to the voice directory, such as 2026/11/c-1.wav.")
    return InvalidInput(what, hint, field="voice_file")


def nearest_speed(speed: float) -> float:
    """The speed that can be played which is nearest to this one."""
    return min(SPEEDS, key=lambda known: abs(known - speed))


def next_speed(speed: float, steps: int) -> float:
    """The speed so many steps faster (or slower, when negative), within what can be played."""
    at = SPEEDS.index(nearest_speed(speed)) + steps
    return SPEEDS[max(0, min(at, len(SPEEDS) - 1))]
