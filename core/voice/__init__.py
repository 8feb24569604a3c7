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
    from core.voice.probing import probe as try_ways
    from core.voice.ways import wanted_backends

    wanted = wanted_backends(settings)
    if not wanted:
        return [(_("Sound"), True, _("switched off in the settings (player = off)"))]
    ways = await try_ways(settings)
    works = any(way.works for way in ways if way.name in wanted)
    lines = [
        (_("Sound: {name}").format(name=way.name), way.works or works, way.reason) for way in ways
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
