"""The contribution call as a table: one row a line of the call, then its total."""

from __future__ import annotations

from pipelines.cotisations.documents.mots import NATURES
from pipelines.cotisations.documents.valeurs import Appel, LigneAppel
from pipelines.editique.tableaux import Cellule, Tableaux, compose_tableau
from specs.documents import read_modeles


def compose_appel(appel: Appel) -> Tableaux:
    """The call in the columns of `specs/documents/appel.yaml`."""
    commun = _describe_appel(appel)
    lignes = (commun | _describe_ligne(ligne) for ligne in appel.lignes)
    total: dict[str, Cellule] = {"montant": appel.montant_centimes, "salaries": appel.salaries}
    return Tableaux(
        modele=read_modeles()["appel"],
        identite=(
            ("Appel", f"{appel.appel} ({NATURES[appel.nature]})"),
            ("Raison sociale", appel.raison_sociale),
            ("SIREN", appel.siren),
            ("Centre de gestion", appel.cdg),
            ("Référence de paiement", appel.reference),
        ),
        tableaux=(compose_tableau("appel", "lignes", lignes, total),),
        date_arrete=appel.date_arrete,
        publication=appel.publication,
    )


def _describe_appel(appel: Appel) -> dict[str, Cellule]:
    return {
        "appel": appel.appel,
        "nature": NATURES[appel.nature],
        "adherent": appel.adherent,
        "raison_sociale": appel.raison_sociale,
        "siren": appel.siren,
        "cdg": appel.cdg,
        "mois_appel": appel.mois_appel,
        "date_exigibilite": appel.date_exigibilite,
        "reference_paiement": appel.reference,
        "date_prelevement": appel.prelevement.date_echeance if appel.prelevement else None,
    }


def _describe_ligne(ligne: LigneAppel) -> dict[str, Cellule]:
    return {
        "mois_rattachement": ligne.mois_rattachement,
        "cotisation": ligne.cotisation,
        "libelle": ligne.libelle,
        "base_brute": ligne.brute_centimes,
        "refaction": ligne.refaction_ppm,
        "coefficient": ligne.coefficient_ppm,
        "heures": ligne.heures_centiemes,
        "base": ligne.base_centimes,
        "abattement": ligne.abattement_centimes,
        "assiette": ligne.assiette_centimes,
        "taux": ligne.taux_ppm,
        "montant": ligne.montant_centimes,
        "salaries": ligne.salaries,
        "lignes_dsn": ligne.lignes_dsn,
        "tdp": "oui" if ligne.quantite_tdp else None,
        "depots": " ".join(ligne.depots),
    }
