"""How an admin is called wherever one is named: by name, with the login where two have one name."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.db.models import Admin


def name_of(admin: Any = Admin) -> sa.ColumnElement[str]:
    """The name of this admin (the model, or an alias of it); NULL where an outer join found none."""
    other = aliased(Admin)
    # the ID only: a login role may not read every column of admins
    has_namesake = sa.exists(other.id).where(other.name == admin.name, other.id != admin.id)
    return sa.case(
        (admin.name == "", admin.login),
        (has_namesake, admin.name + " (" + admin.login + ")"),
        else_=admin.name,
    )
