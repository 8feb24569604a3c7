"""One actor and one organization, with things in it that are made when a test asks for them."""

import functools
import io
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import openpyxl
import sqlalchemy as sa
from msgspec import Struct, field

from core.app.actor import Actor
from core.contacts.rules import ContactDraft
from core.db.models import AuditRecord, Call, Campaign, Handover, Upload, UploadRow
from core.memory.dto import BroughtUp
from core.memory.learning import learn
from core.recipients.dto import RecipientRow, Selection
from core.recipients.rules import RecipientDraft
from core.recipients.service import insert
from core.tasks.dto import TaskRow
from core.tasks.from_calls import follow
from core.values.roles import Role
from core.values.times import now
from core.voice.rules import voice_key
from tests.deliveries import call
from tests.factories import World, next_phone

T = TypeVar("T")
_numbers = itertools.count(1)


def once(make: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    """Made once on a stage that keeps things, for each way in which it is asked for."""

    @functools.wraps(make)
    async def give(stage: "Stage", *args: Any, **more: Any) -> T:
        if stage.kept is None:
            return await make(stage, *args, **more)
        key = (make.__name__, args, *more.items())
        if key not in stage.kept:
            stage.kept[key] = await make(stage, *args, **more)
        return stage.kept[key]

    return give


class Stage(Struct):
    """``actor`` acts; everything belongs to ``organization_id``, which is the actor's own or another one.

    With ``kept`` the things are made once, for use cases that leave them as they are.
    """

    world: World
    actor: Actor
    organization_id: int
    organization: str
    author: Actor
    _number: int = field(default_factory=lambda: next(_numbers))
    kept: dict[Any, Any] | None = None

    @property
    def services(self) -> Any:
        """The services."""
        return self.world.services

    @property
    def name(self) -> str:
        """A name of this stage's own."""
        return f"n{self._number}"

    async def recipient(self) -> RecipientRow:
        """A recipient of the organization."""
        return await self.world.recipient(self.organization_id, "김영희", next_phone())

    async def selection(self) -> Selection:
        """A recipient of the organization, selected."""
        return Selection(ids=frozenset({(await self.recipient()).id}))

    async def campaign(self, state: str = "in progress", *, own: bool = True) -> str:
        """The name of a campaign of the organization."""
        name = f"{self.name}-{next(_numbers)}"
        await self.world.campaign(name, self.organization_id if own else None, state=state)
        return name

    async def in_campaign(self) -> Selection:
        """A recipient with a campaign in progress, selected."""
        row = await self.recipient()
        await self.world.campaign(
            f"{self.name}-{next(_numbers)}", self.organization_id, recipients=[row.id]
        )
        return Selection(ids=frozenset({row.id}))

    async def line(self) -> dict[str, Any]:
        """A line as the calling system delivers it, of a recipient of the organization."""
        row = await self.recipient()
        return call(
            f"call-{self.name}-{next(_numbers)}",
            organization=self.organization,
            recipient_phone=row.phone,
            campaign=await self.campaign(),
        )

    @once
    async def call(self, analysis: str = "normal", voice_file: str | None = None) -> Call:
        """A call to a recipient of the organization, with a memory detail, and the task that it makes.

        In one transaction: a delivery takes five, and the matrix needs a thousand of them.
        """
        draft = RecipientDraft("김영희", next_phone(), organization_id=self.organization_id)
        settings, moment = self.world.settings, now() - timedelta(hours=1)
        name = f"{self.name}-{next(_numbers)}"
        async with self.world.database.transaction() as session:
            recipient_id = await insert(session, self.world.system, settings, draft)
            campaign = Campaign(name=name, name_key=name, state="in progress", created_at=moment)
            session.add(campaign)
            await session.flush()
            made = Call(
                external_id=f"call-{name}", recipient_id=recipient_id, campaign_id=campaign.id,
                organization_id=self.organization_id, started_at=moment, duration_ms=60_000,
                result="connected", completed=True, analysis=analysis, voice_file=voice_file,
                voice_key=voice_file and voice_key(voice_file),
            )  # fmt: skip
            session.add(made)
            await session.flush()
            said = BroughtUp("sleep", "sleep", "Sleeps well", "sleeps well")
            await learn(session, recipient_id, made.id, moment, [said])
            await follow(session, recipient_id, made, settings)
            session.expunge(made)
        return made

    @once
    async def voice_call(self) -> Any:
        """A call with a voice file."""
        directory = self.world.settings.voice_dir
        directory.mkdir(mode=0o700, exist_ok=True)
        name = f"{self.name}-{next(_numbers)}.wav"
        (directory / name).write_bytes(b"RIFF")
        return await self.call(voice_file=name)

    @once
    async def memory(self) -> Any:
        """A memory detail of a recipient of the organization."""
        made = await self.call()
        [detail] = await self.services.memory.list(self.world.system, made.recipient_id)
        return detail

    @once
    async def followup(self) -> Any:
        """A follow-up action on a call of the organization."""
        made = await self.call()
        return await self.services.followups.add(self.world.system, made.id, "phoned")

    @once
    async def memo(self) -> Any:
        """A memo: the actor's own, where it may see the organization and write."""
        return await self.services.memos.add(self.author, (await self.recipient()).id, "memo")

    @once
    async def task(self, analysis: str = "negative") -> TaskRow:
        """The open task of a call of the organization."""
        made = await self.call(analysis)
        [found] = await self.services.tasks.of_recipient(self.world.system, made.recipient_id)
        return found

    @once
    async def contact(self) -> Any:
        """A contact of a recipient of the organization."""
        draft = ContactDraft("neighbour", "이웃", "051-749-4000")
        recipient = await self.recipient()
        return await self.services.contacts.add(self.world.system, recipient.id, draft)

    @once
    async def handover(self) -> int:
        """The ID of a hand-over of the organization, which somebody else has signed some hours ago."""
        other = await self.world.admin(f"{self.name}-{next(_numbers)}", Role.SYSTEM)
        moment = now() - timedelta(hours=2)
        async with self.world.database.transaction() as session:
            made = Handover(
                organization_id=self.organization_id, number=next(_numbers), since=moment,
                signed_at=moment, signed_by=other.admin_id, text="bye",
            )  # fmt: skip
            session.add(made)
            await session.flush()
            return made.id

    @once
    async def upload(self) -> int:
        """The ID of an upload for the organization, with one failed row."""
        async with self.world.database.transaction() as session:
            made = Upload(
                admin_id=self.world.system.admin_id, organization_id=self.organization_id,
                file_name="x.xlsx", file_hash=self.name, created_at=now(),
                read=1, created=0, unchanged=0, failed=1, warnings=0, notes=[],
            )  # fmt: skip
            session.add(made)
            await session.flush()
            given = {"name": "이", "phone": "1", "fields": ["phone"]}
            session.add(
                UploadRow(upload_id=made.id, row=2, result="failed", given=given, reasons=["no"])
            )
            return made.id

    def workbook(self) -> bytes:
        """A workbook with one recipient."""
        book = openpyxl.Workbook()
        book.active.append(["Recipient name", "Mobile phone number"])
        book.active.append(["박철수", next_phone()])
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    async def admin(self) -> str:
        """The login of a viewer of the organization."""
        login = f"viewer-{next(_numbers)}"
        await self.world.admin(login, Role.VIEWER, self.organization_id)
        return login

    async def refused(self) -> list[AuditRecord]:
        """The records of what the actor was refused."""
        select = sa.select(AuditRecord).where(
            AuditRecord.action == "refused", AuditRecord.admin_id == self.actor.admin_id
        )
        async with self.world.database.reading() as session:
            return list(await session.scalars(select.order_by(AuditRecord.id.desc())))


async def stage(world: World, role: Role, *, own: bool) -> Stage:
    """An actor with this role, before things of its own organization or of another one."""
    number = next(_numbers)
    here, there = await world.organizations(f"Here {number}", f"There {number}")
    actor = await world.admin(f"actor-{number}", role, None if role is Role.SYSTEM else here)
    writes_there = role is Role.SYSTEM or (own and role is Role.ORGANIZATION)
    return Stage(
        world,
        actor,
        here if own else there,
        f"Here {number}" if own else f"There {number}",
        actor if writes_there else world.system,
    )
