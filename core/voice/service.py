"""A call's voice file, for those who may see its recipient; who hears it is recorded."""

import asyncio
import os
from typing import BinaryIO, Self

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.calls.lookup import find_by_external_id, not_found
from core.db.models import Call, Recipient
from core.db.rows import one_or
from core.recipients.queries import visible_recipients
from core.values.errors import ActionBlocked
from core.values.i18n import _
from core.voice.files import open_voice_file
from core.voice.rules import check_owner


class VoiceFile(Struct, frozen=True):
    """A call's voice file, open for reading; whoever gets it closes it."""

    call_id: int
    recipient_id: int
    external_id: str
    size: int
    file: BinaryIO

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.file.close()


class VoiceService(Service, name="voice"):
    """Voice files, as far as the actor may see the recipients of their calls. A viewer may listen."""

    @use_case(READERS, "read", call_id=About.CALL)
    async def open_unheard(self, session: AsyncSession, actor: Actor, call_id: int) -> VoiceFile:
        """The voice file of a call, to draw where it has speech; that is not recorded as listening.

        Raises NotFound, ActionBlocked or InvalidInput with the reason why there is nothing to hear.
        """
        voice, _organization = await self._opened(session, actor, Call.id == call_id)
        return voice

    @use_case(READERS, "steps", call_id=About.CALL, shows=Shows.RECORDED)
    async def open_voice(self, steps: Steps, call_id: int) -> VoiceFile:
        """The voice file of a call, to play it: recorded as ``voice.play``. Raises as ``open_unheard``."""
        return await self._recorded(steps, Call.id == call_id, "voice.play")

    @use_case(READERS, "steps", external_id=About.CALL_OF_SYSTEM, shows=Shows.RECORDED)
    async def open_by_external_id(
        self,
        steps: Steps,
        external_id: str,
        organization: str | None = None,
        source: str | None = None,
    ) -> VoiceFile:
        """The voice file of the call that the calling system knows by this id, to hand it out.

        Recorded as ``voice.copy``. Raises as ``open_unheard``, and InvalidInput where several calls have the id.
        """
        async with steps.reading() as (session, actor):
            call_id = await find_by_external_id(session, actor, external_id, organization, source)
        return await self._recorded(steps, Call.id == call_id, "voice.copy")

    async def _recorded(
        self, steps: Steps, which: sa.ColumnElement[bool], action: str
    ) -> VoiceFile:
        voice: VoiceFile | None = None
        try:
            async with steps.writing() as (session, actor):
                voice, organization_id = await self._opened(session, actor, which)
                await trail.record(
                    session, actor, action, "call", voice.call_id,
                    organization_id=organization_id, details={"recipient": voice.recipient_id},
                )  # fmt: skip
        except BaseException:
            # Nobody hears what is not recorded.
            if voice is not None:
                voice.file.close()
            raise
        return voice

    async def _opened(
        self, session: AsyncSession, actor: Actor, which: sa.ColumnElement[bool]
    ) -> tuple[VoiceFile, int]:
        select = (
            sa.select(
                Call.id,
                Call.external_id,
                Call.recipient_id,
                Call.voice_file,
                Call.voice_key,
                Call.organization_id.label("delivered_for"),
                Recipient.organization_id,
            )
            .join(Recipient, Recipient.id == Call.recipient_id)
            .where(visible_recipients(actor), which)
        )
        call = await one_or(session, select, not_found())
        if not call.voice_file:
            raise ActionBlocked(_("This call has no voice file."))
        check_owner(call.voice_file, call.voice_key, call.delivered_for)
        # A voice directory on the network may take its time.
        file = await asyncio.to_thread(open_voice_file, self._settings.voice_dir, call.voice_file)
        size = os.fstat(file.fileno()).st_size
        voice = VoiceFile(call.id, call.recipient_id, call.external_id, size, file)
        return voice, call.organization_id
