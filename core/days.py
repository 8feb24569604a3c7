"""Days as people type them."""

from datetime import date, timedelta

from core.errors import InvalidInput
from core.i18n import _


def parse_day(typed: str, today: date, *, field: str = "") -> date | None:
    """``2026-12-01``, ``2026.12.1``, ``20261201`` or ``+7`` (days from today); None for nothing.

    Raises InvalidInput for anything else.
    """
    text = typed.strip()
    if not text:
        return None
    if text.startswith("+") and text[1:].isascii() and text[1:].isdigit() and len(text) <= 5:
        return today + timedelta(days=int(text[1:]))
    parts = text.replace(".", "-").replace("/", "-").strip("-").split("-")
    if len(parts) == 1 and len(text) == 8:
        parts = [text[:4], text[4:6], text[6:]]
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise InvalidInput(
            _("A day is written like 2026-12-01, or +7 for in a week."), field=field
        ) from None
