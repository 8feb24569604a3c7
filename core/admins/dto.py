"""What services and screens exchange about admins. Frozen; times in UTC."""

from datetime import datetime

from msgspec import Struct

from core.values.roles import Role


class AdminRow(Struct, frozen=True):
    """An admin. Without an organization exactly for the role ``system``."""

    id: int
    login: str
    account: str | None
    name: str
    role: Role
    organization: str
    disabled_at: datetime | None
