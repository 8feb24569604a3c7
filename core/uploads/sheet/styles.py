"""Which number formats show a number as a date."""

from functools import lru_cache


@lru_cache(1_000)
def shows_date(number: int, code: str | None) -> bool:
    """Whether this format does; ``code`` is that of a format of the book's own."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    return bool(is_date_format(code or BUILTIN_FORMATS.get(number) or "General"))
