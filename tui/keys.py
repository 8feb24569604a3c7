"""Every key of the console, declared once: bindings, footer, help, palette and ``docs/keys.md`` are made from it.

A letter key also works in Hangul mode: its twin on the two-set (두벌식) keyboard comes from one table. An
upper-case letter has a twin only where shift gives one of its own there. Which keys a user has chosen instead is
in ``tui.own_keys``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType

from core.values.i18n import N_

TWINS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ",
        strict=True,
    )
) | dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))

TWINS |= {  # full-width signs, as an input method may send them
    "question_mark": "fullwidth_question_mark", "colon": "fullwidth_colon", "slash": "fullwidth_solidus",
    "comma": "fullwidth_comma", "full_stop": "fullwidth_full_stop", "plus": "fullwidth_plus_sign",
    "minus": "fullwidth_hyphen_minus", "exclamation_mark": "fullwidth_exclamation_mark",
    "less_than_sign": "fullwidth_less_than_sign", "greater_than_sign": "fullwidth_greater_than_sign",
    "left_square_bracket": "fullwidth_left_square_bracket",
    "right_square_bracket": "fullwidth_right_square_bracket",
}  # fmt: skip

SHOWN = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "pgup", "pagedown": "pgdn",
    "question_mark": "?", "colon": ":", "slash": "/", "comma": ",", "full_stop": ".", "plus": "+",
    "minus": "-", "exclamation_mark": "!",
    "less_than_sign": "<", "greater_than_sign": ">", "left_square_bracket": "[",
    "right_square_bracket": "]", "escape": "esc",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """One key-bound action. ``footer``: its place there, from 1; 0 leaves it to the help."""

    action: str
    keys: str
    label: str
    footer: int = 0
    priority: bool = False


def show(key: str) -> str:
    """A key's name as a person reads it."""
    return SHOWN.get(key, key)


def with_twins(keys: str) -> str:
    """The keys, each letter followed by its Hangul twin."""
    return ",".join(f"{key},{TWINS[key]}" if key in TWINS else key for key in keys.split(","))


@dataclass(frozen=True, slots=True)
class Scope:
    """The keys of one place of the console. ``name`` prefixes the actions' names when users remap keys.

    ``types``: letters are typed there, so that none of them can be a key.
    """

    name: str
    title: str
    keys: tuple[Key, ...]
    types: bool = False

    def bindings(self, call: str = "{action}") -> list[BindingType]:
        """The keys as Textual knows them; ``call`` where one method does all of the actions."""
        return [
            Binding(
                with_twins(key.keys),
                call.format(action=key.action, name=self.full_name(key)),
                key.label,
                show=False,
                priority=key.priority,
                id=self.full_name(key),
            )
            for key in self.keys
        ]

    def full_name(self, key: Key) -> str:
        """The name by which users remap the key."""
        return f"{self.name}.{key.action}"


EVERYWHERE = Scope(
    "console",
    N_("Everywhere"),
    (
        Key("help", "question_mark,f1", N_("Help"), footer=90),
        Key("palette", "colon,ctrl+p", N_("More"), footer=91),
        Key("back", "escape", N_("Back"), footer=89),
        Key("refresh", "ctrl+r", N_("Refresh")),
        Key("leave", "q", N_("Leave"), footer=92),
    ),
)

ALWAYS = Scope(
    "always",
    N_("Whatever is shown"),
    (Key("interrupt", "ctrl+c", N_("Leave"), priority=True),),
    types=True,
)

LIST = Scope(
    "list",
    N_("Any list"),
    (
        Key("cursor_up", "up,k", N_("Up")),
        Key("cursor_down", "down,j", N_("Down")),
        Key("page_up", "pageup", N_("Page up")),
        Key("page_down", "pagedown", N_("Page down")),
        Key("first", "home,g", N_("First")),
        Key("last", "end,G", N_("Last")),
        Key("column_left", "left", N_("Columns to the left")),
        Key("column_right", "right", N_("More columns")),
        Key("open", "enter", N_("Open")),
    ),
)

