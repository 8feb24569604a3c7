"""Which rows are selected, by key: it outlives paging, sorting and reloading."""


class SelectedKeys:
    """Some rows, or all that match except some."""

    def __init__(self) -> None:
        self.all = False
        self._keys: frozenset[int] = frozenset()

    def __contains__(self, key: int) -> bool:
        return (key in self._keys) != self.all

    @property
    def selected(self) -> frozenset[int]:
        """The keys selected one by one; none when all are selected."""
        return frozenset() if self.all else self._keys

    @property
    def excluded(self) -> frozenset[int]:
        """The keys taken out again when all are selected."""
        return self._keys if self.all else frozenset()

    def toggle(self, key: int) -> None:
        """Select the row, or take it out."""
        self._keys ^= {key}

    def choose(self, *, everything: bool) -> None:
        """Select all that match, or nothing."""
        self.all = everything
        self._keys = frozenset()
