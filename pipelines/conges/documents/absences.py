"""The leave paid that a company tells otherwise, as a table: who, which days, the block to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from pipelines.conges.documents.phrases import format_nombre
from pipelines.editique.tableaux import Cellule, Tableaux, compose_tableau, identify
from pipelines.editique.valeurs import Entreprise
from specs.documents import read_modeles

MODELE = "absences_conges"
SANS_SOLDE = "501"
REPRIS = ("matricule", "contrat", "mois", "decompte", "debut", "fin")


def describe_absences(ecarts: pl.DataFrame) -> Iterator[Mapping[str, Cellule]]:
    """Rows of the document, by name of employee.

    `ecarts`: contract `ecarts_absences`, with matricule, surname and first_name.
    """
    tries = ecarts.sort("surname", "first_name", "salarie", "mois", "decompte", nulls_last=True)
    for ligne in tries.iter_rows(named=True):
        yield {
            **{nom: ligne[nom] for nom in REPRIS},
            "nom": ligne["surname"],
            "prenoms": ligne["first_name"],
            "jours": format_nombre(ligne["jours_centiemes"]),
            "declare": _tell_declared(ligne["codes_declares"]),
            "bloc": " ; ".join(ligne["bloc"].splitlines()),
            "remede": _tell_remedy(ligne["codes_declares"]),
        }


def _tell_declared(codes: str | None) -> str:
    if codes is None:
        return "aucune absence"
    return f"{codes} (congé sans solde)" if codes == SANS_SOLDE else codes


def _tell_remedy(codes: str | None) -> str:
    if codes is None:
        return "Ajouter ce bloc au contrat dans la prochaine DSN."
    return (
        f"Annuler la suspension {codes} (S21.G00.65.001 = 998) et envoyer ce bloc à la place,"
        " dans la prochaine DSN."
    )


def compose_absences_tableaux(
    entreprise: Entreprise, ecarts: pl.DataFrame, date_arrete: date, publication: int
) -> Tableaux:
    """The columns of `specs/documents/conges.yaml`."""
    return Tableaux(
        modele=read_modeles()[MODELE],
        identite=identify(entreprise),
        tableaux=(compose_tableau(MODELE, "absences", describe_absences(ecarts)),),
        date_arrete=date_arrete,
        publication=publication,
    )
