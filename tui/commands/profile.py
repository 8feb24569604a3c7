"""``carecall doctor --profile kr-public``: the articles of the law, a line each: met, not met, not ours."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len

from core.law.dto import Line, State, Whose
from core.values.i18n import N_, _
from core.values.times import now
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.table import wrapped

KR_PUBLIC = "kr-public"
_STATES = {
    State.MET: N_("met"),
    State.NOT_MET: N_("NOT MET"),
    State.NOT_OURS: N_("not ours"),
}
_WHOSE = {
    Whose.HOST: N_("the host's"),
    Whose.NETWORK: N_("the network's"),
    Whose.ORGANIZATION: N_("the organization's"),
}


class Profile(Struct, frozen=True):
    """The articles of a notice, a line each; the words in the language of the settings."""

    profile: str
    notice: str
    checked_at: datetime
    met: int
    not_met: int
    not_ours: int
    lines: Sequence[Line]


async def run(context: CommandContext) -> int:
    """Look at everything; SOME_FAILED where something is not met."""
    from core.law import facts, rules

    lines = rules.lines(await facts.gather(context.settings))
    bad = sum(line.state is State.NOT_MET for line in lines)
    if context.arguments.json:
        context.write_rows([_as_json(lines, rules.NOTICE)])
    else:
        for text in _texts(lines):
            context.write("".join(f"{one}\n" for one in wrapped(*text, context.width)))
        context.say(
            _(
                "{notice}: {met} met, {bad} not met, {others} not ours. What it means: docs/privacy.md"
            ).format(
                notice=rules.NOTICE,
                met=sum(line.state is State.MET for line in lines),
                bad=bad,
                others=sum(line.state is State.NOT_OURS for line in lines),
            )
        )
    return SOME_FAILED if bad else DONE


def _texts(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """What stands in front of each line, aligned, and the line."""
    states = {state: _(words) for state, words in _STATES.items()}
    width = max(cell_len(words) for words in states.values())
    for line in lines:
        state = states[line.state]
        whose = f" ({_(_WHOSE[line.whose])})" if line.whose else ""
        text = f"{line.what}: {line.found.rstrip('.')}{whose}."
        if line.to_do:
            text += f" {line.to_do}"
        article = _("art. {number}").format(number=f"{line.article:2}")
        yield f"{state}{' ' * (width - cell_len(state))}  {article}  ", text


def _as_json(lines: Sequence[Line], notice: str) -> Profile:
    met, bad, others = (
        sum(line.state is state for line in lines)
        for state in (State.MET, State.NOT_MET, State.NOT_OURS)
    )
    return Profile(KR_PUBLIC, notice, now(), met, bad, others, lines)
