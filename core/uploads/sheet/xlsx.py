"""Excel workbooks in XML (.xlsx, .xlsm)."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, BinaryIO

from core.uploads.sheet import careful, regular, scan
from core.uploads.sheet.archive import Layout, Parts
from core.uploads.sheet.found import CellSheet
from core.uploads.sheet.kinds import Misread, Place, Sheet, SheetName
from core.uploads.sheet.scan import Look, Marks
from core.values.settings import UploadLimits


class Workbook:
    """A workbook. ``carefully`` reads it without the parser, which takes several times as long."""

    def __init__(
        self,
        file: BinaryIO,
        parts: Parts,
        layout: Layout,
        limits: UploadLimits,
        *,
        carefully: bool,
    ) -> None:
        self._file = file
        self._parts = parts
        self._layout = layout
        self._limits = limits
        self._carefully = carefully
        self.sheets = [SheetName(part.name, part.is_visible) for part in layout.sheets]

    def open(self, wanted: SheetName) -> Sheet:
        """See ``Book``."""
        part = self._layout.sheets[self.sheets.index(wanted)].part
        if not self._carefully:
            found = regular.read(self._parts, part, self._layout, self._limits)
            if found is not None:
                return found
            with self._parts.open(part) as stream:
                look = scan.look(stream, self._limits)
            if look.is_plain and (parsed := self._parsed(wanted)) is not None:
                return _ParsedSheet(parsed, self._parts, part, look)
        layout = self._layout
        return CellSheet(
            careful.read(
                self._parts,
                part,
                self._limits,
                strings=layout.strings,
                styles=layout.styles,
                since_1904=layout.since_1904,
            )
        )

    def _parsed(self, wanted: SheetName) -> Any:
        """The sheet as calamine parses it, or None where it gives up, often for what is odd in another one."""
        import python_calamine

        self._file.seek(0)
        try:
            workbook: Any = python_calamine.CalamineWorkbook.from_filelike(self._file)
            if workbook.sheet_names.count(wanted.name) != 1:
                return None
            return workbook.get_sheet_by_name(wanted.name)
        except (MemoryError, KeyboardInterrupt):
            raise
        # its panics are no Exception
        except BaseException:  # noqa: BLE001
            return None


class _ParsedSheet:
    """A sheet that calamine has parsed; what it gives is counted."""

    notes: Sequence[str] = ()
    is_text = False

    def __init__(self, sheet: Any, parts: Parts, part: str, look: Look) -> None:
        self._sheet = sheet
        self._parts = parts
        self._part = part
        self._filled = look.filled
        self.has_marks = look.has_marks
        self.height: int = sheet.total_height or 0

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """See ``Sheet``."""
        number, filled = -1, 0
        if self._sheet.height:
            before = [""] * (self._sheet.start or (0, 0))[1]
            for number, row in enumerate(self._sheet.iter_rows()):
                filled += len(row) - row.count("")
                yield number, before + row if before else row
        if filled != self._filled:
            raise Misread
        if self.has_marks:
            # the parser ends with the last value; below it may be formulas without one
            below = {at for at, _column in self._marks.cells if at > number}
            yield from ((at, ()) for at in sorted(below))

    def marks(self) -> Marks:
        """See ``Sheet``."""
        return self._marks

    @cached_property
    def _marks(self) -> Marks:
        if not self.has_marks:
            with self._parts.open(self._part) as stream:
                if not scan.has_exponents(stream):
                    return Marks()
        with self._parts.open(self._part) as stream:
            return scan.marks(stream)

    def merged(self) -> Sequence[tuple[Place, Place]]:
        """See ``Sheet``."""
        return self._sheet.merged_cell_ranges or ()
