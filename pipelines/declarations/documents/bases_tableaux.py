"""The bases of the employees as tables: DSN lines, then months, then employees."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.declarations.documents.valeurs import EtatBases
from pipelines.editique.tableaux import Cellule, Tableau, Tableaux, identify
from specs.documents import read_modeles

AVERTISSEMENT = (
    "Les salariés portent le nom que vous avez déclaré en dernier. Celui que vous n'avez pas nommé"
    " est désigné par son contrat et par le début d'un pseudonyme, stable d'un mois à l'autre."
)
SOMMES = {"centimes", "entier"}


def compose_bases_tableaux(etat: EtatBases) -> Tableaux:
    """The statement in the columns of `specs/documents/bases.yaml`."""
    return Tableaux(
        modele=read_modeles()["bases"],
        identite=(
            *identify(etat.entreprise),
            ("Exercice", f"{etat.exercice} (1er avril - 31 mars)"),
            ("Salariés", AVERTISSEMENT),
        ),
        tableaux=(
            _compose("lignes", etat.lignes, sauf=("ligne",)),
            _compose("mois", etat.mois),
            _compose("salaries", etat.salaries, sauf=("mois",)),
        ),
        date_arrete=etat.date_arrete,
        publication=etat.publication,
    )


def _compose(nom: str, lignes: Sequence[Sequence[Cellule]], sauf: tuple[str, ...] = ()) -> Tableau:
    """A table with the sum of its columns of amounts and counts, `sauf` what is not to be added."""
    table = read_modeles()["bases"].tables[nom]
    total: dict[str, Cellule] = {
        colonne.nom: sum(v for ligne in lignes if isinstance(v := ligne[place], int))
        for place, colonne in enumerate(table.colonnes)
        if colonne.type in SOMMES and colonne.nom not in sauf
    }
    return Tableau(table, lignes, total)
