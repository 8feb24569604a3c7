"""What can go wrong, each with one plain sentence and the way out.

Nothing personal goes into a message that is logged: ``str(error)`` is for the user, the log gets the type.
"""


class CoreError(Exception):
    """Something the user is told about: what happened and, where there is one, what to do.

    ``exit_code`` is what a command ends with (see ``docs/commands.md``).
    """

    exit_code = 2

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


class NotFound(CoreError):
    """It does not exist, or not for this admin: the two are told in the same words."""


class Conflict(CoreError):
    """Somebody else changed it since it was read.

    ``current`` is its DTO as it is now, ``by`` the name of the admin who saved it, where that may be seen.
    """

    def __init__(self, what: str, hint: str = "", *, current: object = None, by: str = "") -> None:
        super().__init__(what, hint)
        self.current = current
        self.by = by


class ActionBlocked(CoreError):
    """The action is not possible in this state; the sentence says why."""


class InvalidInput(CoreError):
    """A value breaks a rule. ``field`` is the name of the field as in the DTO, or ""."""

    def __init__(self, what: str, hint: str = "", *, field: str = "") -> None:
        super().__init__(what, hint)
        self.field = field


class NotPermitted(CoreError):
    """Who acts may not act at all: unknown, disabled, or the account is not trusted."""

    exit_code = 3


class StorageUnavailable(CoreError):
    """The database cannot be used: missing, locked, read-only, damaged or newer."""

    exit_code = 4


class StorageFull(StorageUnavailable):
    """No room is left where the database lies; nothing of the change was kept."""
