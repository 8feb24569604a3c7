"""Normalising what people type and what other systems deliver.

Lengths count characters after normalising (NFC), not bytes or cells. Single lines are trimmed and inner
white space is folded; notes keep their line breaks. Control, bidi and other invisible format characters
are refused from people (``line``, ``note``) and replaced by U+FFFD from systems (``delivered``); a joiner
inside an emoji is kept.
"""

import re
import unicodedata
from functools import lru_cache

from core.values.errors import InvalidInput
from core.values.i18n import _, ngettext

REPLACEMENT = "\ufffd"
MARKS_IN_A_ROW = 30  # as in Unicode's stream-safe text (UAX #15)
MARKS_MAXIMUM = 30  # in a row, as in the Stream-Safe Text Format (UAX 15)
REASON_MAXIMUM = 200  # characters of a reason that is recorded
# characters, and sixteen for each that is allowed: white space is folded, decomposed texts are longer
_LONGEST_TYPED = 1_000
_BREAKS = re.compile("\r\n|[\n\r\u2028\u2029]")
_ZERO_WIDTH_JOINER = "\u200d"
SHOWN_MARKS = 8
BLOT = "○"  # stands for each letter of who was erased
_NO_BREAKS = "\u2028\u2029"
_ALLOWED_CONTROLS = "\t\n\r\u2028\u2029"
# Letters and marks that are drawn as nothing: Hangul fillers, the grapheme joiner, inherent Khmer vowels.
_FILLERS = "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
# blocks of signs that are parts of emoji, with the selector that makes one of a sign; written out, so that every
# Python takes the same, whatever its tables know
_EMOJI_PART = re.compile(
    "[\xa9\xae\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\u20e3\ufe0f\U0001f000-\U0001fbff]"
)
# beside marks: joiners, tones of skin, and the vowels and finals of Hangul that has not been composed
_TAKING_NO_ROOM = frozenset(
    map(chr, (0x200D, *_SKIN_TONES, *range(0x1160, 0x1200), *range(0xD7B0, 0xD800)))
)
# Unassigned characters are let through, since what Unicode adds next year is unknown to this Python, except where
# Unicode has said beforehand that they will never be seen: noncharacters, and the reserved invisible ones.
_SUSPECT = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00010000-\U0010ffff\ue000-\uf8ff]"
)
_NEVER_SEEN = re.compile(
    "[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U00013430-\U0001345f\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
# what comes along with a copied text, before and after it
_MARKS = "\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_MARK = re.compile(f"[{_MARKS}\u200c\u200d\ufe0e\ufe0f]")
_AROUND = re.compile(rf"\A[\s{_MARKS}]+|[\s{_MARKS}]+\Z")


@lru_cache(maxsize=1)
def _piled_marks() -> re.Pattern[str]:
    """More marks in a row than any letter carries."""
    combining = [
        character
        for character in map(chr, range(0x300, 0x1F000))
        if unicodedata.combining(character)
    ]
    # these normalise to nothing but marks, too
    # marks that Python 3.11 does not know yet: what is bounded is the same on every Python
    combining += map(
        chr, (*range(0x10EFD, 0x10F00), 0x11F41, 0x11F42, 0x1E08F, *range(0x1E4EC, 0x1E4F0))
    )
    marks = "".join(combining) + "\u0f73\u0f75\u0f81\uff9e\uff9f"
    return re.compile(f"([{marks}]{{{MARKS_MAXIMUM}}})[{marks}]+")


def bounded(text: str, longest: int | None = None) -> str:
    """The text, cut to ``longest`` characters, as it may be normalised: of marks in a row U+FFFD stands for those
    beyond the 30th.

    Normalising puts marks in a row into their order, which takes as long as the square of their number.
    """
    if longest is not None:
        text = text[:longest]
    if len(text) <= MARKS_MAXIMUM or text.isascii():
        return text
    return _piled_marks().sub(rf"\1{REPLACEMENT}", text)


def _is_emoji_part(character: str) -> bool:
    return _EMOJI_PART.match(character) is not None


def _is_forbidden(text: str, at: int) -> bool:
    character = text[at]
    if character in _ALLOWED_CONTROLS:
        return False
    if character == _ZERO_WIDTH_JOINER:
        inside = 0 < at < len(text) - 1
        return not (inside and _is_emoji_part(text[at - 1]) and _is_emoji_part(text[at + 1]))
    return (
        character in _FILLERS
        or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}
        or _NEVER_SEEN.match(character) is not None
    )


def forbidden_characters(text: str) -> list[str]:
    """The characters of the text that may not be stored, as ``U+202E``, each once, in order."""
    found = dict.fromkeys(
        f"U+{ord(match.group()):04X}"
        for match in _SUSPECT.finditer(text)
        if _is_forbidden(text, match.start())
    )
    return list(found)


def replace_forbidden(text: str) -> str:
    """The text with each character that may not be stored or shown replaced by U+FFFD."""
    return _SUSPECT.sub(
        lambda match: REPLACEMENT if _is_forbidden(text, match.start()) else match.group(), text
    )


