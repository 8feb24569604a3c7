"""The message catalogues: ``update`` them from the source, ``compile`` them, ``check`` them.

Catalogues are sorted by text and carry neither dates nor places, so that a change of words is all that a diff
shows. A text whose English changed is a new text; nothing is guessed from the old one.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "core" / "locale"
LANGUAGES = ("ko",)
SOURCES = ("core", "tui")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]|%[a-z%]")

Text = str | tuple[str, ...]


class WordsOnly(Catalog):
    """A catalogue whose header says nothing that changes by itself."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What gettext needs to know, and no more."""
        return [
            ("Project-Id-Version", "carecall-console"),
            ("Language", self.locale_identifier or ""),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def texts_in_source() -> dict[Text, str]:
    """Every marked text, with the first place where it stands."""
    found: dict[Text, str] = {}
    for source in SOURCES:
        for file, line, text, _comments, _context in extract_from_dir(
            ROOT / source, [("**.py", "python")], keywords=KEYWORDS
        ):
            found.setdefault(text, f"{source}/{file}:{line}")
    return found


def po_of(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / "carecall.po"


def read(language: str) -> Catalog:
    """The catalogue as it is now; an empty one where there is none yet."""
    po = po_of(language)
    return read_po(io.BytesIO(po.read_bytes() if po.exists() else b""), locale=language)


def update() -> int:
    """New texts in, untranslated; texts that are gone out."""
    for language in LANGUAGES:
        before, after = read(language), WordsOnly(locale=language, header_comment="", fuzzy=False)
        for text in texts_in_source():
            known = before.get(text if isinstance(text, str) else text[0])
            kept = known if known and key(known) == text else None
            after.add(text, kept.string if kept else "", flags=kept.flags if kept else ())
        with po_of(language).open("wb") as out:
            write_po(
                out, after, width=100, no_location=True, sort_output=True, ignore_obsolete=True
            )
    return 0


def compiled(language: str) -> bytes:
    """The catalogue as the program reads it."""
    catalogue = WordsOnly(locale=language, fuzzy=False)
    for message in translated(read(language)):
        catalogue.add(message.id, message.string)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def compile_all() -> int:
    """Write what the program reads beside each catalogue."""
    for language in LANGUAGES:
        po_of(language).with_suffix(".mo").write_bytes(compiled(language))
    return 0


def check() -> int:
    """Name whatever is missing, superfluous, doubtful or stale; 1 if there is anything."""
    wrong = [line for language in LANGUAGES for line in faults(language)]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


def faults(language: str) -> Iterator[str]:
    """A line for each fault in the catalogue of this language."""
    catalogue, texts = read(language), texts_in_source()
    messages = {key(message): message for message in catalogue if message.id}
    for text, place in texts.items():
        message = messages.get(text)
        if message is None or not all(forms(message)):
            yield f"{language}: missing: {text!r} ({place})"
        elif message.fuzzy:
            yield f"{language}: fuzzy: {text!r}"
        elif any(marks(form) != marks(fullest(text)) for form in forms(message)):
            yield f"{language}: placeholders or white space at the ends differ: {text!r}"
    for text in sorted([*messages.keys() - texts.keys(), *catalogue.obsolete], key=str):
        yield f"{language}: obsolete: {text!r}"
    mo = po_of(language).with_suffix(".mo")
    if not mo.exists() or words(mo.read_bytes()) != words(compiled(language)):
        yield f"{language}: {mo.relative_to(ROOT)} is stale: run make catalogues"


def words(mo: bytes) -> dict[Text, tuple[str, ...]]:
    """The translations in a compiled catalogue."""
    return {key(message): forms(message) for message in read_mo(io.BytesIO(mo)) if message.id}


def translated(catalogue: Catalog) -> list[Message]:
    """The messages that have a translation to be trusted."""
    return [one for one in catalogue if one.id and all(forms(one)) and not one.fuzzy]


def key(message: Message) -> Text:
    """The text in English: a pair where it has a plural."""
    return message.id if isinstance(message.id, str) else tuple(message.id)


def forms(message: Message) -> tuple[str, ...]:
    """The translation, in each of its plural forms."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def fullest(text: Text) -> str:
    """The form of a text that names everything: the plural, where there is one."""
    return text if isinstance(text, str) else text[1]


def marks(text: str) -> tuple[list[str], str, str]:
    """What a translation must keep: placeholders, and the white space around."""
    return (
        sorted(_PLACEHOLDER.findall(text)),
        text[: len(text) - len(text.lstrip())],
        text[len(text.rstrip()) :],
    )


if __name__ == "__main__":
    ACTIONS = {"update": update, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in ACTIONS:
        sys.exit("usage: catalogues.py update|compile|check")
    sys.exit(ACTIONS[sys.argv[1]]())
