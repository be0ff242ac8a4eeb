"""What an operator does: its effect asked for and waited for, then recorded; or done at once.

A page writes what is asked, signed by who is in; the engine does it (`pipelines/poste`). The
address of an answer is its fingerprint: sent twice, what was shown is recorded once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reporting.demande import DemandeRefusee, Introuvable
from reporting.espace.visiteur import ABSENT
from reporting.formulaires import Textes
from reporting.guichet import ask_moteur, wait_reponse
from reporting.poste.cadre import note_consultation, render_page
from reporting.poste.operateur import Operateur, Qui, Signataire
from reporting.poste.saisies import DE_COMPTE, is_direct, parse_acte, parse_motif
from reporting.retraitements import Ligne
from specs.contrats import read_contrat, valeurs_of
from specs.retours import read_retours
from warehouse.acces.demandes import ACTE, EFFET, Demande, find_demande
from warehouse.decisions import ANNULATION, read_decisions
from warehouse.maison import Maison
from warehouse.publications import read_publication
from warehouse.retraitements import (
    ATTEND,
    Changement,
    Effet,
    list_demandes,
    list_montants,
    parse_effet,
    read_effet,
)

FAIRE = "faire"
DECISIONS_MAX = 200
PSEUDONYME = 8  # digits of a pseudonym that are shown beside amounts
PANNE = "Le moteur n'a pas pu le faire : le journal du serveur en dit la raison."


@dataclass(frozen=True, slots=True)
class Suite:
    """What became of a request: why it was refused, what was done, or what it would change."""

    objet: str = ""
    refus: Sequence[str] = ()
    fait: str = ""
    effet: Effet | None = None
    lignes: Sequence[Ligne] = ()

    @property
    def attendue(self) -> bool:
        """Whether nothing was answered yet."""
        return not (self.refus or self.fait or self.effet)


def build_routes(maison: Maison) -> APIRouter:
    """Decisions, reprocessing, what is asked and what came of it."""
    routes = APIRouter()
    _add_listes(routes, maison)
    _add_suites(routes, maison)
    return routes


def _add_listes(routes: APIRouter, maison: Maison) -> None:
    @routes.get("/decisions", response_class=HTMLResponse)
    def show_decisions(qui: Qui, nature: str = "") -> Response:
        natures = valeurs_of("decisions", "nature")
        return render_page(
            "decisions.html", qui, prises=_list_decisions(maison), natures=natures,
            offertes={code: natures[code] for code in DE_COMPTE},
            choisie=nature if nature in DE_COMPTE else "",
            champs=DE_COMPTE.get(nature, ()),
        )  # fmt: skip

    @routes.get("/retraitements", response_class=HTMLResponse)
    def show_retraitements(qui: Qui, depot: str = "", adherent: str = "") -> Response:
        with maison.moteur.connect() as connexion:
            demandes, publication = list_demandes(connexion), read_publication(connexion)
        derniere = publication.numero if publication else 0
        attentes = [
            (d, effet, list_lignes(effet), d.publication != derniere)
            for d in demandes
            if d.etat == ATTEND
            for effet in [read_effet(maison, d)]
        ]
        suites = [d for d in reversed(demandes) if d.etat != ATTEND][:DECISIONS_MAX]
        dites = {"depot": depot, "adherent": adherent}
        return render_page("retraitements.html", qui, attentes=attentes, suites=suites, dites=dites)


def _add_suites(routes: APIRouter, maison: Maison) -> None:
    @routes.post("/actes")
    def ask(requete: Request, qui: Signataire, textes: Textes) -> Response:
        acte, motif = parse_acte(textes), parse_motif(textes)
        qui.check(acte["genre"])
        direct = textes.get("voie") == FAIRE
        if direct and not is_direct(acte):
            raise DemandeRefusee("L'effet de cet acte se regarde avant qu'il soit enregistré.")
        note_consultation(requete, qui, describe_vise(acte))
        contenu = {"acte": acte, "auteur": qui.utilisateur, "motif": motif, "instant": qui.instant}
        return _ask(maison, qui, ACTE if direct else EFFET, contenu)

    @routes.get("/suites/{empreinte}", response_class=HTMLResponse)
    def show_suite(empreinte: str, qui: Qui) -> Response:
        demande = _find(maison, qui, empreinte)
        suite = _read_suite(maison, demande)
        return render_page(
            "suite.html", qui, demande=demande, suite=suite, attend=suite.attendue,
            motif=demande.contenu["motif"], acte=demande.contenu.get("acte", {}),
        )  # fmt: skip

    @routes.post("/suites/{empreinte}")
    def record(empreinte: str, qui: Signataire) -> Response:
        montree = _find(maison, qui, empreinte)
        if montree.nature != EFFET:
            raise Introuvable(ABSENT)
        qui.check(montree.contenu["acte"]["genre"])
        contenu = {
            "effet": empreinte,
            "auteur": qui.utilisateur,
            "motif": montree.contenu["motif"],
            "instant": montree.contenu["instant"],
        }
        return _ask(maison, qui, ACTE, contenu)


def describe_vise(acte: Mapping[str, Any]) -> str:
    """Whom an act is about, as the journal of consultations names it."""
    vise = acte.get("ligne", acte)
    noms = ("adherent", "siren", "siret", "salarie", "depot", "mouvement", "decision", "demande")
    dits = [f"{nom} {vise[nom]}" for nom in noms if vise.get(nom)]
    return f"acte {acte['genre']} : {', '.join(dits) or 'la caisse'}"


def list_lignes(effet: Effet) -> list[Ligne]:
    """The amounts that would change, and whose they are; orders to a bank first."""
    return [
        Ligne(read_contrat(changement.table).titre, _describe_qui(changement), montant)
        for changement in sorted(effet.changements, key=lambda c: not c.a_la_banque)
        for montant in list_montants(changement)
    ]


def _describe_qui(changement: Changement) -> str:
    if changement.siren:
        return changement.siren
    if changement.salarie:
        return f"salarié {changement.salarie[:PSEUDONYME]}"
    return "la caisse"


def _list_decisions(maison: Maison) -> list[tuple[Mapping[str, Any], str | None, bool]]:
    """The last decisions, the last one first: a row, why it can't be annulled, whether it was.

    `vise`, in a row: what it is about beside a company, a deposit or a movement among others.
    """
    with maison.moteur.connect() as connexion:
        prises = read_decisions(connexion).reverse()
    annulees = {
        json.loads(contenu)["decision"] for contenu in prises.filter(nature=ANNULATION)["contenu"]
    }
    retours = read_retours()
    return [
        (
            prise | {"vise": json.loads(prise["contenu"])},
            retours.get(prise["nature"]),
            prise["numero"] in annulees,
        )
        for prise in prises.head(DECISIONS_MAX).iter_rows(named=True)
    ]


def _ask(maison: Maison, qui: Operateur, nature: str, contenu: Mapping[str, Any]) -> Response:
    maintenant = datetime.fromisoformat(qui.instant)
    empreinte = ask_moteur(maison, nature, contenu, qui.compte, maintenant)
    return RedirectResponse(f"/suites/{empreinte}", HTTPStatus.SEE_OTHER)


def _find(maison: Maison, qui: Operateur, empreinte: str) -> Demande:
    """What this operator asked; Introuvable when he did not, or it is forgotten."""
    with maison.moteur.connect() as connexion:
        demande = find_demande(connexion, empreinte)
    if demande is None or demande.utilisateur != qui.compte or demande.nature not in (ACTE, EFFET):
        raise Introuvable(ABSENT)
    return demande


def _read_suite(maison: Maison, demande: Demande) -> Suite:
    reponse = wait_reponse(maison, demande.empreinte)
    if reponse is None:
        return Suite()
    if reponse.texte is None:
        return Suite(refus=[PANNE])
    dite = json.loads(reponse.texte)
    if "refus" in dite:
        return Suite(refus=dite["refus"])
    if "fait" in dite:
        return Suite(fait=dite["fait"])
    effet = parse_effet(dite["effet"].encode())
    return Suite(dite["objet"], effet=effet, lignes=list_lignes(effet))
