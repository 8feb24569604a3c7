"""The check of a file with its keys."""

from tui.uploads.actions import PREVIEW, PREVIEW_PLACE, RESULTS
from tui.uploads.preview_view import PreviewView


class PreviewScreen(PreviewView):
    """What would become of each row."""

    binds = (PREVIEW, RESULTS)
    scopes = PREVIEW_PLACE
