"""The queues: deposits that wait or were set aside, unknown SIRET, movements of the bank."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from reporting.demande import DemandeRefusee
from reporting.guichet import ask_moteur, wait_reponse
from reporting.lecture import read_publication, read_table
from reporting.poste.cadre import render_page
from reporting.poste.operateur import Operateur, Qui
from specs.contrats import Lecteur, codes_of
from warehouse.acces.demandes import CANDIDATS, ORPHELINS, Contenu
from warehouse.decisions import read_en_vigueur
from warehouse.exploitation.alertes import format_duree
from warehouse.journal import Depot, read_depots, read_derniere_arrivee
from warehouse.maison import Maison
from warehouse.registre.versions import read_version

ETATS = codes_of("depots", "etat", "MIS_A_L_ECART", "EN_ATTENTE", "RECU")
DE_MOUVEMENT = codes_of("decisions", "nature", "AFFECTATION", "HORS_CAISSE")
(REVOCATION,) = codes_of("decisions", "nature", "REVOCATION_AFFECTATION")
LIGNES_MAX = 200
PANNE = "Le moteur n'a pas pu répondre : le journal du serveur en dit la raison."
INDICES = {
    "numero": "son numéro est dans le texte de l'opération",
    "appel_du_montant": "il reste exactement ce montant sur cet appel",
    "dette_du_montant": "l'entreprise doit exactement ce montant en tout",
    "nom": "les lettres du nom sont les siennes",
}


@dataclass(frozen=True, slots=True)
class File:
    """Deposits in a state, the oldest first, with how long ago each came; how many in all."""

    etat: str
    depots: Sequence[tuple[Depot, str]]
    nombre: int


@dataclass(frozen=True, slots=True)
class Orphelin:
    """An establishment to import: its line, the centres that it may be of, the likeliest first."""

    ligne: Mapping[str, str]
    centres: Sequence[Mapping[str, Any]]

    @property
    def cdg(self) -> str | None:
        """The centre that is proposed."""
        choisi: str | None = self.ligne["cdg"] or (self.centres[0]["cdg"] if self.centres else None)
        return choisi

    @property
    def pourquoi(self) -> str:
        """Why this one."""
        if not self.centres:
            return "déjà au registre : seul le déposant est nouveau"
        centre = self.centres[0]
        if centre["centres"] == 1:
            return "l'entreprise n'a que ce centre"
        proche = f", dont le SIRET voisin {centre['voisin']}" if centre["voisin"] else ""
        return f"{centre['etablissements']} de ses établissements en sont{proche}"


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A movement that waits, whose it may be, the decision about it that waits for the night."""

    valeurs: Mapping[str, Any]
    candidats: Sequence[Mapping[str, Any]]
    decision: int | None


def build_routes(maison: Maison) -> APIRouter:
    """The deposits, the bank."""
    routes = APIRouter()

    @routes.get("/files", response_class=HTMLResponse)
    def show_files(qui: Qui) -> Response:
        orphelins = read_orphelins(maison, qui)
        return render_page(
            "files.html", qui, attend=orphelins is None, orphelins=orphelins,
            files=[_read_file(maison, etat, qui.instant) for etat in ETATS],
        )  # fmt: skip

    @routes.get("/banque", response_class=HTMLResponse)
    def show_banque(qui: Qui) -> Response:
        mouvements = read_mouvements(maison, qui)
        return render_page(
            "banque.html", qui, attend=mouvements is None, mouvements=mouvements, indices=INDICES
        )

    return routes


def _read_file(maison: Maison, etat: str, instant: str) -> File:
    with maison.moteur.connect() as connexion:
        depots = read_depots(connexion, {etat})
    maintenant = datetime.fromisoformat(instant)
    ages = [
        (d, format_duree(int((maintenant - datetime.fromisoformat(d.recu_le)).total_seconds())))
        for d in depots[:LIGNES_MAX]
    ]
    return File(etat, ages, len(depots))


def read_orphelins(maison: Maison, qui: Operateur) -> list[Orphelin] | None:
    """Establishments that keep declarations waiting; None when the engine has not said yet."""
    publication = read_publication(maison)
    with maison.moteur.connect() as connexion:
        contenu = {
            "registre": read_version(connexion),
            "publication": publication.numero if publication else 0,
            "arrivee": read_derniere_arrivee(connexion),
        }
    dits = _ask(maison, qui, ORPHELINS, contenu)
    if dits is None:
        return None
    return [
        Orphelin(ligne, [c for c in dits["centres"] if c["siret"] == ligne["siret"]])
        for ligne in dits["lignes"]
    ]


def read_mouvements(maison: Maison, qui: Operateur) -> list[Mouvement] | None:
    """Movements that wait for an officer; None when the engine has not said yet."""
    publication = read_publication(maison)
    if publication is None:
        return []
    dits = _ask(maison, qui, CANDIDATS, {"publication": publication.numero})
    if dits is None:
        return None
    attendent = read_table(maison, "encaissements_non_affectes", lecteur=Lecteur.EXPLOITANT)
    decides = read_decides(maison)
    return [
        Mouvement(
            valeurs,
            [c for c in dits if c["mouvement"] == valeurs["mouvement"]],
            decides.get(valeurs["mouvement"]),
        )
        for valeurs in attendent.head(LIGNES_MAX).iter_rows(named=True)
    ]


def read_decides(maison: Maison) -> dict[str, int]:
    """Number of the decision that holds about each movement."""
    with maison.moteur.connect() as connexion:
        prises = read_en_vigueur(connexion)
    decides: dict[str, int] = {}
    for numero, nature, contenu in prises.select("numero", "nature", "contenu").iter_rows():
        if nature in DE_MOUVEMENT:
            decides[json.loads(contenu)["mouvement"]] = numero
        elif nature == REVOCATION:
            decides.pop(json.loads(contenu)["mouvement"], None)
    return decides


def _ask(maison: Maison, qui: Operateur, nature: str, contenu: Contenu) -> Any:  # noqa: ANN401
    """What the engine says, as JSON gives it; None while it has not."""
    maintenant = datetime.fromisoformat(qui.instant)
    empreinte = ask_moteur(maison, nature, contenu, qui.compte, maintenant)
    reponse = wait_reponse(maison, empreinte)
    if reponse is None:
        return None
    if reponse.texte is None:
        raise DemandeRefusee(PANNE)
    return json.loads(reponse.texte)
