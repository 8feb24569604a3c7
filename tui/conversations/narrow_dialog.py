"""What a search in conversations is narrowed to."""

from datetime import date

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Grid, Horizontal, Vertical
from textual.widgets import Static

from core.calls.rules import ANALYSIS_WORDS, Analysis
from core.conversations.dto import ConversationQuery
from core.conversations.rules import SAID_BY_WORDS, SaidBy
from core.values.days import parse_day
from core.values.i18n import N_, _
from core.values.times import now
from tui.forms.form_dialog import FormDialog
from tui.forms.form_field import FormField
from tui.forms.tick_list import TickList
from tui.text import shown


class NarrowDialog(FormDialog[ConversationQuery]):
    """Dismissed with the query, its words as they were."""

    title_words = N_("Narrow the search")
    verb = N_("Search")
    saves_by_enter = True

    def __init__(self, current: ConversationQuery) -> None:
        super().__init__()
        self._current = current

    def content(self) -> ComposeResult:
        """Days, speakers, analyses."""
        with Grid(classes="fields"):
            yield self._day_field("first", _("First day"), self._current.first)
            yield self._day_field("last", _("Last day"), self._current.last)
        with Horizontal(classes="ticks"):
            with Vertical():
                yield Static(shown(_("Said by")))
                words = [(one.value, _(word)) for one, word in SAID_BY_WORDS.items()]
                yield TickList(words, self._current.said_by, id="said-by")
            with Vertical():
                yield Static(shown(_("Analysis of the call")))
                analyses = [(one.value, _(word)) for one, word in ANALYSIS_WORDS.items()]
                yield TickList(analyses, self._current.analyses, id="analyses")
        yield Static(shown(_("Days: 2026-12-01 or -7. space ticks; nothing ticked is all.")))

    def _day_field(self, name: str, label: str, value: date | None) -> FormField:
        return FormField(name, label, value.isoformat() if value else "", self._day, length=10)

    def _day(self, typed: str) -> date | None:
        today = now().astimezone(self.console.settings.zone).date()
        return parse_day(typed, today, is_past=True)

    async def save(self) -> None:
        """Search, unless a day is none."""
        if not self.are_right():
            return
        fields = {field.field_name: field for field in self.query(FormField)}
        said_by = self.query_one("#said-by", TickList).ticked
        analyses = self.query_one("#analyses", TickList).ticked
        self.dismiss(
            replace(
                self._current,
                first=self._day(fields["first"].value),
                last=self._day(fields["last"].value),
                said_by=frozenset(map(SaidBy, said_by)),
                analyses=frozenset(map(Analysis, analyses)),
            )
        )
