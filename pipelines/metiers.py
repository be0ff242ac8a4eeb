"""What the fund does: its businesses, in the order of a night. One folder each, one line each."""

from __future__ import annotations

from pipelines.attestations.metier import ATTESTATIONS
from pipelines.comptabilite.metier import COMPTABILITE
from pipelines.conges.metier import CONGES
from pipelines.controle.metier import CONTROLE
from pipelines.cotisations.metier import COTISATIONS
from pipelines.declarations.metier import DECLARATIONS
from pipelines.echanges.metier import BILANS, CALENDRIERS, ECHANGES
from pipelines.intemperies.metier import INTEMPERIES
from pipelines.intemperies.metier_argent import REMBOURSEMENTS
from pipelines.intemperies.metier_echeances import ECHEANCES
from pipelines.metier import Metier
from pipelines.publication.metier import PUBLICATION
from pipelines.rapports.metier import RAPPORTS
from pipelines.reception.metier import RECEPTION, REMISE, RETRAITS
from pipelines.reglements.metier import REGLEMENTS
from pipelines.reglements.metier_paiements import PAIEMENTS
from pipelines.retraitement.metier import RETRAITEMENT
from pipelines.salaries.metier import SALARIES
from pipelines.salaries.metier_comptes import COMPTES_SALARIES
from pipelines.suivi.metier import SUIVI

METIERS: tuple[Metier, ...] = (
    RECEPTION,
    CONTROLE,
    RAPPORTS,
    ECHANGES,
    COMPTES_SALARIES,
    DECLARATIONS,
    SALARIES,
    COTISATIONS,
    INTEMPERIES,
    CONGES,
    CALENDRIERS,
    RETRAITS,
    REGLEMENTS,
    REMBOURSEMENTS,
    PAIEMENTS,
    COMPTABILITE,
    SUIVI,
    ECHEANCES,
    ATTESTATIONS,
    BILANS,
    RETRAITEMENT,
    PUBLICATION,
    REMISE,
)
