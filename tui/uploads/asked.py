"""How a file is to be read, as its admin has chosen. Pure."""

from collections.abc import Mapping

from msgspec import Struct, field

from core.uploads.dto import SheetColumn, SheetLayout

NONE = "-"


class HowToRead(Struct, frozen=True):
    """Which sheet ("" for the first that fits), which header is which field, and for which organization, if one
    stands for all of its rows."""

    sheet: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    organization_id: int | None = None
    organization: str = ""


class SaveIt(Struct, frozen=True):
    """What was checked is to be saved."""


Step = HowToRead | SaveIt


def name_of(column: SheetColumn, columns: tuple[SheetColumn, ...]) -> str:
    """What a mapping calls the column: its header, or its letters where another has the same."""
    alike = sum(other.key == column.key for other in columns)
    return column.key if alike == 1 else column.letters


def mapping_of(
    layout: SheetLayout, before: Mapping[str, str], fields: Mapping[str, str]
) -> dict[str, str]:
    """The mapping that gives each column (by letters) its field: what was said before, and what is new."""
    said = dict(before)
    for column in layout.columns:
        name, chosen = name_of(column, layout.columns), fields[column.letters]
        if chosen != column.field or name in said:
            said[name] = chosen or NONE
    return said
