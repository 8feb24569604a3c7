"""Finding an action by what somebody types: its key, its name, or another word for it, in any language."""

from typing import NamedTuple

from core.values import i18n
from core.values.text import search_key
from tui.action import Action
from tui.own_keys import OwnKeys


class Found(NamedTuple):
    """How well an action fits (0 best), and the other word for it by which it was found, or ""."""

    rank: int
    also: str = ""


def find(action: Action, typed: str, own: OwnKeys) -> Found | None:
    """Whether what was typed means this action."""
    wanted, keys = search_key(typed), own.shown(action).split(" ")
    if not wanted or typed.strip() in keys or (len(wanted) > 1 and wanted in keys):
        return Found(0)
    label = i18n._(action.label)
    names = [label, *_others(action)]
    hits = [
        Found(rank, "" if name is label else name)
        for name in names
        if (rank := _rank(wanted, search_key(name), is_label=name is label))
    ]
    if hits:
        return min(hits)
    together = search_key(" ".join(names))
    return Found(6) if all(word in together for word in wanted.split()) else None


def _others(action: Action) -> list[str]:
    """Its name in the other languages, and the other words for it in all of them."""
    more = [
        one.strip() for words in i18n.in_all(action.also) for one in words.split(",") if one.strip()
    ]
    return [*more, *i18n.in_all(action.label)]


def _rank(wanted: str, name: str, *, is_label: bool) -> int:
    """The name begins with it, a word of it does, or one has it within, as emergency has merge; 0: nowhere."""
    if is_label and name.startswith(wanted):
        return 1
    if f" {wanted}" in f" {name}":
        return 2 if is_label else 3
    return (4 if is_label else 5) if wanted in name else 0
