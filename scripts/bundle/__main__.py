"""What starts carecall out of its one file, the ``.pyz`` that ``scripts/make_bundle.py`` makes.

Compiled modules cannot be imported out of an archive: the first start unpacks what this Python needs, once for the
account, and every start then runs from there. A Python that is too old understands these lines, and is told.
"""

import contextlib
import os
import signal
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import made  # by scripts/make_bundle.py

_NEWER = ("python3.13", "python3.12", "python3.11")
_TRIED = "_CARECALL_TRIED"


def main() -> int:
    """Run carecall; gives its exit code."""
    # until there is something to clean up, ctrl+c ends it at once, without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ending = EXTENSION_SUFFIXES[0]  # says Python's version, the machine and its C library
    if ending not in made.PLACES:
        return _elsewhere(ending)
    os.environ.pop(_TRIED, None)
    import place

    folder = place.cache()
    there = folder / made.PLACES[ending]
    try:
        if not place.held(there):
            from unpack import unpack

            unpack(folder, there, made.LAYERS[ending])
        place.refuse_what_others_may_change(there)
    except (place.Refused, OSError) as error:
        return place.tell(error, folder)
    # what is in it, and Python's own library: what else is installed on the host was not tried together with it
    library = [path for path in sys.path[1:] if not path.endswith("-packages")]
    sys.path[:] = [str(there), *library]
    with contextlib.suppress(OSError):  # for ps and pkill: it was started as python3
        Path("/proc/self/comm").write_text("carecall")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from tui.entry import main as run

    return run()


def _elsewhere(ending: str) -> int:
    """Go on with a Python of this host that fits, else say which would."""
    import shutil

    tried = os.environ.pop(_TRIED, "").split()
    for name in _NEWER:
        found = shutil.which(name)
        if found and name not in tried:
            os.environ[_TRIED] = " ".join([*tried, name])
            os.execv(found, [found, *sys.argv])
    import words

    machines = sorted({ending.split("-")[2] for ending in made.PLACES})
    this = f"{sys.version_info[0]}.{sys.version_info[1]} ({ending})"
    words.say(words.OTHER_PYTHON, machines=", ".join(machines), this=this)
    return 2


if __name__ == "__main__":
    sys.exit(main())
