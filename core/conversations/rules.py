"""Whose words can be searched. Pure."""

import enum

from core.values.i18n import N_
from core.values.stored import Words


class SaidBy(enum.StrEnum):
    """Who says what is searched: a speaker of a call, the calling system in its summary of one, or the machine's
    memory of somebody."""

    AI = "ai"
    RECIPIENT = "recipient"
    SUMMARY = "summary"
    MEMORY = "memory"


SAID_BY_WORDS = Words(
    {
        SaidBy.AI: N_("machine"),
        SaidBy.RECIPIENT: N_("recipient"),
        SaidBy.SUMMARY: N_("summary"),
        SaidBy.MEMORY: N_("memory"),
    }
)
