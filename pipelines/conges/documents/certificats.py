"""The certificates of a company as tables: those set tonight, and what correctives change.

Its employees are named, as it declared them: these tables go to their company alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.conges.documents.phrases import format_temps, name_value, write_value
from pipelines.conges.regles.acquisition.certificats import INTERMEDIAIRE
from pipelines.conges.regles.acquisition.suites import compute_ecarts
from pipelines.editique.tableaux import Cellule, Tableaux, compose_tableau, identify
from pipelines.editique.valeurs import Entreprise
from specs.contrats import valeurs_of
from specs.documents import read_modeles

MODELE = "certificats_conges"
NATURES = valeurs_of("certificats", "nature")
QUI = ["siren", "salarie"]
# Columns of the table, as the document names them.
DITS = {
    "heures": "heures_centiemes",
    "activite_partielle": "heures_activite_partielle_centiemes",
    "intemperies": "heures_intemperies_centiemes",
    "brut": "brut_centimes",
    "r": "r_centimes",
}
REPRIS = (
    "certificat", "matricule", "cdg", "exercice", "remplace", "visible_le", "debut", "fin",
    "completude", "mois_manquants", "r_mois",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certificats:
    """Certificates set tonight of one company, and values that correctives change."""

    entreprise: Entreprise
    certificats: Sequence[Mapping[str, Cellule]]
    ecarts: Sequence[Mapping[str, Cellule]]
    date_arrete: date
    publication: int


def find_new(certificats: pl.DataFrame, publies: pl.DataFrame) -> pl.DataFrame:
    """Certificates issued since those published: in force, not provisional, by number.

    Both: contract `certificats`.
    """
    poses = certificats.filter(pl.col("en_vigueur"), pl.col("nature") != INTERMEDIAIRE)
    return poses.join(publies, on=["certificat", "nature"], how="anti").sort("certificat")


def describe_certificats(
    nouveaux: pl.DataFrame, personnes: pl.DataFrame
) -> tuple[Mapping[str, Cellule], ...]:
    """Rows of the first sheet, by name. `personnes`: QUI, surname, first_name."""
    nommes = nouveaux.join(personnes, on=QUI, how="left").sort(
        "surname", "first_name", "certificat", nulls_last=True
    )
    return tuple(map(_describe, nommes.iter_rows(named=True)))


def _describe(ligne: Mapping[str, Any]) -> dict[str, Cellule]:
    return {
        **{nom: ligne[nom] for nom in REPRIS},
        **{nom: ligne[champ] for nom, champ in DITS.items()},
        "nature": NATURES[ligne["nature"]],
        "nom": ligne["surname"],
        "prenoms": ligne["first_name"],
        "mois_travail": format_temps(ligne["mois_travail_fractions"]),
        "mois_maladie": format_temps(ligne["mois_maladie_fractions"]),
    }


def describe_ecarts(
    certificats: pl.DataFrame, nouveaux: pl.DataFrame
) -> Iterator[Mapping[str, Cellule]]:
    """Rows of the second sheet: value by value. `certificats`: those of the company, former too."""
    changes = compute_ecarts(certificats).join(
        nouveaux.select("certificat", "matricule"), on="certificat", maintain_order="left"
    )
    for ligne in changes.iter_rows(named=True):
        yield {
            "certificat": ligne["certificat"],
            "remplace": ligne["remplace"],
            "matricule": ligne["matricule"],
            "valeur": name_value(ligne["valeur"]),
            "avant": write_value(ligne["valeur"], ligne["avant"]),
            "apres": write_value(ligne["valeur"], ligne["apres"]),
        }


def compose_certificats_tableaux(poses: Certificats) -> Tableaux:
    """The columns of `specs/documents/conges.yaml`."""
    return Tableaux(
        modele=read_modeles()[MODELE],
        identite=identify(poses.entreprise),
        tableaux=(
            compose_tableau(MODELE, "certificats", poses.certificats),
            compose_tableau(MODELE, "ecarts", poses.ecarts),
        ),
        date_arrete=poses.date_arrete,
        publication=poses.publication,
    )
