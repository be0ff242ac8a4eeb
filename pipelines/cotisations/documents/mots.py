"""Words that the documents of the calls put in place of codes."""

from __future__ import annotations

NATURES = {"INITIAL": "initial", "COMPLEMENTAIRE": "complémentaire", "ESTIME": "estimé"}


ABATTEMENT, TRANCHE = "ABATTEMENT_INTEMPERIES", "TRANCHE_FNTP"
