"""`python -m trialbook.algorithms <name> train|serve`."""

from __future__ import annotations

import os
import sys

from trialbook.algorithms.program import main

sys.exit(main(sys.argv[1:], os.environ))
