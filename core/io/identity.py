"""Under which OS account, and from where, this process runs. The environment is never asked."""

import os
import pwd

from msgspec import Struct


class Identity(Struct, frozen=True):
    """The OS account by the kernel's word, the client's address (under sshd), and who it claims to act as.

    ``over_ssh``: a forced command started it (``carecall --ssh``), so that whoever it is shares the account.
    """

    account: str
    uid: int
    client: str = ""
    act_as: str = ""
    over_ssh: bool = False


def of_process(act_as: str = "", client: str = "", *, over_ssh: bool = False) -> Identity:
    """The identity of this process: the name that the user database gives to its real user ID."""
    uid = os.getuid()
    try:
        account = pwd.getpwuid(uid).pw_name
    except KeyError:
        account = f"uid-{uid}"
    return Identity(account, uid, client, act_as, over_ssh)
