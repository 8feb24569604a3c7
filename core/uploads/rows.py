"""Rows of a sheet on their way into the database: attributes here, arrays of JSON in SQL.

Python reads them by name; ``position`` tells a statement where in the array a name is.
"""

from typing import Any

import msgspec

from core.recipients.fields import TEXT_NAMES, Given

# Any: which names there are, the table of fields says
_Numbered: Any = msgspec.defstruct(
    "_Numbered",
    [("row", int), *((name, str) for name in TEXT_NAMES)],
    array_like=True,
    gc=False,
)


class GoodRow(_Numbered):  # type: ignore[misc]
    """A row that may become a recipient: the texts of ``Given`` as they are stored, and what goes with them."""

    organization_id: int
    search_text: str
    warnings: list[Any]
    given_phone: str  # as the file gave it
    guardian: str = ""
    guardian_phone: str = ""  # as it is stored; "" where no guardian is given
    tags: str = ""  # the numbers of those that are given, see ``core.uploads.given_tags``


class OtherRow(msgspec.Struct, array_like=True, gc=False):
    """A row that becomes none, as it is stored; ``given`` has the fields of the reasons, too."""

    row: int
    result: str
    recipient_id: int | None
    given: dict[str, Any]
    reasons: list[Any]
    warnings: list[Any]
    about_id: int | None = None
    phone_key: str | None = None  # the number, or the digits of what is none


def position(kind: type[msgspec.Struct], name: str) -> int:
    """Where in the array the attribute is."""
    return kind.__struct_fields__.index(name)


class Existing(Given, frozen=True, kw_only=True):
    """A recipient that has a row's number already, in the row's organization."""

    id: int
    # than the row gives
    has_other_guardian: bool = False
    has_other_tags: bool = False
