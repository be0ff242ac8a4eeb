"""What his pages ask of the engine: an amount in plain words, a document again, a leave to come."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from reporting.demande import Introuvable
from reporting.espace.pourquoi import Explication, parse_explication
from reporting.guichet import ask_moteur, wait_reponse
from reporting.salarie.lecture import ABSENT, Rangee, list_cle
from reporting.salarie.visiteur import Lui
from specs.salarie import Table
from warehouse.acces.demandes import DOCUMENT, RECIT, SIMULATION

PAS_DE_DOCUMENT = "Ce document n'existe pas, ou n'est plus publié."


@dataclass(frozen=True, slots=True)
class Imprime:
    """A document of a table: its kind, the column that names its row (None: he himself)."""

    document: str
    cle: str | None
    fichier: str


@dataclass(frozen=True, slots=True)
class Attente:
    """The engine has not answered yet."""


IMPRIMES: Mapping[str, Imprime] = MappingProxyType(
    {
        "decomptes": Imprime("DECOMPTE", "decompte", "decompte_{date_paiement}.pdf"),
        "certificats": Imprime("CERTIFICAT", "certificat", "certificat_{fin}.pdf"),
        "droits": Imprime("DROITS", None, "droits.pdf"),
        "attestations_fiscales": Imprime("ATTESTATION_FISCALE", "annee", "impots_{annee}.pdf"),
        "demandes_conges": Imprime("REFUS", "demande", "refus_{debut}.pdf"),
    }
)


def can_print(lui: Lui, table: str, ligne: Rangee) -> bool:
    """Whether a row of his has a document: a year that is over, a request that is refused."""
    if table == "attestations_fiscales":
        return lui.publication is not None and ligne["annee"] < lui.publication.date_arrete.year
    return table in IMPRIMES and (table != "demandes_conges" or ligne["etat"] == "REFUSEE")


def ask_recit(lui: Lui, table: Table, ligne: Rangee) -> Explication | Attente | None:
    """Why a row of his is what it is; None when the engine has nothing to say of it."""
    if not table.recit:
        raise Introuvable(ABSENT)
    cle = {nom: ligne[nom] for nom in list_cle(table)}
    return _parse(_ask(lui, RECIT, {"table": table.nom, "cle": cle}))


def ask_simulation(lui: Lui, debut: str, reprise: str) -> Explication | Attente | None:
    """What a leave would give him; None when nothing is known of him."""
    return _parse(_ask(lui, SIMULATION, {"debut": debut, "reprise": reprise}))


def ask_document(lui: Lui, nom: str, reference: str) -> tuple[str, bytes] | Attente:
    """Name and bytes of a document of his; Introuvable when he has none of this reference."""
    table, ligne = lui.siennes.find(nom, reference)
    if not can_print(lui, nom, ligne):
        raise Introuvable(ABSENT)
    imprime = IMPRIMES[table.nom]
    contenu = {
        "document": imprime.document,
        "siren": ligne.get("siren", ""),
        "cle": str(ligne[imprime.cle]) if imprime.cle else lui.salarie,
        "nom": imprime.fichier.format(**ligne),
    }
    texte = _ask(lui, DOCUMENT, contenu)
    if isinstance(texte, Attente):
        return texte
    if texte is None:
        raise Introuvable(PAS_DE_DOCUMENT)
    return contenu["nom"], base64.b64decode(texte)


def _ask(lui: Lui, nature: str, contenu: dict[str, Any]) -> str | Attente | None:
    """The answer, asked once a publication; None when it was refused."""
    if lui.publication is None:
        return None
    maison = lui.siennes.maison
    sien = {"publication": lui.publication.numero, "salarie": lui.salarie, **contenu}
    empreinte = ask_moteur(maison, nature, sien, lui.demandeur, lui.maintenant)
    reponse = wait_reponse(maison, empreinte)
    return Attente() if reponse is None else reponse.texte


def _parse(texte: str | Attente | None) -> Explication | Attente | None:
    return parse_explication(json.loads(texte)) if isinstance(texte, str) else texte
