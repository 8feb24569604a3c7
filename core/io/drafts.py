"""What is typed into an open form, kept in a file until the form is saved or cancelled.

One file (0600) for each open form, in ``state_dir/drafts``. The console that writes it holds a lock on it, so that
a file without one was left behind by a lost link or a kill, whoever else is at work.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from core.io import beneath, private
from core.values.times import now

_LARGEST = 4 * 1024 * 1024  # many times what any form can save, and what is pasted by mistake
_PART = ".part"


class Draft(Struct, frozen=True):
    """What stood in a form. ``recipient_id`` is whom it is about, where it is about somebody known."""

    form: str
    values: Mapping[str, str]
    recipient_id: int | None
    saved_at: datetime


class DraftFile:
    """The draft of one open form. Nothing is written before the first ``save``."""

    def __init__(self, path: Path, draft: Draft | None = None, descriptor: int = -1) -> None:
        self._path = path
        self._descriptor = descriptor
        self.draft = draft

    def save(self, form: str, values: Mapping[str, str], recipient_id: int | None = None) -> None:
        """Keep these values in the place of the former ones. Raises OSError where that is not possible, as of more
        than is read again.
        """
        draft = Draft(form, dict(values), recipient_id, now())
        with contextlib.ExitStack() as undone:
            with private.replaced(self._path) as file:
                # held before it has its name, by whoever has it open
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                descriptor = os.dup(file.fileno())
                undone.callback(os.close, descriptor)
                file.write(_encoded(draft))
            undone.pop_all()
        self.release()
        self._descriptor, self.draft = descriptor, draft

    def remove(self) -> None:
        """Keep nothing any more."""
        with contextlib.suppress(OSError):  # gone already, or its directory is
            self._path.unlink()
        self.release()
        self.draft = None

    def release(self) -> None:
        """Leave the file, if there is one, for the next start."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Drafts:
    """The drafts of one admin on one database."""

    def __init__(self, state_dir: Path, database: str, admin_id: int) -> None:
        self._directory = directory(state_dir)
        self._prefix = f"{_of_database(database)}{admin_id}-"

    def begin(self) -> DraftFile:
        """A place for the draft of a form that opens."""
        return DraftFile(self._directory / f"{self._prefix}{secrets.token_hex(8)}.json")

    def left_behind(self) -> list[DraftFile]:
        """The drafts that no running console holds, the oldest first; this one holds them now."""
        found = []
        for path, descriptor in _unheld(self._directory, self._prefix):
            draft = _decoded(descriptor)
            if draft is None or path.suffix == _PART:
                DraftFile(path, None, descriptor).remove()
            else:
                found.append((draft.saved_at, DraftFile(path, draft, descriptor)))
        return [file for _saved_at, file in sorted(found, key=lambda pair: pair[0])]


def directory(state_dir: Path) -> Path:
    """Where all drafts lie."""
    return state_dir / "drafts"


def _of_database(database: str) -> str:
    """How the names of all drafts on the database begin: another one has other people under the same IDs."""
    return f"{hashlib.sha256(database.encode()).hexdigest()[:16]}-"


def erase(
    state_dir: Path,
    database: str,
    *,
    recipients: Collection[int] = (),
    before: datetime | None = None,
    blot: Callable[[str], str] | None = None,
) -> int:
    """Remove the drafts on the database about these recipients, and those last saved before the moment.

    ``blot`` takes out of the others what somebody is known by. Gives how many. What a form holds that is still
    open stays: its console writes it again anyway.
    """
    erased = 0
    for path, descriptor in _unheld(directory(state_dir), _of_database(database)):
        draft = _decoded(descriptor)
        file = DraftFile(path, draft, descriptor)
        if (
            draft is None
            or path.suffix == _PART
            or draft.recipient_id in recipients
            or (before is not None and draft.saved_at < before)
        ):
            file.remove()
            erased += 1
            continue
        left = {name: blot(value) if blot else value for name, value in draft.values.items()}
        if left != draft.values:
            with contextlib.suppress(OSError):
                file.save(draft.form, left, draft.recipient_id)
                erased += 1
        file.release()
    return erased


def still_open(
    state_dir: Path, database: str, recipients: Collection[int], blot: Callable[[str], str]
) -> int:
    """How many forms that are open now hold something of these recipients, or what ``blot`` takes out."""
    found = 0
    place, prefix = directory(state_dir), _of_database(database)
    with contextlib.suppress(OSError):
        for path in [one for one in place.iterdir() if _is_of(one.name, prefix)]:
            with contextlib.suppress(OSError):
                descriptor = beneath.open_file(path)
                try:
                    draft = _decoded(descriptor)
                finally:
                    os.close(descriptor)
                found += draft is not None and (
                    draft.recipient_id in recipients
                    or any(blot(value) != value for value in draft.values.values())
                )
    return found


def _unheld(place: Path, prefix: str) -> Iterator[tuple[Path, int]]:
    """Path and locked descriptor of each file of one's own that nobody holds."""
    try:
        names = sorted(path.name for path in place.iterdir() if _is_of(path.name, prefix))
    except OSError:
        return
    for name in names:
        path = place / name
        try:
            descriptor = beneath.open_file(path)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            about = os.fstat(descriptor)
            # the console that held it may have put another file in its place meanwhile
            ours = about.st_ino == path.lstat().st_ino
        except OSError:
            ours = False
        if ours and about.st_uid == os.getuid():
            yield path, descriptor
        else:
            os.close(descriptor)


def _is_of(name: str, prefix: str) -> bool:
    """Whether it is a draft, or what a kill left of one that was being written."""
    return name.startswith(prefix) or (name.startswith(f".{prefix}") and name.endswith(_PART))


def _encoded(draft: Draft) -> bytes:
    content = json.dumps(
        {
            "form": draft.form,
            "recipient": draft.recipient_id,
            "saved_at": draft.saved_at.isoformat(),
            "values": dict(draft.values),
        },
        ensure_ascii=False,
    ).encode("utf-8", "surrogatepass")
    if len(content) > _LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return content


def _decoded(descriptor: int) -> Draft | None:
    """The draft in the file; None for anything else, whoever wrote it."""
    try:
        content = json.loads(os.pread(descriptor, _LARGEST, 0))
        moment = datetime.fromisoformat(content["saved_at"]).astimezone(UTC)
        form, recipient, values = content["form"], content["recipient"], content["values"]
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        return None
    if not (
        isinstance(form, str)
        and isinstance(recipient, int | None)
        and isinstance(values, dict)
        and all(isinstance(value, str) for value in values.values())
    ):
        return None
    return Draft(form, values, recipient, moment)
