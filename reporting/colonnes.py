"""Which columns of a table a list shows: those that are asked for, the main ones, or all."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.demande import DemandeRefusee
from specs.contrats import PLACES, Contrat
from specs.listes import main_columns

LARGEUR = 80  # characters of the narrowest terminal that a list must hold in


def choose_colonnes(contrat: Contrat, demandees: str | None) -> Contrat:
    """The contract with the columns that `demandees` names, parted by commas, in that order.

    Raises:
        DemandeRefusee: a column that the reader does not see, or none.
    """
    if demandees is None:
        return contrat
    connues = {colonne.nom: colonne for colonne in contrat.colonnes}
    noms = list(dict.fromkeys(nom.strip() for nom in demandees.split(",") if nom.strip()))
    for nom in noms or [demandees]:
        if nom not in connues:
            raise DemandeRefusee(
                f"Colonne inconnue : « {nom} ». Colonnes de la table {contrat.nom} : "
                f"{', '.join(connues)}."
            )
    return _restrict(contrat, noms)


def keep_main(contrat: Contrat) -> Contrat:
    """The contract with the main columns of its table; the whole of it when it names none."""
    principales = main_columns(contrat.nom)
    vues = {colonne.nom for colonne in contrat.colonnes}
    montrees = [nom for nom in principales if nom in vues]
    return _restrict(contrat, montrees) if montrees else contrat


def _restrict(contrat: Contrat, noms: Sequence[str]) -> Contrat:
    """The contract of what is shown: these columns, in this order."""
    colonnes = {colonne.nom: colonne for colonne in contrat.colonnes}
    return contrat.with_colonnes(colonnes[nom] for nom in noms)


def describe_omises(contrat: Contrat, montre: Contrat) -> str:
    """What a list does not show, and how to see it; empty when it shows all."""
    toutes = sum(colonne.nom not in PLACES for colonne in contrat.colonnes)
    montrees = len(montre.colonnes)
    if montrees == toutes:
        return ""
    return f"{montrees} colonnes sur {toutes} : --large les montre toutes, --colonnes en choisit.\n"
