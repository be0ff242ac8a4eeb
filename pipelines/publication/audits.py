"""The audits of every business, in the order of the way of the data."""

from __future__ import annotations

from pipelines.attestations.audits import AUDITS as DES_ATTESTATIONS
from pipelines.audit.etapes import Audits
from pipelines.comptabilite.audits import AUDITS as DES_COMPTES
from pipelines.cotisations.audits import AUDITS as DES_COTISATIONS
from pipelines.cotisations.audits import SOMMES as SOMMES_DES_COTISATIONS
from pipelines.declarations.audits import AUDITS as DES_DECLARATIONS
from pipelines.declarations.audits import SOMMES as SOMMES_DES_DECLARATIONS
from pipelines.reglements.audits import AUDITS as DES_REGLEMENTS
from pipelines.suivi.audits import AUDITS as DU_SUIVI

AUDITS = Audits(
    audits=(
        *DES_DECLARATIONS,
        *DES_COTISATIONS,
        *DES_REGLEMENTS,
        *DES_COMPTES,
        *DU_SUIVI,
        *DES_ATTESTATIONS,
    ),
    sommes=(*SOMMES_DES_DECLARATIONS, *SOMMES_DES_COTISATIONS),
)
