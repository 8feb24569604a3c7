"""``carecall --ssh``: started by sshd as a forced command, for somebody who has no shell on the host.

What the client asked for stands in SSH_ORIGINAL_COMMAND. It is split into words and parsed, never run; of what was
parsed only the commands and options below are let through, and ``-`` in the place of every file. Who acts comes
from the forced command's own ``--as`` (or the OS account), never from the client. See ``docs/installing.md``.
"""

import argparse
import ipaddress
import os
import shlex
from collections.abc import Callable, Mapping

from core.io import identity
from core.values.errors import InvalidInput, NotPermitted
from core.values.i18n import _

_FREE = "free"  # any value
_STREAM = "stream"  # only "-": standard input or output

# of what narrows a list, and of what is done to recipients
_FILTERS = (
    "organization",
    "search",
    "status",
    "campaign",
    "analysis",
    "result",
    "streak",
    "registered_from",
    "registered_to",
    "last_call_from",
    "last_call_to",
    "emergency_from",
    "resumes_within",
    "no_call_days",
    "getting_worse",
    "tag",
    "sort",
    "descending",
)
_OF_LIST = (
    "tag",
    "list",
    "show",
    "reveal",
    "add",
    "edit",
    "delete",
    "restore",
    "pause",
    "resume",
    "duplicates",
    "merge",
    "apart",
)
_OF_RECIPIENT = (
    "recipient",
    "reason",
    "lang",
    "name",
    "phone",
    "other_information",
    "responsible",
    "version",
    "view",
    "limit",
    "json",
    "until",
    "give",
    "take",
    "first",
    "second",
    "undo",
)

# command: (name of the parsed argument: which values it may have); what is not named must be left out
_CONSOLE: dict[str, str | frozenset[str]] = {}
ALLOWED: dict[str | None, dict[str, str | frozenset[str]]] = {
    None: _CONSOLE,
    "upload": {"file": _STREAM, "organization": _FREE, "dry_run": _FREE, "json": _FREE},
    "download": {
        "file": _STREAM,
        "organization": _FREE,
        "status": _FREE,
        "search": _FREE,
        "reason": _FREE,
    },
    "template": {"file": _STREAM},
    "call-list": {"campaign": _FREE, "organization": _FREE, "format": _FREE},
    "ingest": {
        "file": _STREAM,
        **dict.fromkeys(("schema", "source", "held", "retry", "drop", "reason", "json"), _FREE),
    },
    # what is erased at once is erased on the host
    "recipient": {
        "action": frozenset({"export", *_OF_LIST}),
        "to": _STREAM,
        **dict.fromkeys((*_FILTERS, *_OF_RECIPIENT), _FREE),
    },
    "task": dict.fromkeys(
        (
            "action",
            "tab",
            "recipient",
            "task",
            "text",
            "due",
            "organization",
            "login",
            "nobody",
            "until",
            "type",
            "details",
            "next",
            "next_due",
            "next_to",
            "reason",
            "version",
            "limit",
            "json",
        ),
        _FREE,
    ),
    "handover": {
        "file": _STREAM,
        **dict.fromkeys(("organization", "sign", "confirm", "last", "json"), _FREE),
    },
    "tag": dict.fromkeys(("action", "tag", "new_name", "organization", "json"), _FREE),
    "view": dict.fromkeys(
        (
            *_FILTERS,
            "action",
            "name",
            "new",
            "id",
            "place",
            "shared",
            "replace",
            "version",
            "limit",
            "json",
        ),
        _FREE,
    ),
    "call": dict.fromkeys(
        ("action", "recipient", "call", "organization", "source", "limit", "json"), _FREE
    ),
    "memory": dict.fromkeys(
        ("action", "recipient", "memory", "organization", "text", "version", "json"), _FREE
    ),
    "followup": dict.fromkeys(
        (
            "action",
            "recipient",
            "call",
            "followup",
            "organization",
            "source",
            "type",
            "details",
            "version",
            "json",
        ),
        _FREE,
    ),
    "memo": dict.fromkeys(
        ("action", "recipient", "memo", "organization", "text", "version", "json"), _FREE
    ),
    "feedback": dict.fromkeys(("call", "organization", "source", "verdict", "json"), _FREE),
    "contact": dict.fromkeys(
        (
            "action",
            "recipient",
            "contact",
            "organization",
            "relation",
            "phone",
            "name",
            "place",
            "reason",
            "version",
            "json",
        ),
        _FREE,
    ),
    "trend": dict.fromkeys(("recipient", "organization", "json"), _FREE),
    "voice": {"call": _FREE, "organization": _FREE, "source": _FREE, "file": _STREAM},
    "files": dict.fromkeys(("action", "name", "json"), _FREE),
    "audit": dict.fromkeys(
        (
            "action",
            "access",
            "admin",
            "done",
            "recipient",
            "since",
            "until",
            "limit",
            "format",
            "head",
            "month",
            "sign",
            "json",
        ),
        _FREE,
    ),
    "organization": dict.fromkeys(
        ("action", "name", "new_name", "timezone", "search", "json"), _FREE
    ),
    "admin": dict.fromkeys(
        ("action", "login", "role", "organization", "name", "account", "source", "json"), _FREE
    ),
    "campaign": dict.fromkeys(("action", "name", "organization", "phone", "all", "json"), _FREE),
}
# of the words before the command; --as and --ssh are the forced command's alone
_BEFORE = {"command": _FREE, "rich": _FREE, "plain": _FREE}


