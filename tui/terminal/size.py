"""How large a terminal is taken for at most: whoever comes over SSH says how large theirs is, and every cell of it
takes memory of the host.
"""

WIDEST, HIGHEST = 1_000, 400


def bounded(width: int, height: int) -> tuple[int, int]:
    """The columns and rows that are drawn of so many."""
    return min(width, WIDEST), min(height, HIGHEST)
