"""Words a user reads: English in the source, other languages from gettext catalogues.

``use`` chooses the language once, at the start of the process. Class bodies, which run before that, mark
their words with ``N_`` and translate them with ``_`` when they are shown. Particles of Korean are
chosen when a message is filled in (``core.values.particles``).
"""

import gettext
import locale
import os
from collections.abc import Mapping
from pathlib import Path

from core.values.particles import with_particles

DOMAIN = "carecall"
LANGUAGES = ("en", "ko")
LOCALE_DIR = Path(__file__).parents[1] / "locale"

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use(language: str) -> None:
    """Speak this language from now on; an unknown one gives English."""
    global _catalogue
    _catalogue = gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)
    # argparse asks the process's own domain for its words, in the language of the environment
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    gettext.textdomain(DOMAIN)


def from_locale(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the locale (LC_ALL, LC_MESSAGES, LANG), one of ``LANGUAGES``."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            language = (locale.normalize(value).split(".")[0]).split("_")[0].lower()
            return language if language in LANGUAGES else "en"
    return "en"


def _(message: str) -> str:
    """The message in the language in use."""
    return with_particles(_catalogue.gettext(message)) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the message that fits the count, in the language in use."""
    return with_particles(_catalogue.ngettext(singular, plural, count))


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a marker
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message