def displayed(text: str) -> str:
    """The text as it may be shown: what a terminal would act on is U+FFFD, and of what takes no room of its own
    only so much follows a letter as letters have.

    A name of 10,000 marks would be written to the terminal whole, for one cell, each time that it is drawn.
    """
    text = replace_forbidden(text)
    if text.isascii() or len(text) <= SHOWN_MARKS:
        return text
    kept, marks, before = [], 0, ""
    for character in text:
        if character in _TAKING_NO_ROOM or unicodedata.category(character)[0] == "M":
            marks += 1
        elif before != _ZERO_WIDTH_JOINER:
            marks = 0
        before = character
        if marks <= SHOWN_MARKS:
            kept.append(character)
    return "".join(kept)


def displayed_line(text: str) -> str:
    """The same in one line: every break, also one that only some terminals take for one, becomes a blank."""
    return displayed(" ".join(text.replace("\t", " ").splitlines()))


def escaped_json(text: str) -> str:
    """JSON that says the same and has nothing in it that a terminal would act on: it is written as ``\\uXXXX``."""
    return _SUSPECT.sub(
        lambda match: (
            _as_escape(match.group())
            if match.group() in _NO_BREAKS or _is_forbidden(text, match.start())
            else match.group()
        ),
        text,
    )


def _as_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def fold_line(text: str) -> str:
    """NFC, trimmed, each run of white space one space. Refuses nothing."""
    return " ".join(unicodedata.normalize("NFC", bounded(text)).split())


def fold_note(text: str) -> str:
    """NFC, trimmed, runs of blanks folded within each line; line breaks are kept as ``\\n``."""
    lines = _BREAKS.split(unicodedata.normalize("NFC", bounded(text)))
    return "\n".join(" ".join(line.split()) for line in lines).strip("\n")


def too_many_marks(text: str) -> bool:
    """Whether more combining marks follow each other than any writing needs: normalising takes their square."""
    if text.isascii():
        return False
    run = 0
    for character in text:
        if unicodedata.combining(character):
            run += 1
            if run > MARKS_IN_A_ROW:
                return True
        else:
            run = 0
    return False


def without_marks_around(text: str) -> str:
    """The text without blanks and invisible marks before and after it, which come along when it is copied."""
    return _AROUND.sub("", text)


def has_marks_around(text: str) -> bool:
    """Whether there are invisible marks before or after it, beside blanks."""
    return not text.isascii() and without_marks_around(text) != text.strip()


def without_marks(text: str) -> str:
    """The text without any of these marks, inside either; for what is compared, never for what is kept."""
    return _MARK.sub("", text)


def refuse_forbidden(text: str, field: str, label: str) -> None:
    """Raise InvalidInput where the text has characters that may not be stored, naming them."""
    found = forbidden_characters(text)
    if not found:
        return
    named = ", ".join(found[:3])
    if any(unicodedata.category(character) == "Co" for character in text):
        what = _("{field} has a character that cannot be used ({characters}).")
    else:
        what = ngettext(
            "{field} has the invisible character {characters}.",
            "{field} has the invisible characters {characters}.",
            len(found),
        )
    raise InvalidInput(
        what.format(field=label, characters=named), _("Type it again without it."), field=field
    )


def _refuse_unbounded(text: str, field: str, label: str, maximum: int) -> None:
    """Refuse what is far too long, or piled up, before it is looked at closely."""
    if len(text) > _LONGEST_TYPED + 16 * maximum:
        _within(text, field, label, 0, maximum)
    if bounded(text) != text:
        raise InvalidInput(
            _("{field} has more than {maximum} marks on one letter.").format(
                field=label, maximum=MARKS_MAXIMUM
            ),
            _("Type it again without them."),
            field=field,
        )


def _within(text: str, field: str, label: str, minimum: int, maximum: int) -> str:
    if len(text) > maximum:
        raise InvalidInput(
            _("{field} may have at most {maximum} characters; this has {length}.").format(
                field=label, maximum=maximum, length=len(text)
            ),
            field=field,
        )
    if len(text) < minimum:
        raise InvalidInput(_("{field} is missing.").format(field=label), field=field)
    return text


def line(text: str, *, field: str, label: str, minimum: int = 0, maximum: int) -> str:
    """One line as a person typed it, normalised. Raises InvalidInput naming ``label``."""
    _refuse_unbounded(text, field, label, maximum)
    text = without_marks_around(text)
    refuse_forbidden(text, field, label)
    return _within(fold_line(text), field, label, minimum, maximum)


def note(text: str, *, field: str, label: str, minimum: int = 0, maximum: int) -> str:
    """Lines as a person typed them, normalised. Raises InvalidInput naming ``label``."""
    _refuse_unbounded(text, field, label, maximum)
    text = without_marks_around(text)
    refuse_forbidden(text, field, label)
    return _within(fold_note(text), field, label, minimum, maximum)


def clean_reason(text: str) -> str:
    """Why something is done, as it is recorded. Raises InvalidInput (field ``reason``)."""
    return line(text, field="reason", label=_("Reason"), minimum=1, maximum=REASON_MAXIMUM)


def delivered(text: str) -> str:
    """A text from the calling system, normalised, what may not be stored replaced by U+FFFD."""
    return fold_note(replace_forbidden(text))


def search_key(text: str) -> str:
    """The form in which texts are compared and searched: NFC, folded, caseless."""
    return unicodedata.normalize("NFC", fold_line(text).casefold())
