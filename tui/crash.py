"""The log of what nobody expected: types and places of the code, never values, messages or local variables."""

import traceback
from pathlib import Path

from core.io import private
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
        with private.appended(file) as stream:
            stream.write(("\n".join(lines) + "\n").encode("utf-8", "backslashreplace"))
    except OSError:
        return sentence
    noted = _("It is noted in {file}.").format(file=file)
    return f"{sentence} {noted}"