SELECT = Key("toggle_select", "space", N_("Select"))
SELECTING = Scope("recipients", N_("Lists to select in"), (SELECT,))

RECIPIENTS = Scope(
    "recipients",
    N_("Recipients"),
    (
        Key("add", "a", N_("Add"), footer=1),
        Key("edit", "e", N_("Edit"), footer=2),
        Key("delete", "d", N_("Delete"), footer=3),
        Key("pause", "p", N_("Pause"), footer=4),
        Key("resume", "r", N_("Resume"), footer=5),
        Key("upload", "u", N_("Upload"), footer=7),
        Key("uploads", "U", N_("Uploads made so far")),
        Key("download", "w", N_("Download")),
        Key("search", "slash", N_("Search"), footer=6),
        Key("detailed_search", "f", N_("Detailed search")),
        Key("organization", "o", N_("Select organization")),
        Key("view_options", "v", N_("View options")),
        Key("sort", "s", N_("Sort")),
        SELECT,
        Key("select_all", "A", N_("Select all matching")),
        Key("undo", "z", N_("Undo the last delete")),
        Key("deleted", "Z", N_("Deleted recipients")),
        Key("reveal", "n", N_("Show the number for 30 s")),
    ),
)

DELETED = Scope(
    "deleted",
    N_("Deleted recipients"),
    (
        Key("restore", "r", N_("Restore"), footer=1),
        Key("restore_delete", "R", N_("Whole delete"), footer=2),
        replace(SELECT, footer=3),
        Key("select_all", "A", N_("Select all"), footer=4),
        Key("search", "slash", N_("Search"), footer=5),
    ),
)

UPLOAD_RESULTS = Scope(
    "results",
    N_("Upload results"),
    (
        Key("failed_only", "f", N_("Failed only"), footer=1),
        Key("edit", "e", N_("Edit"), footer=2),
        Key("write_failed", "w", N_("Write failed"), footer=3),
        Key("undo", "z", N_("Undo"), footer=4),
        Key("search", "slash", N_("Search"), footer=5),
    ),
)

DETAILS = Scope(
    "details",
    N_("Recipient details"),
    (
        Key("tab_calls", "1", N_("Calls")),
        Key("tab_memory", "2", N_("Memory details")),
        Key("tab_followup", "3", N_("Follow-up action")),
        Key("tab_memo", "4", N_("Memo")),
        Key("previous", "left_square_bracket", N_("Previous"), footer=30),
        Key("next", "right_square_bracket", N_("Next"), footer=31),
        Key("reveal", "n", N_("Show the number for 30 s")),
    ),
)

CALLS = Scope(
    "calls",
    N_("Recipient details, calls"),
    (
        Key("play", "space", N_("Play"), footer=10),
        Key("stop", "x", N_("Stop")),
        Key("seek_back", "comma", N_("5 s back")),
        Key("seek_forward", "full_stop", N_("5 s forward")),
        Key("slower", "less_than_sign", N_("Slower")),
        Key("faster", "greater_than_sign", N_("Faster")),
        Key("edit_recipient", "e", N_("Edit"), footer=12),
        Key("pause", "p", N_("Pause"), footer=13),
        Key("delete_recipient", "d", N_("Delete"), footer=14),
        Key("resume", "r", N_("Resume"), footer=15),
        Key("positive", "plus", N_("Positive"), footer=16),
        Key("negative", "minus", N_("Negative"), footer=17),
        Key("copy_listen", "y", N_("Copy the listen command")),
        Key("emergency", "exclamation_mark", N_("Next emergency call")),
        Key("followup", "f", N_("Follow up"), footer=11),
        Key("search", "slash", N_("Search"), footer=18),
    ),
)

MEMORY = Scope(
    "memory",
    N_("Recipient details, memory"),
    (
        Key("edit", "e", N_("Edit"), footer=10),
        Key("reset", "r", N_("Reset"), footer=11),
    ),
)

NOTES = Scope(
    "notes",
    N_("Recipient details, follow-up and memo"),
    (
        Key("add", "a", N_("Add"), footer=10),
        Key("edit", "e", N_("Edit"), footer=11),
        Key("delete", "d", N_("Delete"), footer=12),
    ),
)

