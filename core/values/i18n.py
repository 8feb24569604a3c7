"""Words a user reads: English in the source, other languages from gettext catalogues.

``use`` chooses the language once, at the start of the process. Class bodies, which run before that, mark
their words with ``N_`` and translate them with ``_`` when they are shown. Particles of Korean are
chosen when a message is filled in (``core.values.particles``). What was kept of a message
(``core.values.message``) is told in the language of whoever reads it.
"""

import functools
import gettext
import locale
import os
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.values.message import COUNT, MANY, OF, SAYS, THEN, Message
from core.values.particles import filled_in

DOMAIN = "carecall"
LANGUAGES = ("en", "ko")
LOCALE_DIR = Path(__file__).parents[1] / "locale"

# a kept text may come from anybody who writes to the database: it fills nobody's memory
_LONGEST = 1_000  # characters
_TEXTS = 256  # whose values are kept in mind by their names
_DEEPEST = 4
_FORMS = ("", ",")

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use(language: str) -> None:
    """Speak this language from now on; an unknown one gives English."""
    global _catalogue
    _catalogue = _catalogue_of(language)
    # argparse asks the process's own domain for its words, in the language of the environment; English has no
    # catalogue, and would be looked for again with each option
    os.environ["LANGUAGE"] = "C" if language == "en" else language
    gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    gettext.textdomain(DOMAIN)


def language() -> str:
    """The language in use."""
    return _catalogue.info().get("language") or "en"


def from_locale(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the locale (LC_ALL, LC_MESSAGES, LANG), one of ``LANGUAGES``."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            language = (locale.normalize(value).split(".")[0]).split("_")[0].lower()
            return language if language in LANGUAGES else "en"
    return "en"


def _(message: str) -> str:
    """The message in the language in use."""
    return Message(_catalogue.gettext(message), {SAYS: message}) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the message that fits the count, in the language in use."""
    text = _catalogue.ngettext(singular, plural, count)
    return Message(text, {SAYS: singular, MANY: plural, COUNT: count})


def in_all(message: str) -> tuple[str, ...]:
    """The message in every language, each once: what somebody types may be in another one than the screen."""
    if not message:
        return ()
    texts = (_catalogue_of(language).gettext(message) for language in LANGUAGES)
    return tuple(dict.fromkeys(texts))


@functools.cache
def _catalogue_of(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a marker
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


def told(kept: Any, deep: int = 0) -> str:
    """What ``core.values.message.kept`` has kept, in the language in use; a plain text is told as it is."""
    if not isinstance(kept, dict):
        return str(kept) if isinstance(kept, str) else ""
    says, many, count = kept.get(SAYS), kept.get(MANY), kept.get(COUNT)
    if not isinstance(says, str) or len(says) > _LONGEST or deep > _DEEPEST:
        return ""
    text = _(says)
    if isinstance(many, str) and isinstance(count, int):
        text = ngettext(says, many, count)
    given = kept.get(OF)
    values = {
        str(name): value if isinstance(value, int) else told(value, deep + 1)[:_LONGEST]
        for name, value in (given.items() if isinstance(given, dict) else ())
    }
    if values and _can_be_filled_in(text, values):
        text = filled_in(text, (), values)
    return f"{text} {told(kept.get(THEN), deep + 1)}".strip()


def _can_be_filled_in(text: str, values: Mapping[str, Any]) -> bool:
    """Whether a kept text asks for nothing but values, by their names."""
    parts = _parts(text)
    return parts is not None and all(
        name is None
        or (
            name in values
            and conversion is None
            and form in _FORMS[: 1 + isinstance(values[name], int)]
        )
        for _literal, name, form, conversion in parts
    )


@functools.lru_cache(_TEXTS)
def _parts(text: str) -> tuple[tuple[Any, ...], ...] | None:
    try:
        return tuple(string.Formatter().parse(text))
    except ValueError:
        return None
