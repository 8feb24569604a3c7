"""What the list shows and how: the query, the columns, rows a page; kept for each admin."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from core.recipients.dto import RecipientQuery
from core.recipients.fields import LISTED, FieldName
from core.views.dto import View

SCREEN = "recipients"
PAGE_SIZES = (0, 10, 20, 50)  # 0: as many as the screen has


class ListState(Struct, frozen=True):
    """The query and the view options.

    ``view`` is the one that is on, ``of_view`` what there is to tell of it, ``beside`` what was listed before it.
    """

    query: RecipientQuery = field(default_factory=RecipientQuery)
    columns: tuple[str, ...] = ()
    page_size: int = 0
    organization_name: str = ""
    view: View | None = None
    of_view: str = ""
    beside: "ListState | None" = None

    @property
    def is_changed(self) -> bool:
        """Whether something else is listed by now than what the view asks for."""
        return self.view is not None and self.view.query != self.query

    def with_view(
        self, view: View, query: RecipientQuery, organization_name: str, of_view: str = ""
    ) -> "ListState":
        """The state that lists a view."""
        return replace(
            self,
            query=query,
            organization_name=organization_name,
            view=view,
            of_view=of_view,
            beside=self.beside if self.view is not None else self,
        )

    def without_view(self) -> "ListState":
        """The state of before the view, with the view options of now."""
        before = self.beside or ListState()
        return replace(before, columns=self.columns, page_size=self.page_size)

    def to_preferences(self) -> dict[str, Any]:
        """What is remembered: how the list looks, not what was searched; a view has an order of its own."""
        query = self.beside.query if self.beside is not None else self.query
        return {
            "columns": list(self.columns),
            "page_size": self.page_size,
            "sort": query.sort.value,
            "descending": query.descending,
        }

    @classmethod
    def of_preferences(cls, saved: Mapping[str, Any]) -> "ListState":
        """The state that was remembered; what an older or newer version wrote and is not known is left out."""
        known = {column.value for column in FieldName}
        names = {field.name.value for field in LISTED}
        columns = tuple(name for name in saved.get("columns", ()) if name in names)
        sort = saved.get("sort")
        query = RecipientQuery()
        if sort in known:
            query = replace(query, sort=FieldName(sort), descending=bool(saved.get("descending")))
        size = saved.get("page_size")
        return cls(query, columns, size if size in PAGE_SIZES else 0)
