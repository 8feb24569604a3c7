"""Whom an action was asked for, as it was when the key was pressed.

What is counted, read or confirmed afterwards takes time in which another console may move the cursor.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from core.recipients.dto import Selection, SelectionCounts
from core.values.i18n import _, ngettext

if TYPE_CHECKING:
    from core.recipients.edit_dto import ManyEdited


class Target(Struct, frozen=True):
    """The recipients, and the name of the only one where nothing is selected."""

    selection: Selection
    name: str

    def label(self, counts: SelectionCounts) -> str:
        """The name, or how many and the first names; who is not in the list shown, and who was left out."""
        if self.name:
            return self.name
        told = [people(counts.names, counts.total)]
        if counts.hidden:
            told.append(_hidden_words(counts))
        if excluded := len(self.selection.excluded):
            told.append(
                ngettext(
                    "{count} that you took out stays as it is",
                    "{count} that you took out stay as they are",
                    excluded,
                ).format(count=f"{excluded:,}")
            )
        return "; ".join(told)

    def only(self, counts: SelectionCounts) -> str:
        """The name, where it is one."""
        return self.name or (counts.names[0] if counts.total == 1 and counts.names else "")

    def label_possible(self, possible: int, counts: SelectionCounts, others: str) -> str:
        """For whom it is possible, and what becomes of the others."""
        if possible == counts.total:
            return self.label(counts)
        words = _("{possible} of {total} selected; {others}.").format(
            possible=f"{possible:,}", total=f"{counts.total:,}", others=others
        )
        return f"{self.label(counts)}\n{words}"


def _hidden_words(counts: SelectionCounts) -> str:
    if counts.hidden == counts.total:
        return ngettext("not in the list shown", "none of them in the list shown", counts.total)
    return ngettext(
        "{count} of them is not in the list shown",
        "{count} of them are not in the list shown",
        counts.hidden,
    ).format(count=f"{counts.hidden:,}")


def how_many(count: int) -> str:
    """``3 recipients``."""
    words = ngettext("{count} recipient", "{count} recipients", count)
    return words.format(count=f"{count:,}")


def first_ones(names: Sequence[str], count: int) -> str:
    """``김영수, 이순자, 박정희``; of more, the first ones and how many more."""
    told = ", ".join(names)
    if (more := count - len(names)) > 0:
        told = _("{names} and {more} more").format(names=told, more=f"{more:,}")
    return told


def people(names: Sequence[str], count: int) -> str:
    """``3 recipients: 김영수, 이순자, 박정희``."""
    return f"{how_many(count)}: {first_ones(names, count)}" if names else how_many(count)


def named(words: str, name: str, **values: object) -> str:
    """The words with the name in them, as words that are filled in once more; nothing without a name."""
    return words.format(name=name, **values).replace("{", "{{").replace("}", "}}") if name else ""


def kept_lines(edited: "ManyEdited") -> list[str]:
    """Each of those who are named with the reason, then how many more there are."""
    lines = [f"{one.name}: {one.reason}" for one in edited.kept]
    if edited.gone:
        words = ngettext(
            "{count} was deleted by somebody else since.",
            "{count} were deleted by somebody else since.",
            edited.gone,
        )
        lines.append(words.format(count=f"{edited.gone:,}"))
    if more := edited.kept_count - edited.gone - len(edited.kept):
        lines.append(_("and {count} more").format(count=f"{more:,}"))
    return lines
