"""What is found of what the law asks, and what it comes to. Frozen; times in UTC."""

import enum
from datetime import datetime

from msgspec import Struct

from core.app.audit.dto import Verification


class State(enum.Enum):
    """What a line comes to."""

    MET = "met"
    NOT_MET = "not met"
    NOT_OURS = "not ours"


class Whose(enum.Enum):
    """Who has to see to what is not ours."""

    HOST = "host"
    NETWORK = "network"
    ORGANIZATION = "organization"


class Line(Struct, frozen=True):
    """One thing that an article asks. ``to_do`` is "" where it is met; ``whose`` is for what is not ours."""

    article: int
    check: str
    state: State
    what: str
    found: str
    to_do: str = ""
    whose: Whose | None = None


class SshRules(Struct, frozen=True):
    """What sshd says of this account, as far as it can be read; ``source`` is where, "" where it cannot.

    ``only_keys``: whether nobody comes in by a password, which sshd allows where nothing is said of it.
    """

    source: str = ""
    only_keys: bool = False
    keys: int = 0
    keys_with_address: int = 0


class Promises(Struct, frozen=True):
    """What the settings say."""

    idle_minutes: float
    session_hours: float
    records_days: int
    deleted_days: int
    call_days: int
    voice_days: int
    file_days: int
    masked_for: tuple[str, ...]
    sends_to_syslog: bool
    has_password: bool


class DatabaseFacts(Struct, frozen=True):
    """What the database says. ``changes`` and ``access``: its chains, None where not all of them is seen.

    ``tls``: of the connection to PostgreSQL, None where it does not leave the host. ``expired``: whether something
    is there whose time was over two days ago. ``unused``: None where sign-ins are not recorded for so long yet.
    ``unsigned``: months of records that nobody has signed in time; None where that is not known.
    """

    moment: datetime
    recipients: int
    organizations: int
    admins: tuple[tuple[str, str], ...]  # login and role of those enabled
    unused: tuple[str, ...] | None
    oldest_record: datetime | None
    changes: Verification | None
    access: Verification | None
    last_backup: datetime | None
    last_erase: datetime | None
    expired: bool
    is_sqlite: bool
    tls: bool | None = None
    open_rights: tuple[str, ...] = ()
    unsigned: tuple[str, ...] | None = None


class Facts(Struct, frozen=True):
    """All that is found. ``database`` is None where the database cannot be used, for ``problem``."""

    promises: Promises
    database: DatabaseFacts | None
    problem: str = ""
    open_files: tuple[str, ...] = ()
    ssh: SshRules = SshRules()
