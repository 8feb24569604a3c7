"""What services and screens exchange about admins. Frozen; times in UTC."""

from dataclasses import dataclass
from datetime import datetime

from core.values.roles import Role


@dataclass(frozen=True, slots=True)
class AdminRow:
    """An admin. Without an organization exactly for the role ``system``."""

    id: int
    login: str
    account: str | None
    name: str
    role: Role
    organization: str
    disabled_at: datetime | None
