"""Correcting a failed row of an upload: saved, its recipient belongs to the upload."""

from msgspec.structs import replace

from core.app.permissions import WRITERS, About, Shows
from core.app.use_case import Steps, use_case
from core.contacts.giving import give_guardian
from core.db.models import Recipient, Upload, UploadRow
from core.recipients import reveals
from core.recipients.masking import is_masked, without_digits, without_numbers
from core.recipients.rules import RecipientDraft
from core.recipients.service import insert, telling
from core.tags import assigning
from core.tags.rules import names_of_one
from core.uploads import queries, traces
from core.uploads.dto import Guardian, ResultFilter, ResultRow, RowResult
from core.uploads.queries import RowQueries
from core.uploads.reading import UploadReading
from core.uploads.rules import clean_guardian
from core.values.errors import ActionBlocked, NotFound
from core.values.i18n import _
from core.values.stored import stored_object

NO_GUARDIAN = Guardian()


class UploadCorrecting(UploadReading):
    """The part of the upload service that saves failed rows as they should be."""

    @use_case(WRITERS, "steps", upload_id=About.UPLOAD, shows=Shows.RECORDED)
    async def correct_row(
        self,
        steps: Steps,
        upload_id: int,
        row: int,
        draft: RecipientDraft,
        guardian: Guardian = NO_GUARDIAN,
        tags: str = "",
    ) -> ResultRow:
        """Save a failed row as corrected; its recipient belongs to the upload, with guardian and tags as given.

        Raises InvalidInput naming the field that still breaks a rule.
        """
        async with telling(steps, self._settings) as (session, actor):
            await reveals.require_left(session, actor, self._settings)
            summary = await queries.summary(session, actor, upload_id)
            found = await session.get(UploadRow, (upload_id, row))
            if found is None:
                raise NotFound(_("This row does not exist (any more)."))
            if found.result != RowResult.FAILED:
                raise ActionBlocked(_("This row has not failed; edit its recipient instead."))
            if summary.undone_at is not None:
                raise ActionBlocked(_("This upload was undone; its rows cannot be corrected."))
            given = stored_object(found.given)
            number, other = (str(given.get(one, "")) for one in ("phone", "guardian_phone"))
            if is_masked(actor, self._settings):
                if draft.phone == without_digits(number):
                    draft = replace(draft, phone=number)
                if other and guardian.phone == without_numbers(other):
                    guardian = replace(guardian, phone=other)
            recipient_id = await insert(session, actor, self._settings, draft, upload_id=upload_id)
            if guardian:
                stored = clean_guardian(guardian, self._settings.region)
                await give_guardian(session, actor, recipient_id, stored.name, stored.phone)
            if names := names_of_one(tags):
                made = await session.get_one(Recipient, recipient_id)
                await assigning.give(session, actor, recipient_id, made.organization_id, names)
            key, name = found.phone_key, str(stored_object(found.given).get("name", ""))
            found.result = RowResult.CREATED.value
            found.recipient_id = recipient_id
            found.given, found.reasons, found.about_id, found.phone_key = {}, [], None, None
            await session.flush()
            await traces.follow_correction(session, recipient_id, key, name)
            upload = await session.get_one(Upload, upload_id)
            upload.created += 1
            upload.failed -= 1
            await session.flush()
            rows = RowQueries(actor, upload_id, ResultFilter(), self._settings)
            return (await rows.read(session, rows.page(after=row - 1, limit=1)))[0]
