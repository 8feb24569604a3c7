"""``carecall --ssh``: started by sshd as a forced command, for somebody who has no shell on the host.

What the client asked for stands in SSH_ORIGINAL_COMMAND. It is split into words and parsed, never run. Only the
commands that say so themselves are let through (``Parser.over_ssh``), and ``-`` in the place of every file. Who
acts comes from the forced command's own ``--as`` (or the OS account), never from the client.
"""

import argparse
import ipaddress
import os
import shlex
from collections.abc import Callable, Iterable, Mapping

from core.io import identity
from core.values.errors import InvalidInput, NotPermitted
from core.values.i18n import _
from tui.commands.parsing import leaves

# who acts, and where sound goes, is the forced command's word alone
_NEVER = {"act_as": "as", "ssh": "ssh", "sound_port": "sound-port"}


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


def checked(
    asked: argparse.Namespace, every: Callable[[], argparse.ArgumentParser]
) -> argparse.Namespace:
    """What the client asked for, where all of it may be asked for; ``every``: the parser of all commands.

    Raises NotPermitted.
    """
    parser = asked.parser
    for name in _NEVER:
        if getattr(asked, name):
            raise NotPermitted(
                _("An option is not for use over this connection: {option}.").format(
                    option=_NEVER[name]
                ),
                _("Leave it out."),
            )
    if asked.command is None:  # the console
        return asked
    if not parser.over_ssh:
        allowed = sorted({leaf.prog.split()[1] for leaf in leaves(every()) if leaf.over_ssh})
        raise NotPermitted(
            _("The command {command} is not for use over this connection.").format(
                command=parser.prog.partition(" ")[2]
            ),
            _("It can be: {commands}.").format(commands=", ".join(allowed))
            if asked.command not in allowed
            else _("Run it on the host."),
        )
    if any(getattr(asked, name) not in (None, "", "-") for name in parser.files):
        raise NotPermitted(
            _("Over this connection files are read from and written to the client: use -"),
            _("For example: ssh HOST carecall upload - < FILE"),
        )
    return asked


def parsed_for_client(
    given: argparse.Namespace,
    make_parser: Callable[[list[str]], argparse.ArgumentParser],
    commands: Iterable[str],
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
    asked = checked(make_parser(words).parse_args(words), lambda: make_parser([*commands]))
    who = identity.of_process(act_as=given.act_as, client=client_address(), over_ssh=True)
    return asked, who
