"""The keys of dialogs and of what stands in them: fields, lists of options, buttons."""

from dataclasses import replace
from typing import Any, Protocol

from core.values.i18n import N_
from tui.action import Action, Doing, Need, Scope, place
from tui.everywhere import IN_DIALOGS

# dialogs with fields

FORM = Scope(
    "form", N_("Dialogs with fields"), types=True, no_command="dialogs: a command has options"
)


class _Form(Protocol):
    async def save_once(self) -> None: ...
    def go_back(self) -> Doing: ...


def _save(form: _Form) -> Doing:
    return form.save_once()


def _back(form: _Form) -> Doing:
    return form.go_back()


SAVE = FORM.declare("save", "ctrl+s", N_("Save"), do=_save, footer=1, priority=True)
GO_BACK = FORM.declare("back", "escape", N_("Cancel"), do=_back, footer=2)
place(FORM, IN_DIALOGS)


def form_keys(verb: str) -> Scope:
    """The keys of a dialog with fields, its ctrl+s named by what it does."""
    return FORM.of(replace(SAVE, label=verb), GO_BACK)


FILTER = Scope(
    "filter", N_("Detailed search"), types=True, no_command="dialogs: a command has options"
)


@FILTER.action("ctrl+l", N_("List all again"))
def clear(dialog: Any) -> None:
    """List all again."""
    dialog.clear()


place(FILTER, FORM, IN_DIALOGS)

PICK = Scope(
    "pick", N_("Dialogs to choose in"), types=True, no_command="dialogs: a command has options"
)


@PICK.action("enter", N_("Choose"), footer=1)
async def take(dialog: Any) -> None:
    """Take what is chosen."""
    await dialog.take()


PICK.declare("back", "escape", N_("Cancel"), do=_back, footer=2)


@PICK.action("up", N_("Up"), name="up", looks=True)
def up_in_choices(dialog: Any) -> None:
    """One option up, while the focus stays with what is typed."""
    dialog.choices.move(-1)


@PICK.action("down", N_("Down"), name="down", looks=True)
def down_in_choices(dialog: Any) -> None:
    """One option down, while the focus stays with what is typed."""
    dialog.choices.move(1)


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


@TO_BUTTONS.action("left", N_("Previous button"), looks=True)
def previous_button(dialog: Any) -> None:
    """To the button before this one."""
    dialog.focus_previous("Button")


@TO_BUTTONS.action("right", N_("Next button"), looks=True)
def next_button(dialog: Any) -> None:
    """To the button behind this one."""
    dialog.focus_next("Button")


place(BUTTONS, TO_BUTTONS, IN_DIALOGS)

# what stands in a dialog

CHOICES = Scope("choices", N_("Lists of options"), no_command="moves about")


@CHOICES.action("k", N_("Up"), needs=Need.NOTHING, looks=True)
def up(choices: Any) -> None:
    """One option up."""
    choices.action_cursor_up()


@CHOICES.action("j", N_("Down"), needs=Need.NOTHING, looks=True)
def down(choices: Any) -> None:
    """One option down."""
    choices.action_cursor_down()


@CHOICES.action("g", N_("First"), needs=Need.NOTHING, looks=True)
def first(choices: Any) -> None:
    """To the first option."""
    choices.action_first()


@CHOICES.action("G", N_("Last"), needs=Need.NOTHING, looks=True)
def last(choices: Any) -> None:
    """To the last option."""
    choices.action_last()


TICKS = Scope("ticks", N_("Lists of options to tick"), no_command="dialogs: a command has options")


@TICKS.action("space,enter", N_("Tick"))
def tick(ticks: Any) -> None:
    """Turn the tick of the option round."""
    ticks.action_select()


RADIO = Scope("radio", N_("Lists of options of which one is chosen"), no_command="moves about")


@RADIO.action("enter", N_("Next field"), looks=True)
def next_field(radio: Any) -> None:
    """Go on to the next field; the option under the cursor is the chosen one."""
    radio.screen.focus_next()


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


@PATH.action("up", N_("Up"), name="up", looks=True)
async def up_in_path(field: Any) -> None:
    """One file or folder up."""
    await field.move(-1)


@PATH.action("down", N_("Down"), name="down", looks=True)
async def down_in_path(field: Any) -> None:
    """One file or folder down."""
    await field.move(1)


@PATH.action("tab", N_("Complete"))
async def complete(field: Any) -> None:
    """Put what is chosen into the path."""
    await field.complete()


place(CHOICES, PICK, IN_DIALOGS)
place(TICKS, CHOICES, FORM, IN_DIALOGS)
place(RADIO, CHOICES, FORM, IN_DIALOGS)
place(CHOICE_FIELD, FORM, IN_DIALOGS)
place(PATH, FORM, IN_DIALOGS)
