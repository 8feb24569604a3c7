"""What sshd lets in, as far as its files can be read by this account.

As sshd reads them: the first word on a thing holds; a Match block holds for whom it names, before what stands
outside. Only blocks that name a user or a group are looked at.
"""

import grp
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct, field

from core.law.dto import SshRules

CONFIG = Path("/etc/ssh/sshd_config")
_KEY_TYPES = ("ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-")


class _Said(Struct):
    """What holds for everybody, and what for this account."""

    outside: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        return self.inside.get(name) or self.outside.get(name, "")


def read(config: Path, account: str) -> SshRules:
    """The rules for this account."""
    groups = [one.gr_name for one in grp.getgrall() if account in one.gr_mem]
    said, holds = _Said(), None
    try:
        for name, value in _lines(config):
            if name == "match":
                holds = _is_meant(value, account, groups)
            elif holds is None:
                said.outside.setdefault(name, value)
            elif holds:
                said.inside.setdefault(name, value)
    except OSError:
        return SshRules()
    methods = said.of("authenticationmethods").split()
    only_keys = bool(methods) and all(one.startswith("publickey") for one in methods)
    typed = [said.of(f"{one}authentication").lower() for one in ("password", "kbdinteractive")]
    keys = _keys(said.of("authorizedkeysfile").split(), account)
    return SshRules(
        str(config),
        only_keys or typed == ["no", "no"],
        len(keys),
        sum("from=" in one for one in keys),
    )


def _lines(config: Path, depth: int = 0) -> Iterator[tuple[str, str]]:
    for line in config.read_text("utf-8", "replace").splitlines():
        name, _space, value = line.strip().replace("=", " ", 1).partition(" ")
        name, value = name.lower(), value.strip().strip('"')
        if name == "include" and depth < 4:
            for pattern in value.split():
                for file in sorted(config.parent.glob(pattern.removeprefix(f"{config.parent}/"))):
                    yield from _lines(file, depth + 1)
                    yield "match", ""  # a block ends with its file
        elif name and not name.startswith("#"):
            yield name, value


def _is_meant(criteria: str, account: str, groups: list[str]) -> bool | None:
    """Whether a Match block is this account's; None where it is nobody's, or everybody's."""
    words = criteria.split()
    if not words or words[0].lower() == "all":
        return None
    named = dict(zip([one.lower() for one in words[::2]], words[1::2], strict=False))
    if not named.keys() <= {"user", "group"}:
        return False
    users, of = named.get("user", "*").split(","), named.get("group", "")
    in_group = not of or any(fnmatchcase(group, one) for group in groups for one in of.split(","))
    return in_group and any(fnmatchcase(account, one) for one in users)


def _keys(files: list[str], account: str) -> list[str]:
    """The lines with keys of files that lie outside of a home, as far as they can be read."""
    found: list[str] = []
    for file in files:
        path = Path(file.replace("%u", account))
        if path.is_absolute():
            try:
                text = path.read_text("utf-8", "replace")
            except OSError:
                return []
            found += [one for one in text.splitlines() if _is_key(one)]
    return found


def _is_key(line: str) -> bool:
    plain = line.strip()
    return not plain.startswith("#") and any(kind in plain for kind in _KEY_TYPES)
