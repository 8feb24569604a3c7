"""Services: opened once by the entry point, handed to the screens."""

from collections.abc import Awaitable, Callable
from typing import Self

from core.admins.service import AdminService
from core.app import upkeep, use_case
from core.app.actor import Actor
from core.app.audit import syslog
from core.app.audit.access_log import AccessLog, Ahead, Result
from core.app.audit.service import AuditService
from core.calls.feedback import FeedbackService
from core.calls.ingest import IngestService
from core.calls.service import CallService
from core.campaigns.participations import ParticipationService
from core.campaigns.service import CampaignService
from core.contacts.service import ContactService
from core.conversations.service import ConversationService
from core.db import schema
from core.db.engine import Database
from core.db.watcher import Watcher
from core.duplicates.service import DuplicateService
from core.exports.service import ExportService
from core.followups.service import FollowupService
from core.handovers.service import HandoverService
from core.history.service import HistoryService
from core.memory.service import MemoryService
from core.memos.service import MemoService
from core.organizations.service import OrganizationService
from core.recipients.deletions import DeletionService
from core.recipients.service import RecipientService
from core.retention.service import RetentionService
from core.storage.backup import BackupService
from core.tags.service import TagService
from core.tasks.service import TaskService
from core.trends.service import TrendService
from core.uploads.download import DownloadService
from core.uploads.service import UploadService
from core.values.settings import Settings
from core.views.service import ViewService
from core.voice.service import VoiceService
from core.written.service import WrittenService


class Services:
    """Every use case of the core, on one database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.admins = AdminService(database, settings)
        self.organizations = OrganizationService(database, settings)
        self.recipients = RecipientService(database, settings)
        self.deletions = DeletionService(database, settings)
        self.participations = ParticipationService(database, settings)
        self.campaigns = CampaignService(database, settings)
        self.calls = CallService(database, settings)
        self.ingest = IngestService(database, settings)
        self.feedback = FeedbackService(database, settings)
        self.memory = MemoryService(database, settings)
        self.followups = FollowupService(database, settings)
        self.memos = MemoService(database, settings)
        self.tasks = TaskService(database, settings)
        self.tags = TagService(database, settings)
        self.contacts = ContactService(database, settings)
        self.conversations = ConversationService(database, settings)
        self.history = HistoryService(database, settings)
        self.trends = TrendService(database, settings)
        self.duplicates = DuplicateService(database, settings)
        self.handovers = HandoverService(database, settings)
        self.views = ViewService(database, settings)
        self.voice = VoiceService(database, settings)
        self.audit = AuditService(database, settings)
        self.retention = RetentionService(database, settings)
        self.backup = BackupService(database, settings)
        self.uploads = UploadService(database, settings)
        self.downloads = DownloadService(database, settings)
        self.exports = ExportService(database, settings)
        self.written = WrittenService(database, settings)
        self._access_log = AccessLog(database)
        database.keep_accesses = self._access_log.keep
        if settings.audit_syslog:
            database.announce = syslog.announce

    @classmethod
    async def open(cls, settings: Settings, on_wait: Callable[[bool], None] | None = None) -> Self:
        """Open the database of the settings. Raises StorageUnavailable where it cannot be used as it is.

        ``on_wait``: see ``Database``.
        """
        database = Database(settings.database)
        database.on_wait = on_wait
        try:
            await schema.require_current(database)
        except BaseException:
            await database.close()
            raise
        return cls(settings, database)

    @staticmethod
    def why_not(name: str, actor: Actor) -> str | None:
        """See ``core.app.use_case.why_not``."""
        return use_case.why_not(name, actor)

    async def run_upkeep(self) -> None:
        """Do what time brings, where this session may write: see ``core.app.upkeep``."""
        if await self.database.may_write():
            await upkeep.run_upkeep(self.database, self.settings)

    def watcher(self) -> Watcher:
        """Tells when the database has been changed, by this process or another."""
        return Watcher(self.database)

    async def read_ahead(self, reading: Awaitable[Result]) -> Ahead[Result]:
        """What this reads of these services, to be shown later: nobody has looked at it until then."""
        return await self._access_log.read_ahead(reading)

    def forget_session(self) -> None:
        """Let others take in what was recorded of looking; what comes next is another session's."""
        self._access_log.close()

    async def close(self) -> None:
        """Give the database back."""
        self.forget_session()
        await self.database.close()
