"""From an identifier to its explanation: which table holds it, what composes and tells it.

explain(maison, Demande("C8000101-202603-01/2026-03/CP")).phrases
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.attestations.explications.situations import explain_attestation, tell_attestation
from pipelines.comptabilite.explications.comptes import read_comptes
from pipelines.comptabilite.explications.ecritures import (
    explain_ecriture,
    explain_encaissement,
    explain_prelevement,
)
from pipelines.comptabilite.explications.objets import describe_ecriture, describe_piece
from pipelines.comptabilite.explications.texte import tell_ecriture, tell_piece
from pipelines.comptabilite.explications.valeurs import PieceExpliquee
from pipelines.cotisations.explications.lecture import (
    DemandeRefusee,
    Lecteur,
    describe_publication,
    find_issue,
    nearest,
    open_lecteur,
    read_sources,
)
from pipelines.cotisations.explications.lignes import explain_appel
from pipelines.cotisations.explications.objets import describe, describe_appel, describe_ligne
from pipelines.cotisations.explications.texte import tell_appel, tell_ligne
from pipelines.cotisations.explications.valeurs import AppelExplique, Ecart, LigneExpliquee, Publiee
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
Explicateur = Callable[[Lecteur, Rangee], Explication]


def explain(maison: Maison, demande: Demande) -> Explication:
    """Explain what is asked; DemandeRefusee when nothing of that name is published."""
    lecteur, nom, ligne = open_lecteur(maison, demande.publication), demande.cle, demande.ligne
    appel = lecteur.find("appels", "appel", nom)
    if appel is not None:
        return _explain_call(lecteur, appel, ligne)
    for table, (cle, explicateur) in PIECES.items():
        rangee = None if ligne else lecteur.find(table, cle, nom)
        if rangee is not None:
            return explicateur(lecteur, rangee)
    tables = {"appels": "appel"} | {table: cle for table, (cle, _) in PIECES.items()}
    connus = [connu for table, cle in tables.items() for connu in lecteur.names(table, cle)]
    raise _unknown(nom, nearest(nom, connus), lecteur)


def _unknown(identifiant: str, proches: list[str], lecteur: Lecteur) -> DemandeRefusee:
    ou = f"« {identifiant} » n'est pas dans la publication {lecteur.publication.numero}."
    suite = f" Ce qui s'en approche : {', '.join(proches)}." if proches else ""
    return DemandeRefusee(ou + suite)


def _explain_call(lecteur: Lecteur, rangee: Rangee, cle: tuple[str, str] | None) -> Explication:
    """A call or one of its lines, as of the publication that issued it."""
    emission = find_issue(lecteur, "appels", "appel", rangee["appel"], rangee["date_arrete"])
    appel = explain_appel(rangee, read_sources(emission, rangee))
    publiee = describe_publication(emission, rangee["part"])
    if cle is not None:
        ligne = _find_line(appel, cle)
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


def _explain_entry(lecteur: Lecteur, rangee: Rangee) -> Explication:
    """An entry of the ledger, as of the publication that issued it."""
    nom, jour = rangee["ecriture"], rangee["date_comptable"]
    emission = find_issue(lecteur, "ecritures", "ecriture", nom, jour)
    ecriture = explain_ecriture(nom, read_comptes(emission, rangee["siren"]))
    publiee = describe_publication(emission, rangee["part"])
    commun = describe(nom, "ECRITURE", publiee, ecriture.ecarts)
    objet = commun | {"ecriture": describe_ecriture(ecriture)}
    return Explication(tuple(tell_ecriture(ecriture, publiee)), objet, ecriture.ecarts)


def _explain_payment(lecteur: Lecteur, rangee: Rangee) -> Explication:
    comptes = read_comptes(lecteur, rangee["siren"])
    return _told(explain_encaissement(rangee, comptes), lecteur, rangee, tell_piece)


def _explain_debit(lecteur: Lecteur, rangee: Rangee) -> Explication:
    comptes = read_comptes(lecteur, rangee["siren"])
    return _told(explain_prelevement(rangee, comptes), lecteur, rangee, tell_piece)


def _explain_certificate(lecteur: Lecteur, rangee: Rangee) -> Explication:
    nom, jour = rangee["attestation"], rangee["date_arrete"]
    emission = find_issue(lecteur, "attestations", "attestation", nom, jour)
    piece = explain_attestation(rangee, emission, lecteur)
    return _told(piece, lecteur, rangee, tell_attestation)


def _told(
    piece: PieceExpliquee,
    lecteur: Lecteur,
    rangee: Rangee,
    tell: Callable[[PieceExpliquee, Publiee], Iterator[str]],
) -> Explication:
    publiee = describe_publication(lecteur, rangee["part"])
    commun = describe(piece.identifiant, piece.nature, publiee, piece.ecarts)
    objet = commun | {"piece": describe_piece(piece)}
    return Explication(tuple(tell(piece, publiee)), objet, piece.ecarts)


PIECES: Mapping[str, tuple[str, Explicateur]] = {
    "ecritures": ("ecriture", _explain_entry),
    "encaissements": ("encaissement", _explain_payment),
    "prelevements": ("prelevement", _explain_debit),
    "attestations": ("attestation", _explain_certificate),
}
