"""Days as people type them."""

from datetime import date, timedelta

from core.values.errors import InvalidInput
from core.values.i18n import _

# beyond, a midnight of one zone may be a day that no other zone can tell
_FIRST, _LAST = date(1900, 1, 1), date(2999, 12, 31)


def parse_day(typed: str, today: date, *, field: str = "", is_past: bool = False) -> date | None:
    """``2026-12-01``, ``2026.12.1``, ``20261201``, ``+7`` or ``-7`` (days from today); None for nothing.

    Raises InvalidInput for anything else; ``is_past``: which of the two it names then.
    """
    text = typed.strip()
    if not text:
        return None
    parts = text.replace(".", "-").replace("/", "-").strip("-").split("-")
    if len(parts) == 1 and len(text) == 8:
        parts = [text[:4], text[4:6], text[6:]]
    try:
        if text[0] in "+-" and text[1:].isascii() and text[1:].isdigit():
            found = today + timedelta(days=int(text))
        else:
            year, month, day = (int(part) for part in parts)
            found = date(year, month, day)
    except OverflowError:
        raise _far(field) from None
    except ValueError:
        told = (
            _("A day is written like 2026-12-01, or -7 for a week ago.")
            if is_past
            else _("A day is written like 2026-12-01, or +7 for in a week.")
        )
        raise InvalidInput(told, field=field) from None
    if not _FIRST <= found <= _LAST:
        raise _far(field)
    return found


def _far(field: str) -> InvalidInput:
    return InvalidInput(
        _("The day has to lie between {first} and {last}.").format(first=_FIRST, last=_LAST),
        _("Choose another, or leave it out."),
        field=field,
    )
