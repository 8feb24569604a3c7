"""What an export may be called and say. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime

from core.recipients.masking import each_number
from core.retention.blotting import Traces

PAGE, DATA, SCHEMA = "index.html", "data.json", "schema.json"
_ENDING = re.compile(r"[a-z0-9]{1,5}")


def voice_name(number: int, started_at: datetime, file: str) -> str:
    """What a voice file is called in an export: nothing of it is what somebody delivered, but a plain ending."""
    ending = file.rpartition(".")[2].lower()
    plain = ending if _ENDING.fullmatch(ending) else "bin"
    return f"voice/{number:04}-{started_at:%Y-%m-%d-%H%M}.{plain}"


def folder_name(recipient_id: int) -> str:
    """The folder that an export is, where several are given at once, and that of a ZIP file."""
    return f"recipient-{recipient_id}"


def lines_naming(text: str, theirs: Traces, others: Iterable[str]) -> str:
    """The lines of a text of many people that name somebody, without these others' names and any numbers."""
    beside = Traces.of(others, ())
    lines = (line for line in text.splitlines() if theirs.are_in(line))
    return "\n".join(beside.blotted(_without_numbers(line, theirs)) for line in lines)


def _without_numbers(line: str, theirs: Traces) -> str:
    return each_number(line, lambda one: one if theirs.are_in(one) else _hidden(one))


def _hidden(number: str) -> str:
    return "".join("○" if one.isdecimal() else one for one in number)
