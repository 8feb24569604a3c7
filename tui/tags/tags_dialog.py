"""Which tags the selected have: what all, some or none of them have, to be given and taken."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from core.tags.dto import TagUse
from core.tags.rules import clean_name, key_of
from core.values import hangul
from core.values.errors import InvalidInput
from core.values.i18n import N_, _
from tui.forms.actions import TICKS
from tui.forms.choices import Choices
from tui.forms.form_dialog import FormDialog
from tui.text import shown
from tui.widgets.line_input import LineInput

ALL, SOME, NONE = "x", "-", " "


class TagChange(Struct, frozen=True):
    """The names of tags to give and to take."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


class TagTicks(Choices):
    """Tags with a tick each: ``x`` all have it, ``-`` some do and keep it so, blank nobody."""

    binds = (TICKS,)

    def __init__(self, uses: Iterable[TagUse]) -> None:
        self.uses: dict[str, TagUse] = {one.name: one for one in uses}
        self.ticks: dict[str, str] = {name: before(one) for name, one in self.uses.items()}
        super().__init__(id="tags")

    @property
    def value(self) -> Mapping[str, str]:
        """The ticks, as the value of a field."""
        return dict(self.ticks)

    def words(self, name: str) -> str:
        """With its tick, and how many have it where it is not all."""
        use, new = self.uses.get(name), _("new")
        words = f"[{self.ticks.get(name, NONE)}] {name}"
        if use is None:
            return f"{words}  {new}"
        return words if use.total < 2 else f"{words}  {use.have:,}/{use.total:,}"

    def turn(self, name: str) -> None:
        """All, then nobody; where some have it, they alone between. One that is new is made."""
        was = before(self.uses[name]) if name in self.uses else NONE
        ways = (SOME, ALL, NONE) if was == SOME else (ALL, NONE)
        self.ticks[name] = ways[(ways.index(self.ticks.get(name, NONE)) + 1) % len(ways)]
        self.show_again(name)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Turn the tick."""
        event.stop()
        if name := event.option_id:
            self.turn(name)


def before(use: TagUse) -> str:
    """The tick that it has when the dialog opens."""
    return NONE if not use.have else ALL if use.have == use.total else SOME


class TagsDialog(FormDialog[TagChange]):
    """Dismissed with what is to be given and taken."""

    title_words = N_("Tags")
    verb = N_("Save")
    takes_by_enter = True

    def __init__(self, whom: str, uses: Sequence[TagUse], *, several: bool = False) -> None:
        super().__init__()
        self._whom = whom
        self._several = several
        self._ticks = TagTicks(uses)

    def content(self) -> ComposeResult:
        """Whom it is about, what narrows the tags or makes a new one, and the tags."""
        told = _("What each has now is not kept: this cannot be undone.")
        whom = f"{self._whom}\n{told}" if self._several else self._whom
        yield Static(shown(whom), classes="question")
        yield LineInput(placeholder=_("A part of a tag, or a new one"), id="tag")
        yield self._ticks
        yield Static("", id="told")
        keys = [_("enter ticks the first, or makes the new one; tab, then space ticks any.")]
        if self._several:
            keys.append(_("[x] all of them have it, [-] some of them, and that stays so."))
        yield Static(shown("\n".join(keys)))

    def values(self) -> object:
        """The ticks only: what narrows them is nothing to lose."""
        return self._ticks.value

    def on_mount(self) -> None:
        """Begin with all of them."""
        super().on_mount()
        self._narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the tags that have this in their names."""
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        key, why, new = key_of(typed), "", None
        offered = [
            name for name in self._ticks.ticks if not key or hangul.found_in(key_of(name), key)
        ]
        if key and not any(key_of(name) == key for name in offered):
            try:
                new = clean_name(typed)
            except InvalidInput as error:
                why = str(error)
        self._ticks.offer((name, name) for name in (*offered, *([new] if new else ())))
        self.query_one("#told", Static).update(shown(why))

    async def submitted(self) -> None:
        """Tick the tag that was typed, else the first that is offered."""
        field = self.query_one("#tag", LineInput)
        same = (one for one in self._ticks.ticks if key_of(one) == key_of(field.value))
        name = next(same, self._ticks.chosen)
        if not field.value.strip():
            self.focus_next()
        elif name is not None:
            self._ticks.turn(name)
            field.value = ""

    async def save(self) -> None:
        """Give and take what was ticked otherwise than it is."""
        opened = {name: before(one) for name, one in self._ticks.uses.items()}
        changed = {
            name: tick for name, tick in self._ticks.ticks.items() if tick != opened.get(name, NONE)
        }
        self.dismiss(
            TagChange(
                tuple(name for name, tick in changed.items() if tick == ALL),
                tuple(name for name, tick in changed.items() if tick == NONE),
            )
        )
