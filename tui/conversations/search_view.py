"""Search in all conversations and memory details: words are typed, enter lists the lines, the newest first.

A search goes on in parts until a page is full, or it is stopped; more is read when the cursor comes near the end.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from core.conversations.dto import ConversationQuery, Hit, HitPage, SearchAnchor
from core.values.errors import CoreError
from core.values.i18n import N_, _
from tui.action import Acting, Scope
from tui.conversations import columns
from tui.list_screen import ListScreen
from tui.recipients.changes import tell_deleted
from tui.text import clean, shown
from tui.widgets.line_input import LineInput
from tui.widgets.paged_table import PagedTable, TableRow

if TYPE_CHECKING:
    from core.recipients.dto import RecipientRow

PAGE = 64
_NEAR = 20  # rows before the end from which on more is read


class WordsField(Acting, LineInput):
    """The words: a screen says what enter and esc do here."""

    @property
    def searched(self) -> "ConversationSearch":
        """The screen."""
        return cast("ConversationSearch", self.screen)


class ConversationSearch(ListScreen[Hit, None]):
    """The words, the lines in which they are, all of the one under the cursor below them.

    ``while_typing`` are the keys while the words are typed.
    """

    AUTO_FOCUS = "#words"
    no_row = N_("There is no line under the cursor.")
    field_kind: ClassVar[type[WordsField]] = WordsField
    while_typing: ClassVar[tuple[Scope, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.asked = ConversationQuery("")
        self._organization = ""
        self._hits: list[Hit] = []
        self._rest: SearchAnchor | None = None
        self._wanted = PAGE
        self._is_searching = False
        self._told: object = None

    def content(self) -> ComposeResult:
        """Title and number of lines, the words, the lines, the one under the cursor."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Search conversations")), id="title")
            yield Static("", id="count")
            yield Static("", id="narrowed")
        with Horizontal(id="words-line"):
            yield Static(shown("/"))
            hint = _("A word of what was said, or several; enter searches")
            yield self.field_kind(id="words", placeholder=hint, compact=True)
        table = PagedTable(self._fetch, id="hits", selectable=False)
        table.columns = columns.HITS
        yield table
        with Vertical(id="hit"):
            yield Static("", id="about")
            yield Static("", id="line")

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        rows = enumerate(self._hits[start:stop], start)
        return [columns.hit_row(number, hit, self.form) for number, hit in rows]

    # searching

    def type_words(self) -> None:
        """Type other words; those that were searched for stand there."""
        self._words.focus()

    @property
    def _words(self) -> WordsField:
        return self.query_one("#words", WordsField)

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """The keys are those of where the focus is."""
        kind = type(self)
        self.scopes = self.while_typing if self._words.has_focus else kind.scopes
        self.on_idle()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter searches."""
        event.stop()
        self.search(replace(self.asked, words=event.value))

    def show_organization(self, organization_id: int | None, name: str) -> None:
        """Search in this organization only; None: in all."""
        self._organization = name
        self.search(replace(self.asked, organization_id=organization_id))

    def search(self, asked: ConversationQuery) -> None:
        """Search for this, from the newest line on."""
        self.asked = asked
        self._hits, self._rest, self._wanted = [], None, PAGE
        self.tell("")
        self._show_hits(cursor=0)
        if asked.words.strip():
            self._go_on()
        else:
            self._show_heading()

    @property
    def total(self) -> int | None:
        """How many lines there are; None: more may follow."""
        return len(self._hits) if self._rest is None else None

    async def rows(self, start: int, stop: int, /) -> Sequence[tuple[int, Hit]]:
        """The lines from ``start`` up to before ``stop``, each with its number; more are read for it."""
        asked = self.asked
        while len(self._hits) < stop and self._rest is not None and not self._is_searching:
            found = await self.services.conversations.search(self.actor, asked, self._rest, PAGE)
            self._hits += found.hits
            self._rest = found.rest
            self._show_hits(cursor=None)
            self._show_heading()
        return list(enumerate(self._hits[start:stop], start))

    def _go_on(self) -> None:
        """Search the next part."""
        self._is_searching = True
        self._show_heading()
        ask = self.services.conversations.search

        async def part() -> HitPage:
            try:
                return await ask(self.actor, self.asked, self._rest, self._wanted - len(self._hits))
            except CoreError:
                self._is_searching = False
                self._show_heading()
                raise

        self.read(part, partial(self._found, self.asked), group="search")

    def _found(self, asked: ConversationQuery, found: HitPage) -> None:
        if asked != self.asked or not self._is_searching:
            return
        is_first = not self._hits
        self._hits += found.hits
        self._rest = found.rest
        self._show_filled(found)
        if found.hits:
            self._show_hits(cursor=0 if is_first else None)
            if is_first and self._words.has_focus and self._words.value == asked.words:
                self.table.focus()
        if self._rest is not None and len(self._hits) < self._wanted:
            self._go_on()
            return
        self._is_searching = False
        self._show_heading()

    def _show_filled(self, found: HitPage) -> None:
        words = ""
        if found.filled_from is not None:
            words = _("Calls before {time} are still being added to the search.").format(
                time=self.form.time(found.filled_from, None)
            )
        self.stand("filling", words)

    def _stop(self) -> None:
        """Stop searching; what was found stays, and moving to its end goes on."""
        self.workers.cancel_group(self, "search")
        self._is_searching = False
        self._show_heading()
        self.tell(_("Stopped. What was found until here stays."))

    def data_changed(self) -> None:
        """What was found stays as it was found: each search is recorded, and nobody asked for another one."""

    def read_again(self) -> None:
        """Search for the same again, which nothing but this asks for."""
        super().read_again()
        self.search(self.asked)

    # showing

    def _show_hits(self, cursor: int | None) -> None:
        self.table.total = len(self._hits)
        if cursor is None:
            self.table.reload()
        else:
            self.table.reload(False, cursor=cursor)
        self._show_line()

    def _show_heading(self) -> None:
        has_searched = bool(self.asked.words.strip())
        count = columns.count_words(
            len(self._hits), is_searching=self._is_searching, has_more=self._rest is not None
        )
        self.query_one("#count", Static).update(shown(count if has_searched else ""))
        narrowed = columns.narrowed_words(self.asked, self._organization)
        self.query_one("#narrowed", Static).update(shown(narrowed))
        if not has_searched or self._is_searching:
            self.table.empty = ""
        else:
            self.table.empty = _(
                "Nobody said that, as far as you may see. Press {keys[conversations.words]} for other words."
            ).format(keys=self.console.own_keys)

    def on_paged_table_cursor_moved(self) -> None:
        """Show the line under the cursor, and read more near the end."""
        super().on_paged_table_cursor_moved()
        self._show_line()
        near = self.table.cursor_index + _NEAR >= len(self._hits)
        if near and self._rest is not None and not self._is_searching:
            self._wanted = len(self._hits) + PAGE
            self._go_on()

    def on_paged_table_rows_read(self) -> None:
        """The rows are there: the line under the cursor is known."""
        self._show_line()

    def _show_line(self) -> None:
        hit = self.current
        if hit is self._told:
            return
        self._told = hit
        about, line = "", Content("")
        if hit is not None:
            about = columns.about(hit, self.form, with_organization=self.actor.sees_all)
            line = Content.assemble(
                *(
                    (f"[{clean(text)}]", "bold reverse") if is_word else clean(text)
                    for text, is_word in columns.parts(hit)
                )
            )
        self.query_one("#about", Static).update(shown(about))
        self.query_one("#line", Static).update(line)

    # opening

    async def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Open the call at the line."""
        event.stop()
        await self.start(self.open_hit())

    async def open_hit(self, *, plays: bool = False) -> None:
        """Open the call of the line under the cursor there, or the memory detail; ``plays``: from there on."""
        from tui.conversations.hit_details import HitDetails

        hit, number = self.current, self.table.cursor_index
        if hit is None:
            return
        row: RecipientRow = await self.look(
            self.services.recipients.get(self.actor, hit.recipient_id)
        )
        if self._is_searching:  # from here on more is read when the last lines are come to
            self._stop()
        left = await self.ask(HitDetails(row, self, (number, hit), plays=plays))
        if left is None:
            return
        self.table.move_cursor(left.index)
        if left.deletion is not None:
            tell_deleted(self, left.deletion, left.name)

    def go_back(self) -> None:
        """Stop what is searched; else back to the lines, then out."""
        if self._is_searching:
            self._stop()
        elif self._words.has_focus and self._hits:
            self.table.focus()
        else:
            self.dismiss(None)
