"""Status of the certificates for public contracts, as JSON in the form of API Entreprise.

Anyone who is shown a certificate can check its number; a buyer can ask for that of a company.
What is answered is what was published: a certificate is looked for in the last publication, the
situation of a company in the one in force on the day asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from reporting.demande import Introuvable
from reporting.lecture import read_arretes, read_table
from specs.api_entreprise import (
    VALIDE,
    Reponse,
    compose_attestation,
    compose_introuvable,
    state_at,
)
from specs.contrats import Lecteur
from warehouse.maison import Maison
from warehouse.remises import find_contenu

SITUATION = (
    "date_arrete",
    "a_jour",
    "motif",
    "dsn_attendues",
    "dsn_recues",
    "solde_exigible_centimes",
    "mois_bloquants",
    "appels_bloquants",
)


def read_statut(maison: Maison, numero: str, jour: date) -> Reponse:
    """The answer about the certificate `numero` on `jour`: valid, ended, revoked or unknown."""
    lues = read_table(
        maison, "attestations", filtres={"attestation": numero}, lecteur=Lecteur.PUBLIC
    )
    for attestation in lues.filter(lues["date_arrete"] <= jour).iter_rows(named=True):
        return compose_attestation(attestation, jour)
    return compose_introuvable(f"le numéro {numero}", jour)


def read_statut_siren(maison: Maison, siren: str, jour: date) -> Reponse:
    """The answer about a company on `jour`: its last certificate, a valid one if it has one.

    `meta` also says its situation that day, with its proof (None before the first publication).
    """
    ajouts = {"situation": read_situation(maison, siren, jour)}
    lues = read_table(maison, "attestations", filtres={"siren": siren}, lecteur=Lecteur.EXPLOITANT)
    delivrees = lues.filter(lues["date_arrete"] <= jour).sort("date_arrete", "attestation")
    lignes = list(delivrees.iter_rows(named=True))
    if not lignes:
        return compose_introuvable(f"le SIREN {siren}", jour, ajouts)
    valides = [ligne for ligne in lignes if state_at(ligne, jour) == VALIDE]
    return compose_attestation((valides or lignes)[-1], jour, ajouts)


def read_situation(maison: Maison, siren: str, jour: date) -> Mapping[str, Any] | None:
    """Situation of a company, with its proof, as the publication in force on `jour` says it."""
    en_vigueur = [numero for numero, arrete in read_arretes(maison).items() if arrete <= jour]
    if not en_vigueur:
        return None
    lues = read_table(
        maison, "situations", max(en_vigueur), {"siren": siren}, lecteur=Lecteur.EXPLOITANT
    )
    for ligne in lues.select(SITUATION).iter_rows(named=True):
        return ligne | {"date_arrete": ligne["date_arrete"].isoformat()}
    return None


def read_document(maison: Maison, numero: str) -> bytes:
    """The PDF of the certificate, as its company got it; Introuvable when there is none."""
    with maison.moteur.connect() as connexion:
        sha256 = find_contenu(connexion, f"ATTESTATION_{numero}.pdf")
    if sha256 is None:
        raise Introuvable(f"Aucun document pour l'attestation « {numero} ».")
    return maison.archive.read(sha256)


def is_valid(reponse: Reponse) -> bool:
    """Whether the answer is about a certificate that is valid."""
    return bool(reponse.get("meta", {}).get("etat") == VALIDE)
