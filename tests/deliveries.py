"""Lines as the calling system delivers them, for tests."""

import json
from datetime import timedelta
from typing import Any

from core.values.times import now
from tests.factories import World

PHONE = "+821011112222"


def minutes_ago(minutes: float) -> str:
    """A time so many minutes ago, with its zone."""
    return (now() - timedelta(minutes=minutes)).isoformat()


def call(call_id: str = "c-1", /, **changed: Any) -> dict[str, Any]:
    """A connected call to the recipient with ``PHONE`` an hour ago; fields can be changed, None leaves one out."""
    line = {
        "type": "call",
        "id": call_id,
        "organization": "Haeundae",
        "recipient_phone": PHONE,
        "campaign": "Morning",
        "started_at": minutes_ago(60),
        "duration_s": 63.2,
        "result": "connected",
        "completed": True,
        "analysis": "normal",
        "utterances": [
            {"at_s": 0.0, "speaker": "ai", "text": "안녕하세요, 어르신."},
            {"at_s": 2.4, "speaker": "recipient", "text": "네, 잘 잤어요."},
        ],
        "memory": [{"topic": "sleep", "content": "Sleeps well"}],
        **changed,
    }
    return {name: value for name, value in line.items() if value is not None}


def unanswered(call_id: str, /, **changed: Any) -> dict[str, Any]:
    """A call that nobody answered."""
    nothing = {"duration_s": 0, "completed": False, "utterances": [], "memory": []}
    return call(call_id, result="unanswered", analysis=None, **{**nothing, **changed})


def lines(*calls: dict[str, Any]) -> bytes:
    """The calls as JSON Lines."""
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in calls)


async def deliver(world: World, *calls: dict[str, Any]) -> None:
    """Take the calls in; each has to be right."""
    told = []
    summary = await world.services.ingest.deliver(world.system, [lines(*calls)], told.append)
    assert summary.failed == 0, told


async def small_world(world: World) -> int:
    """An organization with one recipient in a campaign; gives the recipient's ID."""
    body = await world.organization("Haeundae")
    row = await world.recipient(body, "김영희", PHONE, "혼자 사심")
    await world.campaign("Morning", recipients=[row.id])
    return row.id
