"""Storing one delivered call and what follows from it, within the caller's transaction."""

from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.calls.delivery import Delivery
from core.calls.metrics import refresh_metrics
from core.calls.refused import DeliveryRefused, Reason
from core.campaigns.enrolling import enroll
from core.conversations import index
from core.db.models import Call, Campaign, MemoryDetail, Participation, Recipient, Utterance
from core.db.rows import delete_rows
from core.memory.learning import learn
from core.organizations.queries import find_by_name
from core.tasks.from_calls import follow
from core.values import phone
from core.values.errors import InvalidInput, NotFound
from core.values.i18n import _
from core.values.settings import Settings
from core.values.text import search_key
from core.voice.rules import check_folder, voice_key

MOST_REMEMBERED = 5_000


class _Place(Struct, frozen=True):
    organization_id: int
    recipient_id: int
    campaign_id: int


async def store(
    session: AsyncSession,
    actor: Actor,
    deliverer: Actor,
    source: str,
    delivery: Delivery,
    settings: Settings,
) -> str:
    """Create or update the call; gives ``created``, ``updated`` or ``unchanged``.

    ``deliverer`` is whose word it is, and who has to see organization, recipient and campaign; ``actor`` takes it
    in, now or later. Raises DeliveryRefused with the reason.
    """
    place = await _find(session, deliverer, delivery, settings.region)
    known = await session.scalar(
        sa.select(Call).where(
            Call.external_id == delivery.external_id,
            Call.organization_id == place.organization_id,
            Call.source == source,
        )
    )
    if known is not None:
        if known.recipient_id != place.recipient_id:
            raise DeliveryRefused(
                Reason.ID,
                _("The id {id} belongs to a call of another recipient.").format(
                    id=delivery.external_id
                ),
            )
        if known.content_hash == delivery.content_hash:
            return "unchanged"
    await _check_voice_file(session, deliverer, known, delivery, place)
    await _check_memory(session, delivery, place)
    call = await _save(session, known, delivery, place, source)
    enrolled = await _enroll(session, place)
    learned = await learn(
        session, place.recipient_id, call.id, delivery.started_at, delivery.brought_up
    )
    await refresh_metrics(session, settings, Recipient.id == place.recipient_id)
    await follow(session, place.recipient_id, call, settings)
    outcome = "created" if known is None else "updated"
    await trail.record(
        session,
        actor,
        "call.ingest",
        "call",
        call.id,
        organization_id=place.organization_id,
        details={
            "outcome": outcome,
            "recipient": place.recipient_id,
            "enrolled": enrolled,
            "learned": learned,
        },
    )
    return outcome


async def _enroll(session: AsyncSession, place: _Place) -> bool:
    takes_part = sa.select(Participation.id).where(
        Participation.recipient_id == place.recipient_id,
        Participation.campaign_id == place.campaign_id,
    )
    if await session.scalar(takes_part) is not None:
        return False
    return bool(await enroll(session, place.campaign_id, Recipient.id == place.recipient_id))


async def _check_voice_file(
    session: AsyncSession,
    deliverer: Actor,
    known: Call | None,
    delivery: Delivery,
    place: _Place,
) -> None:
    """A voice file belongs to the first call that is delivered with it, and a call keeps the one that it has."""
    file = delivery.voice_file
    if file is None or (known is not None and known.voice_file == file):
        return
    if known is not None and known.voice_file is not None:
        raise DeliveryRefused(
            Reason.VOICE, _("The call has another voice file already, which belongs to it.")
        )
    try:
        check_folder(file, place.organization_id, confined=deliverer.organization_id is not None)
    except InvalidInput as error:
        raise DeliveryRefused(Reason.VOICE, error.what) from None
    taken = sa.select(Call.id).where(Call.voice_key == voice_key(file))
    if await session.scalar(taken) is not None:
        raise DeliveryRefused(Reason.VOICE, _("The voice file belongs to another call."))


async def _check_memory(session: AsyncSession, delivery: Delivery, place: _Place) -> None:
    if not delivery.brought_up:
        return
    counted = sa.select(sa.func.count(MemoryDetail.id)).where(
        MemoryDetail.recipient_id == place.recipient_id
    )
    if (await session.scalar(counted) or 0) + len(delivery.brought_up) > MOST_REMEMBERED:
        raise DeliveryRefused(
            Reason.MEMORY,
            _("No more than {maximum} memory details are kept of a recipient.").format(
                maximum=f"{MOST_REMEMBERED:,}"
            ),
        )


async def _save(
    session: AsyncSession, known: Call | None, delivery: Delivery, place: _Place, source: str
) -> Call:
    if known is not None:
        await index.forget_calls(session, [known.id])
    call = known or Call(
        external_id=delivery.external_id,
        organization_id=place.organization_id,
        source=source,
        recipient_id=place.recipient_id,
    )
    answers = delivery.answers
    values: dict[str, Any] = {
        "campaign_id": place.campaign_id,
        "started_at": delivery.started_at,
        "duration_ms": delivery.duration_ms,
        "result": delivery.result,
        "completed": delivery.completed,
        "analysis": delivery.analysis,
        "answer_count": len(answers),
        "answer_characters": sum(map(len, answers)),
        "content_hash": delivery.content_hash,
    }
    if delivery.voice_file is not None:  # one that is not named again stays
        values |= {
            "voice_file": delivery.voice_file,
            "voice_key": voice_key(delivery.voice_file),
        }
    if delivery.summary is not None:
        values["summary"] = delivery.summary
    for name, value in values.items():
        setattr(call, name, value)
    session.add(call)
    await session.flush()
    if known is not None:
        await delete_rows(session, Utterance, Utterance.call_id == call.id)
    if delivery.utterances:
        await session.execute(
            sa.insert(Utterance),
            [
                {"call_id": call.id, "position": at, "at_ms": ms, "speaker": who, "text": said}
                for at, (ms, who, said) in enumerate(delivery.utterances)
            ],
        )
    is_filled = known is None or await index.is_filled(session, call.id)
    if is_filled:
        said = [(who, text) for _ms, who, text in delivery.utterances]
        await index.keep_call(session, call, place.organization_id, said)
    return call


async def _find(session: AsyncSession, actor: Actor, delivery: Delivery, region: str) -> _Place:
    try:
        organization = await find_by_name(session, actor, delivery.organization)
    except NotFound as error:
        raise DeliveryRefused(Reason.ORGANIZATION, error.what, error.hint) from None
    recipient_id = await session.scalar(
        sa.select(Recipient.id).where(
            Recipient.deleted_at.is_(None),
            Recipient.organization_id == organization.id,
            Recipient.phone == delivery.phone,
        )
    )
    if recipient_id is None:
        raise DeliveryRefused(
            Reason.RECIPIENT,
            _("{organization} has no recipient with the number {phone}.").format(
                organization=organization.name, phone=phone.show(delivery.phone, region)
            ),
        )
    campaign_id = await session.scalar(
        sa.select(Campaign.id)
        .where(
            Campaign.name_key == search_key(delivery.campaign),
            sa.or_(Campaign.organization_id.is_(None), Campaign.organization_id == organization.id),
        )
        .order_by(Campaign.organization_id.is_(None))  # its own before one that is open to all
        .limit(1)
    )
    if campaign_id is None:
        raise DeliveryRefused(
            Reason.CAMPAIGN,
            _("{organization} has no campaign {campaign}.").format(
                organization=organization.name, campaign=delivery.campaign
            ),
        )
    return _Place(organization.id, recipient_id, campaign_id)
