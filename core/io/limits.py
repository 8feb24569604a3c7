"""What a process may take: bounds that it sets itself and cannot lift again."""

import contextlib
import resource

_MEBIBYTE = 1 << 20


def bound(
    *, memory_mib: int | None = None, cpu_seconds: int | None = None, file_bytes: int | None = None
) -> None:
    """Let this process take no more, and leave no core file, which would hold names and numbers."""
    wanted = {resource.RLIMIT_CORE: 0}
    if memory_mib is not None:
        wanted[resource.RLIMIT_AS] = memory_mib * _MEBIBYTE
    if cpu_seconds is not None:
        wanted[resource.RLIMIT_CPU] = cpu_seconds
    if file_bytes is not None:
        wanted[resource.RLIMIT_FSIZE] = file_bytes
    for what, most in wanted.items():
        _soft, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(
            ValueError, OSError
        ):  # macOS knows a limit of memory but refuses it
            resource.setrlimit(what, (least, hard if most else least))
