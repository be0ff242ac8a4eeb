"""Requests and statements of payment of a case, told in French: each amount with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from pipelines.conges.documents.phrases import NATURES, RETENUES
from specs.contrats import codes_of, valeurs_of
from specs.typographie import format_date, format_euros, format_jours, format_taux

Ligne = dict[str, Any]
(ANNULATION,) = codes_of("decomptes", "motif", "ANNULATION")
METHODES = valeurs_of("decomptes", "methode")


def tell_demandes(demandes: pl.DataFrame) -> Iterator[str]:
    """One sentence a request: its days, what became of it, and why."""
    etats = valeurs_of("demandes_conges", "etat")
    for demande in demandes.sort("recue_le", "demande").iter_rows(named=True):
        motif = f" ({demande['motif']})" if demande["motif"] else ""
        jours = format_jours(demande["jours_centiemes"])
        yield f"Demande {demande['demande']}, {jours} : {etats[demande['etat']]}{motif}"


def tell_decompte(decompte: Ligne, lignes: Sequence[Ligne]) -> Iterator[str]:
    """A statement from the days to the net, each withholding with its base and its rate."""
    bornes = f"du {format_date(decompte['debut'])} au {format_date(decompte['fin'])}"
    yield (
        f"Décompte {decompte['decompte']}, {NATURES[decompte['nature']]} {bornes}, exercice "
        f"{decompte['exercice']}, payé le {format_date(decompte['date_paiement'])}"
    )
    if decompte["motif"] == ANNULATION:
        yield f"  annule le décompte {decompte['annule']} : mêmes montants, de signe contraire"
    yield _tell_gross(decompte)
    if decompte["mois_payes"] < decompte["mois_emploi"]:
        yield (
            f"  {decompte['mois_payes']} mois payés sur {decompte['mois_emploi']} d'emploi : le "
            "reste suivra leur paiement (D3141-31)"
        )
    for ligne in lignes:
        taux = f" à {format_taux(ligne['taux_ppm'])}" if ligne["taux_ppm"] is not None else ""
        yield (
            f"  {RETENUES[ligne['code']]} : {format_euros(ligne['assiette_centimes'])}{taux}, soit "
            f"{format_euros(ligne['montant_centimes'])}"
        )
    yield (
        f"  net imposable {format_euros(decompte['net_imposable_centimes'])}, net à payer "
        f"{format_euros(decompte['net_centimes'])} ; il reste "
        f"{format_jours(decompte['reste_centiemes'])} de l'exercice"
    )


def _tell_gross(decompte: Ligne) -> str:
    return (
        f"  {format_jours(decompte['jours_centiemes'])} ; indemnité "
        f"{format_euros(decompte['indemnite_centimes'])}, prime "
        f"{format_euros(decompte['prime_centimes'])} ; l'indemnité de l'exercice est de "
        f"{format_euros(decompte['indemnite_exercice_centimes'])} "
        f"({METHODES[decompte['methode']]})"
    )
