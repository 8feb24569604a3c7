"""The keys of dialogs and of what stands in them: fields, lists of options, buttons."""

from operator import methodcaller
from typing import Any

from msgspec.structs import replace

from core.values.i18n import N_
from tui.action import Action, Need, Scope, place
from tui.everywhere import IN_DIALOGS

# dialogs with fields

FORM = Scope(
    "form", N_("Dialogs with fields"), types=True, no_command="dialogs: a command has options"
)


SAVE = FORM.declare(
    "save", "ctrl+s", N_("Save"), do=methodcaller("save_once"), footer=1, priority=True
)
GO_BACK = FORM.declare("back", "escape", N_("Cancel"), do=methodcaller("go_back"), footer=2)
place(FORM, IN_DIALOGS)


def form_keys(verb: str) -> Scope:
    """The keys of a dialog with fields, its ctrl+s named by what it does."""
    return FORM.of(replace(SAVE, label=verb), GO_BACK)


FILTER = Scope(
    "filter", N_("Detailed search"), types=True, no_command="dialogs: a command has options"
)


FILTER.declare("clear", "ctrl+l", N_("List all again"), methodcaller("clear"))
place(FILTER, FORM, IN_DIALOGS)

PICK = Scope(
    "pick", N_("Dialogs to choose in"), types=True, no_command="dialogs: a command has options"
)


PICK.declare("take", "enter", N_("Choose"), methodcaller("take"), footer=1)
PICK.declare("back", "escape", N_("Cancel"), do=methodcaller("go_back"), footer=2)


# while the focus stays with what is typed
PICK.declare("up", "up", N_("Up"), lambda dialog: dialog.choices.move(-1), looks=True)
PICK.declare("down", "down", N_("Down"), lambda dialog: dialog.choices.move(1), looks=True)
place(PICK, IN_DIALOGS)

# questions, each answer on a button with a key of its own

BUTTONS = Scope(
    "dialog",
    N_("Dialogs without fields (each button shows its key)"),
    no_command="dialogs: a command has options",
)


def _button(name: str, key: str, label: str) -> Action:
    return BUTTONS.declare(name, key, label, do=lambda dialog: dialog.answer(name))


CANCEL = _button("back", "escape", N_("Cancel"))
DELETE = _button("delete", "d", N_("Delete"))
RESTORE = _button("restore", "r", N_("Restore"))
RESUME = _button("resume", "r", N_("Resume"))
RESET = _button("reset", "r", N_("Reset"))
UNDO = _button("undo", "u", N_("Undo"))
GO_ON = _button("go_on", "g", N_("Go on"))
DISCARD = _button("discard", "x", N_("Discard"))
SAVE_MINE = _button("mine", "s", N_("Save mine"))
TAKE_THEIRS = _button("theirs", "t", N_("Take theirs"))


def back(label: str) -> Action:
    """The key that changes nothing, where it is called something else."""
    return replace(CANCEL, label=label)


TO_BUTTONS = Scope("buttons", N_("Buttons"), no_command="moves about")


for _name, _key, _label, _goes in (
    ("previous_button", "left", N_("Previous button"), "focus_previous"),
    ("next_button", "right", N_("Next button"), "focus_next"),
):
    TO_BUTTONS.declare(_name, _key, _label, methodcaller(_goes, "Button"), looks=True)
place(BUTTONS, TO_BUTTONS, IN_DIALOGS)

# what stands in a dialog

CHOICES = Scope("choices", N_("Lists of options"), no_command="moves about")


for _name, _key, _label, _goes in (
    ("up", "k", N_("Up"), "action_cursor_up"),
    ("down", "j", N_("Down"), "action_cursor_down"),
    ("first", "g", N_("First"), "action_first"),
    ("last", "G", N_("Last"), "action_last"),
):
    CHOICES.declare(_name, _key, _label, methodcaller(_goes), needs=Need.NOTHING, looks=True)

TICKS = Scope("ticks", N_("Lists of options to tick"), no_command="dialogs: a command has options")


TICKS.declare("tick", "space,enter", N_("Tick"), methodcaller("action_select"))

RADIO = Scope("radio", N_("Lists of options of which one is chosen"), no_command="moves about")


# the option under the cursor is the chosen one
RADIO.declare(
    "next_field", "enter", N_("Next field"), lambda radio: radio.screen.focus_next(), looks=True
)

CHOICE_FIELD = Scope(
    "choice_field",
    N_("Fields whose value is chosen in a dialog"),
    no_command="dialogs: a command has options",
)


@CHOICE_FIELD.action("enter,space", N_("Choose"))
def choose(field: Any) -> None:
    """Ask for another value."""
    field.post_message(field.Asked())


PATH = Scope("path", N_("Paths of files"), types=True, no_command="the shell completes paths")


PATH.declare("up", "up", N_("Up"), methodcaller("move", -1), looks=True)
PATH.declare("down", "down", N_("Down"), methodcaller("move", 1), looks=True)
PATH.declare("complete", "tab", N_("Complete"), methodcaller("complete"))

place(CHOICES, PICK, IN_DIALOGS)
place(TICKS, CHOICES, FORM, IN_DIALOGS)
place(RADIO, CHOICES, FORM, IN_DIALOGS)
place(CHOICE_FIELD, FORM, IN_DIALOGS)
place(PATH, FORM, IN_DIALOGS)
