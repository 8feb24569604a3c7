"""What the calling system delivers: the contract of a line, and a line read by it.

The structs are the contract; ``schema`` publishes them. Reading a line gives a ``Delivery``: normalised, checked,
ready to be stored. All that takes time with a large or hostile line is done here, outside of any transaction.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from core.calls.rules import CallResult, Speaker
from core.memory.dto import BroughtUp
from core.values import phone, text
from core.values.errors import InvalidInput
from core.values.i18n import N_, _
from core.values.times import now
from core.voice.rules import check_relative

CLOCK_SKEW = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_DAY = 86_400
MOST_UTTERANCES = 2_000
MOST_MEMORY_DETAILS = 200

Seconds = Annotated[float, Meta(ge=0, le=_DAY)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class DeliveredUtterance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who said what, so many seconds after the start of the call."""

    at_s: Seconds
    speaker: Literal["ai", "recipient"]
    text: Annotated[str, Meta(max_length=10_000)]


class DeliveredMemory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to remember of the recipient."""

    topic: Annotated[str, Meta(min_length=1, max_length=60)]
    content: Annotated[str, Meta(min_length=1, max_length=2_000)]


class DeliveredCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One attempt to phone a recipient. ``id`` is the calling system's own; the same again updates the call."""

    type: Literal["call"]
    id: Annotated[str, Meta(min_length=1, max_length=100)]
    organization: Name
    recipient_phone: Annotated[str, Meta(min_length=1, max_length=40)]
    campaign: Name
    started_at: Annotated[datetime, Meta(tz=True)]
    duration_s: Seconds
    result: Literal["connected", "unanswered"]
    completed: bool = False
    analysis: Literal["normal", "negative", "emergency"] | None = None
    voice_file: Annotated[str, Meta(min_length=1, max_length=255)] | None = None
    summary: Annotated[str, Meta(max_length=1_000)] | None = None
    utterances: Annotated[list[DeliveredUtterance], Meta(max_length=MOST_UTTERANCES)] = []
    memory: Annotated[list[DeliveredMemory], Meta(max_length=MOST_MEMORY_DETAILS)] = []


class Delivery(Struct, frozen=True):
    """A line as it can be stored. ``phone`` is E.164, ``content_hash`` covers everything but ``brought_up``."""

    external_id: str
    organization: str
    phone: str
    campaign: str
    started_at: datetime
    duration_ms: int
    result: str
    completed: bool
    analysis: str | None
    voice_file: str | None
    utterances: tuple[tuple[int, str, str], ...]
    memory: tuple[tuple[str, str], ...]
    content_hash: str = ""
    brought_up: tuple[BroughtUp, ...] = ()
    summary: str | None = None

    @property
    def answers(self) -> list[str]:
        """What the recipient said, silence left out."""
        return [said for _at, who, said in self.utterances if who == Speaker.RECIPIENT and said]


# without a summary the same as before there were any
_HASHED = tuple(
    name for name in Delivery.__struct_fields__ if name not in ("brought_up", "summary")
)
_decoder = msgspec.json.Decoder(DeliveredCall)
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
# what msgspec says (its beginning): what the user reads; {field} is the place in the line
_REASONS: tuple[tuple[str, str], ...] = (
    (r"Object missing required field `(?P<name>\w+)`", N_("{field} is missing in the line.")),
    (
        r"Object contains unknown field `(?P<name>[^`]*)`",
        N_("{field} is no field of the contract."),
    ),
    (
        r"Expected `datetime` with a timezone",
        N_("{field} has no zone; write it like 2026-11-20T10:00:00+09:00."),
    ),
    (
        r"Invalid RFC3339 encoded datetime",
        N_("{field} is no time; write it like 2026-11-20T10:00:00+09:00."),
    ),
    (r"Expected `(?:float|int)` >= 0", N_("{field} must not be negative.")),
    (r"Expected `(?:float|int)` <= |Number out of range", N_("{field} is more than a day.")),
    (r"Expected `str` of length >= ", N_("{field} is empty.")),
    (r"Expected `str` of length <= ", N_("{field} is too long.")),
    (
        r"Expected `array` of length <= (?P<maximum>\d+)",
        N_("{field} has more than {maximum} entries, the most that is taken."),
    ),
    (r"Invalid enum value ", N_("{field} has a value that the contract does not know.")),
    (r"Expected `object`, got", N_("The line is no JSON object.")),
)


