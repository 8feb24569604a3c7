"""Link failed rows of uploads to the recipients that they are about, and keep no names in their reasons."""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.uploads.rules import DIFFERS, TAKEN, phone_digits
from core.values.errors import InvalidInput
from core.values.phone import parse

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_REGION = "KR"  # only a number that is written at home depends on it
_PAGE = 2_000
# what the reasons said, in both languages
_NAMING = (
    (TAKEN, r"Mobile phone number .* belongs to .* in this organization already\."),
    (TAKEN, r"휴대폰 번호 .* 이미 이 기관의 .* 사용하고 있습니다\."),
    (DIFFERS, r"Other information differs from that of .*, who has .* already\."),
    (DIFFERS, r"기타 정보가 이미 .* 번호를 쓰는 .* 것과 다릅니다\."),
)
_ROWS = sa.table(
    "upload_rows",
    sa.column("upload_id"), sa.column("row"), sa.column("result"), sa.column("given", sa.JSON()),
    sa.column("reasons", sa.JSON()), sa.column("about_id"), sa.column("phone_key"),
)  # fmt: skip
_UPLOADS = sa.table("uploads", sa.column("id"), sa.column("organization_id"))
_RECIPIENTS = sa.table(
    "recipients", sa.column("id"), sa.column("phone"), sa.column("organization_id"),
    sa.column("deleted_at"),
)  # fmt: skip


def upgrade() -> None:
    """Two columns and their indexes, filled as far as the rows tell."""
    op.execute(
        "ALTER TABLE upload_rows ADD COLUMN about_id INTEGER"
        " CONSTRAINT fk_upload_rows_about_id REFERENCES recipients (id)"
    )
    op.execute("ALTER TABLE upload_rows ADD COLUMN phone_key VARCHAR(16)")
    for name, column in (("about", "about_id"), ("phone", "phone_key")):
        op.execute(
            f"CREATE INDEX ix_upload_rows_{name} ON upload_rows ({column}) WHERE {column} IS NOT NULL"
        )
    connection = op.get_bind()
    place = (0, 0)
    while page := _page(connection, place):
        for upload_id, row, given, reasons, organization_id in page:
            key = _key(given)
            named = [_without_name(reason) for reason in reasons]
            about = None
            if named != reasons and key:
                about = _holder(connection, key, organization_id)
            connection.execute(
                sa.update(_ROWS)
                .where(_ROWS.c.upload_id == upload_id, _ROWS.c.row == row)
                .values(phone_key=key, reasons=named, about_id=about)
            )
        place = (page[-1][0], page[-1][1])


def _page(connection: sa.Connection, place: tuple[int, int]) -> list[Any]:
    here = sa.tuple_(_ROWS.c.upload_id, _ROWS.c.row)
    select = (
        sa.select(
            _ROWS.c.upload_id, _ROWS.c.row, _ROWS.c.given, _ROWS.c.reasons,
            _UPLOADS.c.organization_id,
        )
        .join_from(_ROWS, _UPLOADS, _UPLOADS.c.id == _ROWS.c.upload_id)
        .where(
            _ROWS.c.result == "failed",
            here > sa.tuple_(sa.literal(place[0]), sa.literal(place[1])),
        )
        .order_by(_ROWS.c.upload_id, _ROWS.c.row)
        .limit(_PAGE)
    )  # fmt: skip
    return list(connection.execute(select))


def _key(given: dict[str, Any]) -> str | None:
    written = str(given.get("phone", ""))
    try:
        return parse(written, _REGION)
    except InvalidInput:
        return phone_digits(written) or None


def _without_name(reason: Any) -> Any:
    for code, words in _NAMING:
        if isinstance(reason, str) and re.match(words, reason):
            return {"code": code}
    return reason


def _holder(connection: sa.Connection, key: str, organization_id: int | None) -> int | None:
    select = sa.select(_RECIPIENTS.c.id).where(
        _RECIPIENTS.c.phone == key, _RECIPIENTS.c.deleted_at.is_(None)
    )
    if organization_id is not None:
        select = select.where(_RECIPIENTS.c.organization_id == organization_id)
    found: int | None = connection.scalar(select.limit(1))
    return found


def downgrade() -> None:
    """There is no way back; a copy is made before an upgrade."""
    raise NotImplementedError
