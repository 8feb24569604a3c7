"""The log of what nobody expected: types and places of the code, never values, messages or local variables."""

import os
import traceback
from pathlib import Path

from core.values.i18n import _
from core.values.times import now

EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h


def log(error: BaseException, state_dir: Path | None) -> str:
    """Append the error to the log (0600); gives the sentence for the user, without personal data."""
    lines = [f"{now().isoformat(timespec='seconds')} {type(error).__name__}"]
    chain: BaseException | None = getattr(
        error, "error", error
    )  # Textual wraps what a worker raised
    while chain is not None:
        lines.append(f"  {type(chain).__module__}.{type(chain).__qualname__}")
        lines += [
            f"    {Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(chain.__traceback__)
        ]
        chain = chain.__cause__ or chain.__context__
    sentence = _("Something unexpected happened ({kind}).").format(kind=type(error).__name__)
    if state_dir is None:
        return sentence
    file = state_dir / "log"
    try:
        _make_private(state_dir)
        descriptor = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n")
    except OSError:
        return sentence
    return f"{sentence} {_('It is noted in {file}.').format(file=file)}"


def _make_private(directory: Path) -> None:
    for part in [*reversed(directory.parents), directory]:
        if not part.exists():
            part.mkdir(mode=0o700)
            part.chmod(0o700)
