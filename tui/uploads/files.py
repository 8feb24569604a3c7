"""The files that an admin may read and write from the console."""

from core.written.files import FileAccess, file_access
from tui.shell import View


def files_of(view: View) -> FileAccess:
    """Those of the OS account, or of the admin's own folder on the host."""
    return file_access(view.console.settings, view.console.identity, view.actor.login)
