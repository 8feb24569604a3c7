"""What a line means where it is typed: a command, a row, an answer, or what a field is to hold."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from textual.widgets import Input, TextArea

from core.values.i18n import _
from tui.action import Action, named
from tui.forms.choice_field import ChoiceField
from tui.forms.choices import Choices
from tui.forms.confirm_dialog import QuestionDialog
from tui.forms.form_dialog import FormDialog
from tui.forms.picker import Picker
from tui.forms.tick_list import TickList
from tui.help_screen import scopes_on
from tui.key_names import SHOWN
from tui.plain import hearing
from tui.plain.spoken_keys import BACK
from tui.plain.telling import Teller
from tui.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from tui.app import ConsoleApp
    from tui.shell import View

AGAIN, HELP, NOTHING = "=", "?", "-"
_NAMES = {shown: name for name, shown in SHOWN.items()}
_OF_A_SCREEN = ("list", "words")
_SAID = ("back", "help", "palette", "view_options")
_LEAST = 3  # letters of a label that are enough


class Answering:
    """``press`` presses a key and waits until it is answered, ``say`` tells a line."""

    def __init__(
        self,
        app: "ConsoleApp",
        teller: Teller,
        press: Callable[[str], Awaitable[None]],
        say: Callable[[str], None],
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        self._app, self._teller = app, teller
        self._press, self._say, self._settle = press, say, settle
        self._filled: object = None  # the form whose last field was left

    @property
    def prompt(self) -> str:
        """What is asked for now."""
        screen, widget = self._app.screen, self._app.focused
        if self._is_filled or isinstance(screen, QuestionDialog):
            return f"{hearing.title(screen)}> "
        if isinstance(widget, Input | TextArea | ChoiceField | Choices):
            return f"{hearing.label(widget) or hearing.title(screen)}: "
        if isinstance(widget, PagedTable) and widget.row_count:
            return f"{hearing.title(screen)} {widget.cursor_index + 1}> "
        return f"{hearing.title(screen)}> "

    @property
    def _is_filled(self) -> bool:
        return self._filled is not None and self._filled is self._app.screen

    async def answer(self, line: str) -> None:
        """Do what the line asks for."""
        screen, widget = self._app.screen, self._app.focused
        word = line.strip()
        if word == HELP:
            self._help()
        elif word == AGAIN:
            for told in self._teller.everything():
                self._say(told)
        elif word in (BACK, "esc"):
            self._filled = None
            await self._press("escape")
        elif self._is_filled:
            await self._save(word)
        elif isinstance(screen, QuestionDialog):
            await self._answer(screen, word)
        elif isinstance(screen, Picker):
            await self._pick(screen, word)
        elif isinstance(widget, ChoiceField):
            await self._choose(word)
        elif isinstance(widget, Choices):
            await self._choose_option(widget, word)
        elif isinstance(widget, Input | TextArea):
            await self._fill(widget, line)
        else:
            await self._command(word)

    # lists

    async def _command(self, word: str) -> None:
        table = self._app.focused if isinstance(self._app.focused, PagedTable) else None
        verb, number = _parts(word)
        if not verb and number is None:
            await self._go_on(table)
            return
        action = self._meant(verb) if verb else None
        if verb and action is None:
            told = _("There is no {word} here. {help} tells what can be done.")
            self._say(told.format(word=verb, help=HELP))
            return
        if number is not None and not await self._go_to(table, number):
            return
        if action is None:
            if self._opens_rows:
                await self._press("enter")
            return
        await self._press(self._app.own_keys.of(action).split(",")[0])

    @property
    def _opens_rows(self) -> bool:
        """Whether a row is opened by its number; beside other lists it is only told."""
        return len(list(self._app.screen.query(PagedTable))) == 1

    async def _go_to(self, table: PagedTable | None, number: int) -> bool:
        count = table.row_count if table is not None else 0
        if table is None or not 1 <= number <= count:
            self._say(_("There is no row {number} here.").format(number=number))
            return False
        table.move_cursor(number - 1)
        await self._settle()
        self._teller.forget(table)
        return True

    async def _go_on(self, table: PagedTable | None) -> None:
        """Tell the rows after those that were told."""
        if table is None or self._teller.told_to + 1 >= table.row_count:
            self._say(_("There is no more."))
            return
        table.move_cursor(self._teller.told_to + 1)
        await self._settle()
        for told in self._teller.page(table, table.cursor_index):
            self._say(told)
        self._teller.know(table)

    # what can be done

    @property
    def _actions(self) -> Iterator[Action]:
        known = set()
        for scope in scopes_on(cast("View", self._app.screen)):
            for action in scope.actions:
                if action.name not in known:
                    known.add(action.name)
                    yield action

    def _meant(self, verb: str) -> Action | None:
        """The action of a key, in Hangul mode too, or of the beginning of its name."""
        if len(verb) == 1:
            key = _NAMES.get(verb, verb)
            for action in self._actions:
                if key in self._app.own_keys.pressed(action):
                    return action
        wanted = verb.casefold()
        named_so = [
            one
            for one in self._actions
            if _(one.label).casefold().startswith(wanted)
            and (len(wanted) >= _LEAST or _(one.label).casefold() == wanted)
        ]
        return min(named_so, key=lambda one: len(_(one.label)), default=None)

    def _help(self) -> None:
        screen = cast("View", self._app.screen)
        if isinstance(screen, FormDialog | Picker | QuestionDialog):
            told = _(
                "A line is what the field is to hold, or the number of a choice. A blank line leaves it as it is,"
                " {nothing} empties it, {back} goes back."
            )
            self._say(told.format(nothing=NOTHING, back=BACK))
            return
        told = _(
            "A number opens or reads that row, a blank line tells the next rows, {again} tells all again,"
            " {back} goes back. With a number behind it, what is below is done with that row."
        )
        self._say(told.format(again=AGAIN, back=BACK))
        for action in self._actions:
            if screen.why_not(action) is None and (words := self._offered(action)):
                self._say(words)

    def _offered(self, action: Action) -> str:
        """``d: Delete (carecall recipient delete)``; nothing of what is for a screen or has its own word here."""
        if action.scope in _OF_A_SCREEN or action.name in _SAID or action.name.startswith("view_"):
            return ""
        typed, label = self._app.own_keys.first_shown(action), _(action.label)
        command = f" (carecall {action.command})" if action.command else ""
        return (label if typed == label.casefold() else f"{typed}: {label}") + command

    # questions

    async def _answer(self, question: QuestionDialog[Any], word: str) -> None:
        own = self._app.own_keys
        for action in question.buttons:
            label = _(action.label).casefold()
            key = _NAMES.get(word, word)
            if word and (key in own.pressed(action) or label == word.casefold()):
                await self._press(own.of(action).split(",")[0])
                return
        leave = named("console.leave")
        if word and (word in own.pressed(leave) or word.casefold() == _(leave.label).casefold()):
            await self._press(own.of(named("always.interrupt")).split(",")[0])
            return
        for told in self._teller.answers(question):
            self._say(told)

    async def _pick(self, picker: Picker[Any], word: str) -> None:
        count = picker.choices.option_count
        number = number_in(word)
        if 1 <= number <= count:
            picker.choices.highlighted = number - 1
            await self._press("enter")
            await self._settle()
            if isinstance(self._app.focused, ChoiceField):
                await self._next_field()
        else:
            picker.query_one(Input).value = "" if word == NOTHING else word

    # fields

    async def _fill(self, widget: Input | TextArea, line: str) -> None:
        text = line.strip()
        if text:
            text = "" if text == NOTHING else text
            if isinstance(widget, Input):
                widget.value = text
            else:
                widget.text = text
        screen = self._app.screen
        if not isinstance(screen, FormDialog):
            await self._press("enter")
            return
        if screen.takes_by_enter and text:
            await self._press("enter")
            for told in (
                one for choices in screen.query(Choices) for one in hearing.options(choices)
            ):
                self._say(told)
            return
        await self._next_field()
        if text and hearing.is_wrong(widget):
            self._filled = None
            self._teller.forget_field()
            widget.focus()

    async def _choose(self, word: str) -> None:
        """What a field holds is picked in a dialog."""
        if not word:
            await self._next_field()
            return
        await self._press("enter")
        await self._settle()
        picker = self._app.screen
        if isinstance(picker, Picker):
            await self._pick(picker, word)
            await self._settle()
            if picker is self._app.screen and picker.choices.option_count == 1:
                await self._pick(picker, "1")

    async def _choose_option(self, choices: Choices, word: str) -> None:
        number = number_in(word)
        if word and not 1 <= number <= choices.option_count:
            self._say(_("Say the number of a choice."))
            return
        if word:
            choices.highlighted = number - 1
        if isinstance(choices, TickList) and word:
            await self._press("space")
        elif not isinstance(self._app.screen, FormDialog):
            await self._press("enter")
        else:
            await self._next_field()

    async def _next_field(self) -> None:
        screen = self._app.screen
        if self._app.focused is not screen.focus_chain[-1]:
            await self._press("tab")
            return
        self._filled = screen
        told = _(
            "That was the last field. {verb} or s does it, a blank line goes to the first one."
        )
        self._say(told.format(verb=_(cast("FormDialog[Any]", screen).verb)))

    async def _save(self, word: str) -> None:
        """Behind the last field: do it, or begin again."""
        form = cast("FormDialog[Any]", self._app.screen)
        if not word:
            self._filled = None
            cast("Any", form.focus_chain[0]).focus()
        elif word.casefold() in ("s", _(form.verb).casefold()):
            self._filled = None
            await self._press(self._app.own_keys.of(named("form.save")).split(",")[0])
        else:
            told = _("Say {verb}, or {back} to go back.")
            self._say(told.format(verb=_(form.verb), back=BACK))


def _parts(word: str) -> tuple[str, int | None]:
    """``d 5``, ``d5``, ``delete 5``, ``5``, ``delete``: what to do, and with which row."""
    verb = word.rstrip("0123456789")
    number = word[len(verb) :]
    return verb.strip(), number_in(number) if number else None


def number_in(word: str) -> int:
    """The number that is said, 0 where it is none; of one that is longer than any list, only the beginning."""
    return int(word[:9]) if word.isdecimal() else 0
