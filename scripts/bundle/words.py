"""What the one file says before it is unpacked: the catalogues are still in it."""

import os
import sys

OTHER_PYTHON = (
    "This file needs Python 3.11, 3.12 or 3.13 on Linux with glibc ({machines}); this is {this}.",
    "이 파일에는 glibc를 쓰는 리눅스({machines})의 Python 3.11, 3.12 또는 3.13이 필요합니다. 지금은 {this}입니다.",
)
OPEN = (
    "Other accounts can change {path}: nothing is run. Name a directory of your own in XDG_CACHE_HOME.",
    "다른 계정이 바꿀 수 있어 실행하지 않습니다: {path}. XDG_CACHE_HOME에 본인만 쓰는 디렉터리를 지정하십시오.",
)
UNUSABLE = (
    "Nothing can be unpacked to {path} ({reason}). Name a directory of your own in XDG_CACHE_HOME.",
    "압축을 풀 수 없습니다: {path} ({reason}). XDG_CACHE_HOME에 본인만 쓰는 디렉터리를 지정하십시오.",
)
DAMAGED = (
    "{path} is damaged. Copy it again and compare its SHA-256.",
    "파일이 손상되었습니다: {path}. 다시 복사한 뒤 SHA-256을 비교하십시오.",
)
UNPACKING = (
    "Unpacking version {version}; only the first start does.",
    "{version} 버전의 압축을 풉니다. 처음 시작할 때만 필요합니다.",
)


def say(sentence: "tuple[str, str]", **values: object) -> None:
    """One line, in the user's language."""
    names = ("CARECALL_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    language = next(filter(None, map(os.environ.get, names)), "")
    text = sentence[1 if language.startswith("ko") else 0].format(**values)
    line = "carecall: {}\n".format("".join(c if c.isprintable() else "\ufffd" for c in text))
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(line.encode(encoding, "replace").decode(encoding))
