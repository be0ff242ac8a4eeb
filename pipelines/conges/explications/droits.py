"""A right: the certificates that it adds up, its money, its counters and their takings."""

from __future__ import annotations

import polars as pl

from pipelines.conges.explications.lecture import Dossier
from pipelines.conges.explications.valeurs import Droit
from pipelines.conges.regles.paiement.indemnites import compute_droits, list_rebuilt
from pipelines.explications.valeurs import Rangee


def compose_droit(dossier: Dossier, rangee: Rangee) -> Droit:
    """What the publication holds of a right, and the same computed again."""
    exercice, acquisition = rangee["exercice"], dossier.acquisition
    acquis = acquisition.acquis.filter(exercice=exercice)
    rebatis = list_rebuilt(acquis, acquisition.maintiens.filter(exercice=exercice), dossier.savoir)
    recalcules = compute_droits(acquis, acquisition.maintiens, dossier.savoir).to_dicts()
    recompte = acquisition.compteurs.filter(exercice=exercice)
    return Droit(
        droit=rangee,
        acquis=acquis.row(0, named=True) if acquis.height else {},
        certificats=tuple(
            dossier.certificats.filter(pl.col("en_vigueur"), exercice=exercice).to_dicts()
        ),
        rebatis=tuple(rebatis.to_dicts()),
        compteurs=tuple(dossier.read("compteurs_conges").filter(exercice=exercice).to_dicts()),
        prises=tuple(
            dossier.read("prises_conges").filter(exercice=exercice).sort("ordre").to_dicts()
        ),
        dernier=_last(dossier, exercice),
        enfants=_children(dossier, exercice),
        recalcule=recalcules[0] if recalcules else None,
        recompte=dict(recompte.select("compteur", "acquis_centiemes").iter_rows()),
    )


def _last(dossier: Dossier, exercice: int) -> Rangee:
    """What the last employer says: entry, seniority of block 86, with its line."""
    derniers = dossier.matiere.sources.derniers.filter(exercice=exercice)
    return derniers.row(0, named=True) if derniers.height else {}


def _children(dossier: Dossier, exercice: int) -> int:
    """Dependent children, by the last certificate that tells them."""
    dits = dossier.matiere.sources.certs.certs.filter(
        pl.col("children").is_not_null(), exercice=exercice
    ).sort("ordre")
    return int(dits["children"].item(-1)) if dits.height else 0
