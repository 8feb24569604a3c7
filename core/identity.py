"""Under which OS account, and from where, this process runs. The environment is never asked."""

import os
import pwd
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """The OS account by the kernel's word, the client's address (under sshd), and who it claims to act as."""

    account: str
    uid: int
    client: str = ""
    act_as: str = ""


def of_process(act_as: str = "", client: str = "") -> Identity:
    """The identity of this process: the name that the user database gives to its real user ID."""
    uid = os.getuid()
    try:
        account = pwd.getpwuid(uid).pw_name
    except KeyError:
        account = f"uid-{uid}"
    return Identity(account=account, uid=uid, client=client, act_as=act_as)
