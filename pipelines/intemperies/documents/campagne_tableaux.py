"""The campaign of a company as a table: a row a declaration."""

from __future__ import annotations

from pipelines.editique.tableaux import Cellule, Tableaux, compose_tableau, identify
from pipelines.intemperies.documents.mots import ETATS
from pipelines.intemperies.documents.valeurs import Campagne, LigneCampagne
from specs.documents import read_modeles

MODELE = "campagne_intemperies"
SOMMES = ("perdues", "indemnisees", "indemnite", "provisoire", "definitif", "rembourse", "reste")


def compose_campagne_tableaux(campagne: Campagne) -> Tableaux:
    """The statement in the columns of `specs/documents/campagne_intemperies.yaml`."""
    lignes = [_describe(ligne) for ligne in campagne.lignes]
    total: dict[str, Cellule] = {
        nom: sum(valeur for ligne in lignes if isinstance(valeur := ligne[nom], int))
        for nom in (*SOMMES, "conges")
    }
    return Tableaux(
        modele=read_modeles()[MODELE],
        identite=(*identify(campagne.entreprise), ("Campagne", campagne.campagne)),
        tableaux=(compose_tableau(MODELE, "lignes", lignes, total),),
        date_arrete=campagne.date_arrete,
        publication=campagne.publication,
    )


def _describe(ligne: LigneCampagne) -> dict[str, Cellule]:
    return {
        "declaration": ligne.declaration,
        "etat": ETATS[ligne.etat][0],
        "premier_jour": ligne.premier_jour,
        "salaries": ligne.salaries,
        "perdues": ligne.perdues_centiemes,
        "indemnisees": ligne.indemnisees_centiemes,
        "indemnite": ligne.indemnite_centimes,
        "provisoire": ligne.provisoire_centimes,
        "definitif": ligne.definitif_centimes,
        "rembourse": ligne.rembourse_centimes,
        "reste": ligne.reste_centimes,
        "conges": ligne.cotisation_conges_centimes,
    }
