"""What an admin's login and account may be, and who may be disabled. Pure."""

import re

from core.values import text
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.roles import Role

LOGIN_MAXIMUM = 32
NAME_MAXIMUM = 40
SOURCE_MAXIMUM = 40
_LOGIN = re.compile(r"[a-z0-9_][a-z0-9._-]*")


def clean_login(value: str, *, field: str = "login") -> str:
    """A login or the name of an OS account. Raises InvalidInput for ``field``."""
    value = value.strip()
    if not _LOGIN.fullmatch(value) or len(value) > LOGIN_MAXIMUM:
        raise InvalidInput(
            _("{value} cannot be a login or an account.").format(
                value=text.replace_forbidden(text.fold_line(value))[:LOGIN_MAXIMUM] or "''"
            ),
            _("Use a-z, 0-9, dot, hyphen and underscore, at most {maximum}.").format(
                maximum=LOGIN_MAXIMUM
            ),
            field=field,
        )
    return value


def login_of(account: str) -> str:
    """A login for the OS account, which may be named in other ways than a login."""
    usable = re.sub(r"[^a-z0-9._-]+", "-", account.lower()).strip("-.")[:LOGIN_MAXIMUM]
    return usable or "admin"


def clean_name(value: str) -> str:
    """The name that is shown of an admin. Raises InvalidInput (field ``name``)."""
    return text.line(value, field="name", label=_("Name"), maximum=NAME_MAXIMUM)


def clean_source(value: str, role: Role) -> str:
    """The name of the calling system that an admin is. Raises InvalidInput (field ``source``)."""
    if value and role is not Role.INGEST:
        raise InvalidInput(
            _("Only an admin with the role ingest is a calling system."),
            _("Leave --source out."),
            field="source",
        )
    return text.line(value, field="source", label=_("Source"), maximum=SOURCE_MAXIMUM)


def clean_role(value: str) -> Role:
    """One of the roles. Raises InvalidInput (field ``role``)."""
    try:
        return Role(value)
    except ValueError:
        raise InvalidInput(
            _("There is no such role."),
            _("It can be: {known}.").format(known=", ".join(Role)),
            field="role",
        ) from None


def check_organization(role: Role, organization: str | None) -> None:
    """Raise InvalidInput unless role and organization fit: system admins have none, ``ingest`` may have one."""
    if role is Role.SYSTEM and organization is not None:
        raise InvalidInput(
            _("A system admin belongs to no organization."),
            _("Leave --organization out."),
            field="organization",
        )
    if role not in (Role.SYSTEM, Role.INGEST) and not organization:
        raise InvalidInput(
            _("An admin with this role belongs to an organization."),
            _("Name it with --organization NAME."),
            field="organization",
        )


def why_not_disable(*, oneself: bool, last_system_admin: bool) -> str | None:
    """The reason why an admin cannot be disabled, or None where it can."""
    if oneself:
        return _("Nobody can disable their own login.")
    if last_system_admin:
        return _("This is the last system admin; somebody must be able to manage the console.")
    return None
