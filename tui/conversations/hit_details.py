"""The details of a recipient, opened from a line that was found: its neighbours are the lines beside it."""

from core.conversations.dto import Hit
from core.recipients.dto import RecipientRow
from core.values.i18n import _
from tui.details.details_screen import DetailsScreen
from tui.details.neighbours import ListPager, Stop

Line = tuple[int, Hit]  # its number, from 0


def stop_of(line: Line) -> Stop:
    """Where the details of a line open."""
    number, hit = line
    position = None if hit.memory_id is not None else hit.position
    return Stop(number, hit.recipient_id, hit.call_id, position, hit.memory_id)


class HitDetails(DetailsScreen):
    """Opens at the line; the keys for neighbours go from line to line."""

    def __init__(
        self,
        row: RecipientRow,
        lines: ListPager,
        line: Line,
        *,
        plays: bool,
    ) -> None:
        stop = stop_of(line)
        if plays:  # from the call that a memory detail comes from
            stop = Stop(stop.key, stop.recipient_id, stop.call_id, stop.position)
        super().__init__(row, line[0], lines, stop, stop_of=stop_of, plays=plays)

    def why_no_neighbour(self, by: int) -> str | None:
        """The reason why there is no line before (-1) or after (1) this one, or None."""
        if super().why_no_neighbour(by) is None:
            return None
        if by > 0:
            return _("This is the last line that was found.")
        return _("This is the first line that was found.")
