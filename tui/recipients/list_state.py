"""What the list shows and how: the query, the columns, rows a page; kept for each admin."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.recipients.dto import RecipientQuery
from core.recipients.fields import FieldName

SCREEN = "recipients"
PAGE_SIZES = (0, 10, 20, 50)  # 0: as many as the screen has


@dataclass(frozen=True, slots=True)
class ListState:
    """The query and the view options."""

    query: RecipientQuery = field(default_factory=RecipientQuery)
    columns: tuple[str, ...] = ()
    page_size: int = 0
    organization_name: str = ""

    def to_preferences(self) -> dict[str, Any]:
        """What is remembered: how the list looks, not what was searched."""
        return {
            "columns": list(self.columns),
            "page_size": self.page_size,
            "sort": self.query.sort.value,
            "descending": self.query.descending,
        }

    @classmethod
    def of_preferences(cls, saved: Mapping[str, Any]) -> "ListState":
        """The state that was remembered; what an older or newer version wrote and is not known is left out."""
        known = {column.value for column in FieldName}
        columns = tuple(name for name in saved.get("columns", ()) if name in known)
        sort = saved.get("sort")
        query = RecipientQuery()
        if sort in known:
            query = replace(query, sort=FieldName(sort), descending=bool(saved.get("descending")))
        size = saved.get("page_size")
        return cls(query, columns, size if size in PAGE_SIZES else 0)
