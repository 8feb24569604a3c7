"""What became of the rows of an upload, counted."""

import msgspec

from core.uploads.dto import ResultRow


class Tally(msgspec.Struct):
    """How many rows came to what, and the row results where they are wanted."""

    created: int = 0
    unchanged: int = 0
    failed: int = 0
    warnings: int = 0
    rows: list[ResultRow] = []

    @property
    def read(self) -> int:
        """All of them."""
        return self.created + self.unchanged + self.failed