FORM = Scope(
    "form",
    N_("Dialogs with fields"),
    (
        Key("save", "ctrl+s", N_("Save"), footer=1, priority=True),
        Key("back", "escape", N_("Cancel"), footer=2),
    ),
    types=True,
)

PICK = Scope(
    "pick",
    N_("Dialogs to choose in"),
    (
        Key("take", "enter", N_("Choose"), footer=1),
        Key("back", "escape", N_("Cancel"), footer=2),
        Key("up", "up", N_("Up")),
        Key("down", "down", N_("Down")),
    ),
    types=True,
)

CANCEL = Key("back", "escape", N_("Cancel"))


def back(label: str) -> Key:
    """The key that changes nothing, where it is called something else."""
    return replace(CANCEL, label=label)


DELETE = Key("delete", "d", N_("Delete"))
RESTORE = Key("restore", "r", N_("Restore"))
RESUME = Key("resume", "r", N_("Resume"))
RESET = Key("reset", "r", N_("Reset"))
UNDO = Key("undo", "u", N_("Undo"))
TAKE_IN = Key("take_in", "t", N_("Take it in again"))
GO_ON = Key("go_on", "g", N_("Go on"))
DISCARD = Key("discard", "x", N_("Discard"))
SAVE_MINE = Key("mine", "s", N_("Save mine"))
TAKE_THEIRS = Key("theirs", "t", N_("Take theirs"))

BUTTONS = Scope(
    "dialog",
    N_("Dialogs without fields (each button shows its key)"),
    (CANCEL, DELETE, RESTORE, RESUME, RESET, UNDO, TAKE_IN, GO_ON, DISCARD, SAVE_MINE, TAKE_THEIRS),
)

# what of ``EVERYWHERE`` works in a dialog; the first key of each works where letters type, too
IN_DIALOGS = Scope(
    EVERYWHERE.name,
    EVERYWHERE.title,
    (
        Key("help", "f1,question_mark", N_("Help"), footer=90),
        Key("palette", "ctrl+p,colon", N_("More"), footer=91),
        Key("back", "escape", N_("Back")),
        Key("refresh", "ctrl+r", N_("Refresh")),
    ),
)


def with_everywhere(scopes: Sequence[Scope]) -> list[Scope]:
    """These and what works everywhere, which dialogs say themselves."""
    is_said = any(scope.name == EVERYWHERE.name for scope in scopes)
    return [*scopes] if is_said else [*scopes, EVERYWHERE]


SCOPES = (
    ALWAYS, EVERYWHERE, LIST, RECIPIENTS, DELETED, UPLOAD_RESULTS, DETAILS, CALLS, MEMORY, NOTES, FORM,
    PICK, BUTTONS,
)  # fmt: skip

# which of them work at the same time
TOGETHER = (
    (RECIPIENTS, LIST, EVERYWHERE, ALWAYS),
    (DELETED, LIST, EVERYWHERE, ALWAYS),
    (UPLOAD_RESULTS, LIST, EVERYWHERE, ALWAYS),
    (CALLS, DETAILS, LIST, EVERYWHERE, ALWAYS),
    (MEMORY, DETAILS, LIST, EVERYWHERE, ALWAYS),
    (NOTES, DETAILS, LIST, EVERYWHERE, ALWAYS),
    (FORM, IN_DIALOGS, ALWAYS),
    (PICK, IN_DIALOGS, ALWAYS),
    (BUTTONS, IN_DIALOGS, ALWAYS),
)


def form_keys(verb: str) -> Scope:
    """The keys of a dialog with fields, its ctrl+s named by what it does."""
    save, *others = FORM.keys
    return replace(FORM, keys=(replace(save, label=verb), *others))


_LOOKING = ({"help", "palette", "up", "down"} | {key.action for key in LIST.keys}) - {"open"}
_DOING = {key.action for scope in SCOPES for key in scope.keys} - _LOOKING


def does_something(action: str) -> bool:
    """Whether an action does more than show another part of what is there."""
    name = action.partition("(")[0]
    return name in _DOING or name == "answer"
