"""An engine of the past plays its facts: `python -m pipelines.rejeu FAITS ORIGINE CIBLE`."""

from __future__ import annotations

import sys

from pipelines.rejeu.moteurs import main

if __name__ == "__main__":
    main(sys.argv[1:])
