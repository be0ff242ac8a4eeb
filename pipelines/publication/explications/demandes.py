"""From an identifier to its explanation: which table holds it, what composes and tells it.

explain(maison, Demande("C8000101-202603-01/2026-03/CP")).phrases
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.publication.explications.lecture import (
    DemandeRefusee,
    Lecteur,
    describe_publication,
    find_issue,
    nearest,
    open_lecteur,
    read_sources,
)
from pipelines.publication.explications.lignes import explain_appel
from pipelines.publication.explications.objets import describe, describe_appel, describe_ligne
from pipelines.publication.explications.texte import tell_appel, tell_ligne
from pipelines.publication.explications.valeurs import AppelExplique, Ecart, LigneExpliquee
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


@dataclass(frozen=True, slots=True)
class Explication:
    """Why an amount is what it is, as sentences and as an object (docs/expliquer.md)."""

    phrases: tuple[str, ...]
    objet: Mapping[str, Any]
    ecarts: tuple[Ecart, ...]


Rangee = dict[str, Any]
Explicateur = Callable[[Lecteur, Rangee, Demande], Explication]


def explain(maison: Maison, demande: Demande) -> Explication:
    """Explain what is asked; DemandeRefusee when nothing of that name is published."""
    lecteur = open_lecteur(maison, demande.publication)
    for table, (cle, explicateur) in TABLES.items():
        rangee = lecteur.find(table, cle, demande.cle)
        if rangee is not None:
            return explicateur(lecteur, rangee, demande)
    connus = [nom for table, (cle, _) in TABLES.items() for nom in lecteur.names(table, cle)]
    raise _unknown(demande.cle, nearest(demande.cle, connus), lecteur)


def _unknown(identifiant: str, proches: list[str], lecteur: Lecteur) -> DemandeRefusee:
    ou = f"« {identifiant} » n'est pas dans la publication {lecteur.publication.numero}."
    suite = f" Ce qui s'en approche : {', '.join(proches)}." if proches else ""
    return DemandeRefusee(ou + suite)


def _explain_call(lecteur: Lecteur, rangee: Rangee, demande: Demande) -> Explication:
    """A call or one of its lines, as of the publication that issued it."""
    emission = find_issue(lecteur, rangee)
    appel = explain_appel(rangee, read_sources(emission, rangee))
    publiee = describe_publication(emission, rangee["part"])
    if demande.ligne is not None:
        ligne = _find_line(appel, demande.ligne)
        commun = describe(ligne.identifiant, "LIGNE", publiee, ligne.ecarts)
        objet = commun | {"ligne": describe_ligne(ligne)}
        return Explication(tuple(tell_ligne(ligne, publiee)), objet, ligne.ecarts)
    commun = describe(appel.appel, "APPEL", publiee, appel.ecarts)
    objet = commun | {"appel": describe_appel(appel)}
    return Explication(tuple(tell_appel(appel, publiee)), objet, appel.ecarts)


def _find_line(appel: AppelExplique, cle: tuple[str, str]) -> LigneExpliquee:
    for ligne in appel.lignes:
        if (ligne.mois_rattachement, ligne.cotisation) == cle:
            return ligne
    connues = ", ".join(ligne.identifiant for ligne in appel.lignes)
    raise DemandeRefusee(
        f"L'appel {appel.appel} n'a pas de ligne {SEPARATEUR.join(cle)}. Ses lignes : {connues}."
    )


TABLES: Mapping[str, tuple[str, Explicateur]] = {"appels": ("appel", _explain_call)}
