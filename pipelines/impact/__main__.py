"""A night in a twin, by the engine that runs it: see `pipelines.impact.calcul`."""

from __future__ import annotations

import sys

from pipelines.impact.calcul import main
from pipelines.metiers import METIERS

if __name__ == "__main__":
    main(sys.argv[1:], METIERS)
