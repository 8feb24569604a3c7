"""No module of the console imports itself in a circle, in imports for types only neither."""

import graphlib
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]


def test_no_screen_knows_itself_through_others() -> None:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    graph = grimp.build_graph("tui", cache_dir=None)
    known = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(known) > 100
    tuple(graphlib.TopologicalSorter(known).static_order())  # raises CycleError, which names them
