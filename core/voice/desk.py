"""Whether a sound server that is forwarded over SSH is that of the desk at the other end of this session.

Everybody who comes in by a key shares the account, and sshd lets whoever comes first listen at a port: another's
desk would play what is meant for this one. Which sshd listens, the system tells no ordinary account. But what is
sent to one's own desk leaves by one's own connection, and how much that was, the kernel tells everybody.
"""

import contextlib
import os
import re
import socket
import struct
import time
from collections.abc import Iterator, Mapping

from core.values.i18n import _
from core.voice.backends.base import CannotPlay, sound_server

_SENT = 16_384  # more than a screen needs, and at once with any sound server
_SECONDS = 3.0
_LOOK_SECONDS = 0.02
_TCP = re.compile(r"(?:tcp[46]?:)?(localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::(\d{1,5}))?", re.ASCII)
_PULSE_PORT = 4713
# linux/sock_diag.h, linux/inet_diag.h, linux/tcp.h
_SOCK_DIAG, _ONE_SOCKET, _WITH_INFO, _INFO = 4, 20, 1 << 1, 2
_REPLY, _ACKNOWLEDGED = 72, 120


def refuse_another_desk(environment: Mapping[str, str] = os.environ) -> None:
    """Raises CannotPlay where the sound server of the environment is forwarded, and not known to be one's own."""
    server = sound_server()
    connection = environment.get("SSH_CONNECTION", "")
    if not server or not connection or server.startswith(("unix:", "/")):
        return  # a socket in the file system is as private as its permissions
    found = _TCP.fullmatch(server.strip())
    if found is None:
        if "localhost" in server or "127." in server or "::1" in server:
            raise _unknown(server)
        return  # a server of the network
    own = _Connection(connection)
    host, port = found[1].strip("[]"), int(found[2] or _PULSE_PORT)
    for family, address in _addresses(host, port):
        with contextlib.suppress(ConnectionRefusedError), _opened(family, address, server) as desk:
            if (before := own.acknowledged()) is None:
                raise _unknown(server)
            _reaches(own, before, desk, server)


def _reaches(own: "_Connection", before: int, desk: socket.socket, server: str) -> None:
    with contextlib.suppress(OSError):  # it may hang up on what is no word of a player's
        desk.sendall(os.urandom(_SENT))
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if (own.acknowledged() or 0) >= before + _SENT:
            return
        time.sleep(_LOOK_SECONDS)
    raise CannotPlay(
        _("The sound server {server} is not that of your desk; nothing is played there.").format(
            server=server
        )
    )


def _unknown(server: str) -> CannotPlay:
    return CannotPlay(
        _("Whether the sound server {server} is that of your desk cannot be checked.").format(
            server=server
        )
    )


def _addresses(host: str, port: int) -> list[tuple[int, tuple[str, int]]]:
    with contextlib.suppress(OSError):
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [(family, (str(place[0]), port)) for family, _kind, _proto, _name, place in found]
    return []


@contextlib.contextmanager
def _opened(family: int, address: tuple[str, int], server: str) -> Iterator[socket.socket]:
    with socket.socket(family, socket.SOCK_STREAM) as desk:
        desk.settimeout(_SECONDS)
        try:
            desk.connect(address)
        except TimeoutError:
            raise _unknown(server) from None
        yield desk


class _Connection:
    """The connection that this session came by, as sshd names it."""

    def __init__(self, named: str) -> None:
        self._request = b""
        with contextlib.suppress(ValueError, OSError):
            there, there_port, here, here_port = named.split()
            family = socket.AF_INET6 if ":" in here else socket.AF_INET
            ports = struct.pack(">HH", int(here_port), int(there_port))
            places = (socket.inet_pton(family, one.partition("%")[0]) for one in (here, there))
            addresses = b"".join(place.ljust(16, b"\0") for place in places)
            head = struct.pack("=BBBxI", family, socket.IPPROTO_TCP, _WITH_INFO, 0xFFFFFFFF)
            self._request = head + ports + addresses + struct.pack("=I8s", 0, b"\xff" * 8)

    def acknowledged(self) -> int | None:
        """How many bytes have come to its other end, or None where the kernel does not tell."""
        if not self._request or not hasattr(socket, "AF_NETLINK"):
            return None
        try:
            with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as kernel:
                kernel.settimeout(_SECONDS)
                length = 16 + len(self._request)
                kernel.send(struct.pack("=IHHII", length, _ONE_SOCKET, 1, 1, 0) + self._request)
                return _bytes_acknowledged(kernel.recv(1 << 16))
        except (OSError, struct.error):
            return None


def _bytes_acknowledged(told: bytes) -> int | None:
    length, kind = struct.unpack_from("=IH", told)
    if kind != _ONE_SOCKET:
        return None
    attributes = told[16 + _REPLY : length]
    while len(attributes) >= 4:
        size, what = struct.unpack_from("=HH", attributes)
        if what == _INFO:
            return int(struct.unpack_from("=Q", attributes, 4 + _ACKNOWLEDGED)[0])
        if size < 4:
            return None
        attributes = attributes[(size + 3) & ~3 :]
    return None