def schema() -> dict[str, Any]:
    """The JSON Schema of a line."""
    return msgspec.json.schema(DeliveredCall)


def read(line: bytes, region: str) -> Delivery:
    """The line, normalised. Raises InvalidInput with the reason, naming the field."""
    call = _decoded(line)
    _check_marks(call)
    if text.fold_line(call.id) != call.id or text.forbidden_characters(call.id):
        raise InvalidInput(_("id has blanks or characters that cannot be used."), field="id")
    _check_time(call.started_at)
    if call.completed and CallResult(call.result) is CallResult.UNANSWERED:
        raise InvalidInput(_("An unanswered call cannot be completed."), field="completed")
    delivery = Delivery(
        call.id,
        _name(call.organization),
        phone.parse(call.recipient_phone, region),
        _name(call.campaign),
        call.started_at.astimezone(UTC),
        round(call.duration_s * 1000),
        call.result,
        call.completed,
        call.analysis,
        None if call.voice_file is None else check_relative(call.voice_file),
        tuple(
            (round(one.at_s * 1000), one.speaker, text.delivered(one.text))
            for one in call.utterances
        ),
        tuple(_memory(at, one) for at, one in enumerate(call.memory)),
        summary=None if call.summary is None else text.delivered(call.summary),
    )
    kept = {name: getattr(delivery, name) for name in _HASHED}
    if delivery.summary is not None:
        kept["summary"] = delivery.summary
    return replace(
        delivery,
        content_hash=hashlib.sha256(msgspec.json.encode(kept)).hexdigest(),
        brought_up=tuple(
            BroughtUp(topic, text.search_key(topic), content, text.search_key(content))
            for topic, content in delivery.memory
        ),
    )


def _decoded(line: bytes) -> DeliveredCall:
    try:
        line.decode("utf-8")
        return _decoder.decode(line)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            _("The line is not UTF-8 (at byte {place}).").format(place=error.start + 1)
        ) from None
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None
    except msgspec.DecodeError as error:
        if "truncated" in str(error):
            what = _("The line ends in the middle; it was not delivered whole.")
            raise InvalidInput(what) from None
        raise InvalidInput(
            _("The line is no JSON ({reason}).").format(reason=text.replace_forbidden(str(error)))
        ) from None


def _explained(said: str) -> InvalidInput:
    place = _PATH.search(said)
    path = place["path"] if place else ""
    for pattern, reason in _REASONS:
        if match := re.match(pattern, said):
            found = match.groupdict()
            parts = [path, found.pop("name", "")]
            field = text.replace_forbidden(".".join(filter(None, parts)))
            return InvalidInput(_(reason).format(field=field, **found), field=field)
    bare = text.replace_forbidden(_PATH.sub("", said))
    return InvalidInput(
        _("{field} cannot be read ({reason}).").format(field=path, reason=bare), field=path
    )


def _check_marks(call: DeliveredCall) -> None:
    """Before anything is normalised, which takes the square of the marks in a row."""
    named = [
        (name, value)
        for name in ("id", "organization", "recipient_phone", "campaign", "voice_file", "summary")
        if isinstance(value := getattr(call, name), str)
    ]
    named += [(f"utterances[{at}].text", one.text) for at, one in enumerate(call.utterances)]
    for at, one in enumerate(call.memory):
        named += [(f"memory[{at}].topic", one.topic), (f"memory[{at}].content", one.content)]
    for field, value in named:
        if text.too_many_marks(value):
            raise InvalidInput(
                _("{field} has more than {maximum} combining marks in a row.").format(
                    field=field, maximum=text.MARKS_IN_A_ROW
                ),
                field=field,
            )


def _check_time(started_at: datetime) -> None:
    if started_at > now() + CLOCK_SKEW:
        raise InvalidInput(
            _("started_at is in the future."), _("Check the clocks."), field="started_at"
        )
    if started_at < EARLIEST:
        raise InvalidInput(_("started_at is before the year 2000."), field="started_at")


def _name(value: str) -> str:
    return text.fold_line(text.replace_forbidden(value))


def _memory(at: int, one: DeliveredMemory) -> tuple[str, str]:
    topic, content = _name(one.topic), text.delivered(one.content)
    for field, value in (("topic", topic), ("content", content)):
        if not value:
            name = f"memory[{at}].{field}"
            raise InvalidInput(_("{field} is empty.").format(field=name), field=name)
    return topic, content
