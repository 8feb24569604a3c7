"""Hearing calls: finding a voice file, reading it, and playing it in a process of its own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.values.settings import Settings


async def probe(settings: "Settings") -> list[tuple[str, bool, str]]:
    """What ``carecall doctor`` tells of playing here: what, whether it is as it should be, and why.

    Each way is tried with a short tone. One that does not work is nothing to look at as long as
    another does, or where playing is switched off.
    """
    from core.values.i18n import _
    from core.voice.probing import probe as try_backends
    from core.voice.rules import wanted_backends

    wanted = wanted_backends(settings.player)
    if not wanted:
        return [(_("Sound"), True, _("switched off in the settings (player = off)"))]
    backends = await try_backends(settings)
    works = any(backend.works for backend in backends if backend.name in wanted)
    lines = [
        (_("Sound: {name}").format(name=one.name), one.works or works, one.reason)
        for one in backends
    ]
    if not works:
        lines.append(
            (
                _("Sound"),
                False,
                _("no way works; hear calls at your desk: ssh HOST carecall voice CALL | mpv -"),
            )
        )
    return lines
