"""Sphinx configuration: Markdown through MyST, the furo theme, and pages made from the code by `_ext/generated.py`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
sys.path.insert(0, str(Path(__file__).parents[1]))

from trialbook import __version__

project = "Trialbook"
author = "The Trialbook authors"
project_copyright = "2026, The Trialbook authors"
release = version = __version__

extensions = ["myst_nb", "generated"]
nb_execution_mode = "off"  # examples/tour.ipynb is kept with its outputs; a test executes it
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_ext"]
html_theme = "furo"
html_title = f"Trialbook {release}"
html_static_path = ["_static"]
html_copy_source = False
nitpicky = True
