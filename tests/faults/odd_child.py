"""A process of the console's own that does as it is told, odd things included."""

import os
import resource
import struct
import subprocess
import sys

from core.io import child
from core.io.limits import bound


def main() -> None:
    """Answer each command until there are no more."""
    commands, answers = child.enter()
    while (told := child.hear(commands)) is not None:
        match child.decode(told):
            case "limits":
                bound(memory_mib=512, cpu_seconds=7, file_bytes=0)
                what = (
                    resource.RLIMIT_CORE,
                    resource.RLIMIT_AS,
                    resource.RLIMIT_CPU,
                    resource.RLIMIT_FSIZE,
                )
                child.tell(answers, [resource.getrlimit(one)[0] for one in what])
            case "print":
                print("hello")
                os.write(1, b"ALSA lib: something\n")
                subprocess.run(["echo", "a plug-in of its own"], check=True)
                child.tell(answers, [sys.stdin.read(), os.getpid()])
            case "have a child":
                child.tell(answers, subprocess.Popen(["sleep", "600"]).pid)
            case "half":
                answers.write(child.framed("x" * 100)[:50])
                answers.flush()
                os._exit(3)
            case "without end":
                answers.write(struct.pack(">I", 1 << 31))
                answers.flush()
            case message:
                child.tell(answers, message)


if __name__ == "__main__":
    main()
