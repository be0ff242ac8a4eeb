"""The audit of the fund before a publication: the audits of every business, once a night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipelines.audit.audits import Audits, unite_audits
from pipelines.audit.etapes import Bilan, audit_maison
from pipelines.metier import Metier, find
from pipelines.nuit.execution import run_ensemble
from pipelines.nuit.reserves.tenues import restore_tenues
from warehouse.maison import Maison


def gather_audits(metiers: Sequence[Metier]) -> Audits:
    """What the businesses ask, in their order."""
    return unite_audits(find(metier.audits) for metier in metiers if metier.audits)


def audit_nuit(
    maison: Maison, date_arrete: date, metiers: Sequence[Metier], deja: Bilan | None = None
) -> Bilan:
    """Put back what was last published of the companies held, then audit the others.

    `deja`: an audit of this night, since which companies were held. AuditRefuse when what is wrong
    is no company's.
    """

    def restore() -> frozenset[str]:
        tenues = restore_tenues(maison, date_arrete)
        if tenues:
            run_ensemble(maison, metiers, date_arrete)
        return tenues

    return audit_maison(maison, date_arrete, gather_audits(metiers), restore, deja)
