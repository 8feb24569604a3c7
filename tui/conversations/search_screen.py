"""The search in conversations with its keys."""

from tui.conversations.actions import CONVERSATIONS, CONVERSATIONS_PLACE, WORDS, WORDS_PLACE
from tui.conversations.search_view import ConversationSearch, WordsField


class SearchedWords(WordsField):
    """The words, with what enter and esc do."""

    binds = (WORDS,)


class ConversationSearchScreen(ConversationSearch):
    """Type, enter: the lines; enter: the call at the line."""

    binds = (CONVERSATIONS,)
    scopes = CONVERSATIONS_PLACE
    while_typing = WORDS_PLACE
    field_kind = SearchedWords
