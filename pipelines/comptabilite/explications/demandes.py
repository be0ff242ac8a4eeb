"""An entry, a payment or a debit, explained from its row of the published accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.comptabilite.explications.comptes import read_comptes
from pipelines.comptabilite.explications.ecritures import (
    explain_ecriture,
    explain_encaissement,
    explain_prelevement,
    explain_reglement,
)
from pipelines.comptabilite.explications.objets import describe_ecriture, describe_piece
from pipelines.comptabilite.explications.texte import tell_ecriture, tell_piece
from pipelines.comptabilite.explications.valeurs import PieceExpliquee
from pipelines.cotisations.etapes import ETAPE
from pipelines.explications.lecture import Lecteur, describe_publication, find_issue
from pipelines.explications.objets import describe
from pipelines.explications.valeurs import Explication, Publiee, Rangee


def explain_entry(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """An entry of the ledger, as of the publication that issued it."""
    nom, jour = rangee["ecriture"], rangee["date_comptable"]
    emission = find_issue(lecteur, "ecritures", "ecriture", nom, jour)
    ecriture = explain_ecriture(nom, read_comptes(emission, rangee["siren"]))
    publiee = describe_publication(emission, rangee["part"], ETAPE)
    commun = describe(nom, "ECRITURE", publiee, ecriture.ecarts)
    objet = commun | {"ecriture": describe_ecriture(ecriture)}
    return Explication(tuple(tell_ecriture(ecriture, publiee)), objet, ecriture.ecarts)


def explain_payment(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """A payment and what it was imputed to."""
    comptes = read_comptes(lecteur, rangee["siren"])
    return tell_row(explain_encaissement(rangee, comptes), lecteur, rangee, tell_piece)


def explain_debit(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """A debit and the calls that it settles."""
    comptes = read_comptes(lecteur, rangee["siren"])
    return tell_row(explain_prelevement(rangee, comptes), lecteur, rangee, tell_piece)


def explain_transfer(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """A transfer of the fund and the amounts due that it pays."""
    comptes = read_comptes(lecteur, rangee["siren"])
    return tell_row(explain_reglement(rangee, comptes), lecteur, rangee, tell_piece)


def tell_row(
    piece: PieceExpliquee,
    lecteur: Lecteur,
    rangee: Rangee,
    tell: Callable[[PieceExpliquee, Publiee], Iterator[str]],
) -> Explication:
    """A piece as sentences and as an object."""
    publiee = describe_publication(lecteur, rangee["part"], ETAPE)
    commun = describe(piece.identifiant, piece.nature, publiee, piece.ecarts)
    objet = commun | {"piece": describe_piece(piece)}
    return Explication(tuple(tell(piece, publiee)), objet, piece.ecarts)
