"""Draws a console in the pilot only when a test looks at it: nobody else does.

What changes is counted, so that who waits for something looks again only then.
"""

from typing import Any
from weakref import WeakKeyDictionary

from textual._compositor import Compositor
from textual._context import active_app, visible_screen_stack
from textual.strip import Strip

from tui.app import ConsoleApp

_changes: "WeakKeyDictionary[Compositor, int]" = WeakKeyDictionary()
_render = Compositor.render_update


def _note(self: Compositor, *asked: Any, **more: Any) -> Any:
    app = active_app.get()
    if not (isinstance(app, ConsoleApp) and app.is_headless):
        return _render(self, *asked, **more)
    self._dirty_regions.clear()
    _changes[self] = _changes.get(self, 0) + 1
    return None


def draw_when_looked_at() -> None:
    """Do so in this process."""
    Compositor.render_update = _note  # type: ignore[method-assign]


def draw(app: ConsoleApp) -> list[Strip]:
    """The lines of the screen, with those that lie below it."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def state(app: ConsoleApp) -> object:
    """Another one than before when anything on the screen may be."""
    compositor = app.screen._compositor
    return compositor, _changes.get(compositor, 0)
