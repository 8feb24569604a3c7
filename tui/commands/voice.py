"""``carecall voice``: a call's voice file, to standard output or to a file, as it was delivered."""

import argparse
import os
from typing import TYPE_CHECKING, BinaryIO

from core.errors import InvalidInput
from core.i18n import _
from core.text import replace_forbidden
from tui.commands.context import DONE, CommandContext, output_failed

if TYPE_CHECKING:
    from core.voice.service import VoiceFile

_BLOCK = 256 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which call, and where its voice file goes."""
    parser.add_argument(
        "call", metavar=_("CALL"), help=_("the call, by the id that the calling system gave it")
    )
    parser.add_argument(
        "file",
        nargs="?",
        default="-",
        metavar=_("FILE"),
        help=_("where it goes; - or nothing: standard output, to hear it at your desk with "
               "ssh HOST carecall voice CALL | mpv -"),
    )  # fmt: skip


async def run(context: CommandContext) -> int:
    """Write the file. Nothing is recorded, and nothing made, where it cannot be given."""
    target = context.arguments.file
    if target == "-" and context.out.isatty():
        raise InvalidInput(
            _("Sound is not written to a terminal."),
            _(
                "Write: carecall voice CALL FILE, or at your desk: ssh HOST carecall voice CALL | mpv -"
            ),
        )
    async with context.signed_in() as (services, actor):
        out = None if target == "-" else _new_file(target)
        try:
            with await services.voice.open_by_external_id(actor, context.arguments.call) as voice:
                _copy(voice, context.out.buffer if out is None else out)
        except BaseException:
            if out is not None:
                os.unlink(target)  # noqa: PTH108 - the name as it was given
            raise
        finally:
            if out is not None:
                out.close()
    return DONE


def _copy(voice: "VoiceFile", out: BinaryIO) -> None:
    try:
        while block := voice.file.read(_BLOCK):
            out.write(block)
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise output_failed(error) from error


def _new_file(target: str) -> BinaryIO:
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except (OSError, ValueError) as error:
        name = replace_forbidden(target)
        if isinstance(error, FileExistsError):
            raise InvalidInput(
                _("{file} exists already.").format(file=name), _("Choose another name.")
            ) from None
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            _("{file} cannot be written: {reason}.").format(file=name, reason=reason)
        ) from None
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")
