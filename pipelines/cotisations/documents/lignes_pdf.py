"""What several PDF documents print alike: lines of a call, company, account of the fund, foot."""

from __future__ import annotations

from pipelines.cotisations.documents.phrases import describe_provenance
from pipelines.cotisations.documents.valeurs import LigneAppel
from specs.montants import PPM
from specs.typographie import (
    format_euros,
    format_heures,
    format_mois,
    format_taux,
    printable,
)


def describe_ligne(ligne: LigneAppel) -> dict[str, str]:
    """Fields of one row of the table of lines; the abatement and its base are empty without one."""
    abattu = ligne.abattement_centimes != 0
    return {
        "mois": format_mois(ligne.mois_rattachement),
        "libelle": printable(ligne.libelle),
        "provenance": describe_provenance(ligne),
        "precision": _describe_base(ligne),
        "base": format_euros(ligne.base_centimes),
        "abattement": format_euros(-ligne.abattement_centimes) if abattu else "",
        "assiette": format_euros(ligne.assiette_centimes),
        "taux": format_taux(ligne.taux_ppm),
        "montant": format_euros(ligne.montant_centimes),
    }


def _describe_base(ligne: LigneAppel) -> str:
    """How the base comes from what was declared, when it is not declared as such."""
    if ligne.heures_centiemes is not None:
        return f"{format_heures(ligne.heures_centiemes)} d'intérim"
    if ligne.refaction_ppm != PPM:
        return f"{format_taux(ligne.refaction_ppm)} de {format_euros(ligne.brute_centimes)}"
    return ""
