"""The roles of admins."""

import enum

from core.values.i18n import N_
from core.values.stored import Words


class Role(enum.StrEnum):
    """What an admin may do: everything everywhere, everything in one organization, or read in one.

    ``ingest`` is a calling system: it delivers calls and reads the call list, of one organization or of all, and
    does nothing else.
    """

    SYSTEM = "system"
    ORGANIZATION = "organization"
    VIEWER = "viewer"
    INGEST = "ingest"


ROLE_WORDS = Words(
    {
        Role.SYSTEM: N_("system"),
        Role.ORGANIZATION: N_("organization"),
        Role.VIEWER: N_("viewer"),
        Role.INGEST: N_("ingest"),
    }
)
