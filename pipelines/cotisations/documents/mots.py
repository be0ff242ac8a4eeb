"""Words that the documents of the calls put in place of codes."""

from __future__ import annotations

from specs.contrats import codes_of

NATURES = {"INITIAL": "initial", "COMPLEMENTAIRE": "complémentaire", "ESTIME": "estimé"}


ABATTEMENT, TRANCHE = codes_of(
    "cumuls_cotisations", "cumul", "ABATTEMENT_INTEMPERIES", "TRANCHE_FNTP"
)
