"""From an identifier to its explanation: which table holds it, what composes and tells it.

explain(maison, Demande("C8000101-202603-01/2026-03/CP"), METIERS).phrases
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.explications.lecture import DemandeRefusee, Lecteur, nearest, open_lecteur
from pipelines.explications.valeurs import Explication
from pipelines.metier import Metier, find
from warehouse.maison import Maison

SEPARATEUR = "/"


@dataclass(frozen=True, slots=True)
class Demande:
    """What is asked: an identifier, and for a call the line wanted; `publication` None: the last.

    `mois` (of attachment) and `cotisation` may stand in the identifier: APPEL/AAAA-MM/COTISATION.
    """

    identifiant: str
    publication: int | None = None
    mois: str | None = None
    cotisation: str | None = None

    @property
    def cle(self) -> str:
        """The identifier of a row of a table."""
        return self.identifiant.split(SEPARATEUR)[0]

    @property
    def ligne(self) -> tuple[str, str] | None:
        """Month of attachment and contribution of the line wanted; None: the whole call."""
        _, *reste = self.identifiant.split(SEPARATEUR)
        choix = tuple(reste) if reste else (self.mois, self.cotisation)
        if choix == (None, None):
            return None
        match choix:
            case (str(mois), str(cotisation)) if mois and cotisation:
                return mois, cotisation
        raise DemandeRefusee(
            "Une ligne se désigne par son appel, son mois de rattachement et sa cotisation :"
            " APPEL/AAAA-MM/COTISATION, ou --mois et --cotisation."
        )


def explain(maison: Maison, demande: Demande, metiers: Sequence[Metier]) -> Explication:
    """Explain what is asked; DemandeRefusee when nothing of that name is published."""
    lecteur, nom, ligne = open_lecteur(maison, demande.publication), demande.cle, demande.ligne
    explicables = [e for metier in metiers for e in metier.explications]
    for explicable in explicables:
        if ligne is not None and not explicable.par_ligne:
            continue
        rangee = lecteur.find(explicable.table, explicable.cle, nom)
        if rangee is not None:
            explication: Explication = find(explicable.explique)(lecteur, rangee, ligne)
            return explication
    connus = [connu for e in explicables for connu in lecteur.names(e.table, e.cle)]
    raise _unknown(nom, nearest(nom, connus), lecteur)


def _unknown(identifiant: str, proches: list[str], lecteur: Lecteur) -> DemandeRefusee:
    ou = f"« {identifiant} » n'est pas dans la publication {lecteur.publication.numero}."
    suite = f" Ce qui s'en approche : {', '.join(proches)}." if proches else ""
    return DemandeRefusee(ou + suite)
