"""The results of an upload with their keys."""

from tui.uploads.actions import RESULTS, RESULTS_PLACE
from tui.uploads.results_view import ResultsView


class ResultsScreen(ResultsView):
    """What became of each row."""

    binds = (RESULTS,)
    scopes = RESULTS_PLACE
