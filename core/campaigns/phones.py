"""Which recipients are meant by numbers that somebody typed."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.campaigns.dto import Refusal
from core.db.bulk import one_of
from core.db.models import Recipient
from core.values import phone
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import replace_forbidden


class Lookup(Struct, frozen=True):
    """The recipients' IDs, and the numbers that mean nobody, or more than one."""

    ids: tuple[int, ...]
    refused: tuple[Refusal, ...]


async def find(
    session: AsyncSession,
    typed: Sequence[str],
    region: str,
    which: Sequence[sa.ColumnElement[bool]],
) -> Lookup:
    """Look the numbers up among the recipients that meet the conditions."""
    parsed: dict[str, str] = {}
    refused: list[Refusal] = []
    for text in typed:
        try:
            parsed.setdefault(phone.parse(text, region), replace_forbidden(text))
        except InvalidInput as error:
            refused.append(Refusal(replace_forbidden(text), str(error)))
    holders: dict[str, list[int]] = defaultdict(list)
    named = one_of(session, Recipient.phone, list(parsed), sa.String())
    select = sa.select(Recipient.phone, Recipient.id).where(*which, named)
    for e164, recipient_id in await session.execute(select):
        holders[e164].append(recipient_id)
    ids: list[int] = []
    for e164, text in parsed.items():
        if len(holders[e164]) == 1:
            ids += holders[e164]
        elif holders[e164]:
            reason = _("Several organizations have a recipient with this number; name one of them.")
            refused.append(Refusal(text, reason))
        else:
            refused.append(Refusal(text, _("No recipient has this number.")))
    return Lookup(tuple(ids), tuple(refused))
