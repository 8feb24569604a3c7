"""Reading XML as it comes, without anything in it that can expand."""

from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from core.uploads.sheet.archive import damaged, refuse_entities

_CHUNK = 1 << 18


class XmlReader:
    """Reads one XML part: ``start`` and ``end`` get names without their prefix. Nothing in it can expand."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = lambda name, given: self.start(
            name.rpartition("}")[2], given
        )
        self._parser.EndElementHandler = lambda name: self.end(name.rpartition("}")[2])
        self._parser.StartDoctypeDeclHandler = self._refuse

    @staticmethod
    def _refuse(*_given: object) -> None:
        refuse_entities()

    def texts(self, wanted: Callable[[str], None] | None) -> None:
        """Let this take the texts from here on."""
        self._parser.CharacterDataHandler = wanted

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def read(self, stream: IO[bytes]) -> None:
        """Read it all. Raises InvalidInput where it is no XML."""
        first = True
        try:
            while chunk := stream.read(_CHUNK):
                # a blank before the declaration, which programs skip
                self._parser.Parse(chunk.lstrip(b" \t\r\n") if first else chunk, False)
                first = False
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged() from error
