"""Why a right is what it is, for the page of its employee."""

from __future__ import annotations

from pipelines.conges.documents.sources import Source
from pipelines.conges.documents.valeurs import Pourquoi
from pipelines.conges.explications.droits import compose_droit
from pipelines.conges.explications.lecture import open_dossier
from pipelines.conges.explications.texte_droit import list_sections
from pipelines.explications.lecture import Lecteur


def find_pourquoi(lecteur: Lecteur, droit: str) -> Pourquoi | None:
    """Why a right is what it is, as of the publication of a reader; None when it is not in it."""
    rangee = lecteur.find("droits", "droit", droit)
    if rangee is None:
        return None
    dossier = open_dossier(lecteur, rangee["salarie"])
    sections = list_sections(compose_droit(dossier, rangee), dossier.savoir)
    return Pourquoi(
        beneficiaire=Source(lecteur.maison, lecteur.publication).find_beneficiaire(
            rangee | {"matricule": None}
        ),
        sections=tuple((titre, tuple(phrases)) for titre, phrases in sections),
        date_arrete=lecteur.publication.date_arrete,
        publication=lecteur.publication.numero,
        **{nom: rangee[nom] for nom in ("droit", "exercice", "jours_legaux", "indemnite_centimes")},
    )
