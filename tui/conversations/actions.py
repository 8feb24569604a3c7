"""What the keys of the search in conversations do."""

from typing import TYPE_CHECKING

from core.values.i18n import N_, _
from tui.action import Need, Scope, place
from tui.everywhere import EVERYWHERE, IN_DIALOGS
from tui.forms.choosing import offer_organizations
from tui.widgets.paged_table_actions import LIST

if TYPE_CHECKING:
    from tui.conversations.search_view import ConversationSearch, WordsField

CONVERSATIONS = Scope("conversations", N_("Search conversations"))
CONVERSATIONS_PLACE = place(CONVERSATIONS, LIST, EVERYWHERE)

WORDS = Scope(
    "words",
    N_("Search conversations, while the words are typed"),
    types=True,
    no_command="dialogs: a command has options",
)
WORDS_PLACE = place(WORDS, IN_DIALOGS)


@WORDS.action("enter", N_("Search"), footer=1)
async def search(field: "WordsField") -> None:
    """Search for what was typed."""
    await field.action_submit()


@WORDS.action("escape", N_("Back"), footer=2, needs=Need.NOTHING)
def back(field: "WordsField") -> None:
    """Stop what is searched; else back to the lines, then out."""
    field.searched.go_back()


@CONVERSATIONS.action("slash", N_("Other words"), footer=1, command="search")
def words(view: "ConversationSearch") -> None:
    """Type other words."""
    view.type_words()


@CONVERSATIONS.action("f", N_("Narrow"), footer=2, command="search")
async def narrow(view: "ConversationSearch") -> None:
    """Narrow the search to days, speakers and analyses."""
    from tui.conversations.narrow_dialog import NarrowDialog

    chosen = await view.ask(NarrowDialog(view.asked))
    if chosen is not None:
        view.search(chosen)


offer_organizations(CONVERSATIONS, "search")


def _why_not_play(view: "ConversationSearch") -> str | None:
    if view.current is not None and view.current.call_id is None:
        return _("This memory comes from no call that is kept.")
    return None


@CONVERSATIONS.action(
    "space",
    N_("Play"),
    footer=3,
    needs=Need.ROW,
    use_case="voice.open_voice",
    why_not=_why_not_play,
    command="voice",
)
async def play(view: "ConversationSearch") -> None:
    """Open the call at the line, and play its voice from there."""
    await view.open_hit(plays=True)
