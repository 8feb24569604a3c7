"""Paths as people type, paste or drop them onto a terminal. Pure."""

import shlex
from urllib.parse import unquote, urlparse


def typed_path(text: str) -> str:
    """The path: without the quotes, backslashes and ``file://`` that a terminal puts around a dropped one."""
    text = text.strip()
    if text.startswith("file://"):
        return unquote(urlparse(text).path)
    if not any(sign in text for sign in "\\'\""):
        return text
    try:
        parts = shlex.split(text)
    except ValueError:
        return text
    return parts[0] if len(parts) == 1 else text