def client_arguments(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The words that the client asked for, the name of the program left out."""
    try:
        words = shlex.split(environment.get("SSH_ORIGINAL_COMMAND", ""))
    except ValueError:
        raise InvalidInput(
            _("The command has a quote that is not closed."), _("Write it as for a shell.")
        ) from None
    return words[1:] if words[:1] == ["carecall"] else words


def client_address(environment: Mapping[str, str] = os.environ) -> str:
    """The client's address as sshd tells it, or "" for anything that is none.

    Where sudo kept the variable, whoever called sudo could have set it: that is said.
    """
    first = environment.get("SSH_CONNECTION", "").partition(" ")[0]
    try:
        address = str(ipaddress.ip_address(first))[:40]
    except ValueError:
        return ""
    return f"{address} (claimed)" if "SUDO_UID" in environment else address


def checked(asked: argparse.Namespace) -> argparse.Namespace:
    """What the client asked for, where all of it may be asked for. Raises NotPermitted."""
    if asked.command not in ALLOWED:
        raise NotPermitted(
            _("The command {command} is not for use over this connection.").format(
                command=asked.command
            ),
            _("It can be: {commands}.").format(
                commands=", ".join(name for name in ALLOWED if name is not None)
            ),
        )
    allowed = _BEFORE | ALLOWED[asked.command]
    for name, value in vars(asked).items():
        if value in (None, False, "", []):
            continue
        kind = allowed.get(name)
        if kind is None:
            raise NotPermitted(
                _("An option is not for use over this connection: {option}.").format(
                    option="as" if name == "act_as" else name.replace("_", "-")
                ),
                _("Leave it out."),
            )
        if isinstance(kind, frozenset) and value not in kind:
            raise NotPermitted(
                _("The command {command} is not for use over this connection.").format(
                    command=f"{asked.command} {value}"
                ),
                _("Run it on the host."),
            )
        if kind is _STREAM and value != "-":
            raise NotPermitted(
                _("Over this connection files are read from and written to the client: use -"),
                _("For example: ssh HOST carecall upload - < FILE"),
            )
    return asked


def parsed_for_client(
    given: argparse.Namespace, make_parser: Callable[[list[str]], argparse.ArgumentParser]
) -> tuple[argparse.Namespace, identity.Identity]:
    """What the client asked for, checked, and who it is by the forced command's word (``given``)."""
    if given.command is not None:
        raise InvalidInput(
            _("--ssh takes its command from the client."), _("Leave it out of the forced command.")
        )
    os.umask(0o077)
    # whose sound server it is depends on the key; core.voice.desk makes sure
    os.environ.pop("PULSE_SERVER", None)
    if given.sound_port:
        os.environ["PULSE_SERVER"] = f"tcp:127.0.0.1:{given.sound_port}"
    words = client_arguments()
    asked = checked(make_parser(words).parse_args(words))
    who = identity.of_process(act_as=given.act_as, client=client_address(), over_ssh=True)
    return asked, who
