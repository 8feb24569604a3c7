"""What an organization may be called, and which time it lives in. Pure."""

import zoneinfo

from core.values import text
from core.values.errors import InvalidInput
from core.values.i18n import _

NAME_MAXIMUM = 100


def clean_name(value: str) -> str:
    """The organization's name as it is stored. Raises InvalidInput (field ``name``)."""
    label = _("Organization name")
    return text.line(value, field="name", label=label, minimum=1, maximum=NAME_MAXIMUM)


def clean_timezone(value: str | None) -> str | None:
    """The zone's name, or None for the settings' zone. Raises InvalidInput (field ``timezone``)."""
    if not value:
        return None
    try:
        return zoneinfo.ZoneInfo(value).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            _("{zone} is not a time zone.").format(zone=text.replace_forbidden(value)),
            _("Write it like Asia/Seoul."),
            field="timezone",
        ) from None
