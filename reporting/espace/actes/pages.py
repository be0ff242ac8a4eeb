"""Pages of the acts: choose one, fill its form, see what would change, ask, follow, withdraw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from reporting.demande import Introuvable
from reporting.espace.actes.champs import Bloc, build_blocs
from reporting.espace.actes.demandes import (
    Difference,
    describe_lignes,
    list_differences,
    read_demandes,
)
from reporting.espace.actes.lecture import Formulaire, parse_formulaire
from reporting.espace.cadre import Champ, Qui, render_page
from reporting.espace.droits import Acces
from reporting.espace.visiteur import ABSENT, Visiteur, check_origine, check_preuve
from specs.espace.actes import Acte, ActeInconnu, find_acte, read_actes
from warehouse.demandes.inscriptions import check_debut
from warehouse.demandes.journal import (
    RETIREE,
    DemandeImpossible,
    Lignes,
    check_motif,
    record_demande,
    settle_demande,
)
from warehouse.instants import format_instant
from warehouse.maison import Maison

SEE_OTHER = HTTPStatus.SEE_OTHER
CHAMPS_MAX = 400  # of a form
SANS_EFFET = "Le registre le dit déjà : cette demande ne changerait rien."


async def read_textes(requete: Request) -> Mapping[str, str]:
    """What a form sent, texts alone."""
    envoye = await requete.form(max_files=0, max_fields=CHAMPS_MAX)
    return {nom: texte for nom, texte in envoye.items() if isinstance(texte, str)}


Textes = Annotated[Mapping[str, str], Depends(read_textes)]


def build_routes(maison: Maison) -> APIRouter:
    """Every act of a company."""
    routes = APIRouter(prefix="/e/{siren}/demandes")

    @routes.get("", response_class=HTMLResponse)
    def show_demandes(requete: Request, siren: str, qui: Qui) -> Response:
        acces = qui.find(siren)
        with maison.moteur.connect() as connexion:
            attendent, passees = read_demandes(connexion, maison.archive, acces, _now(requete))
        actes = [acte for acte in read_actes().values() if acces.can_ask(acte)]
        return render_page(
            "demandes.html", qui, siren, actes=actes, attendent=attendent, passees=passees
        )

    @routes.get("/{nom}", response_class=HTMLResponse)
    def show_acte(siren: str, nom: str, qui: Qui) -> Response:
        acces, acte = _find(qui, siren, nom)
        return _render(maison, qui, acces, acte, Formulaire({}))

    @routes.post("/{nom}", response_class=HTMLResponse)
    def ask(requete: Request, siren: str, nom: str, qui: Qui, textes: Textes) -> Response:
        check_origine(requete)
        check_preuve(qui, textes.get("preuve", ""))
        acces, acte = _find(qui, siren, nom)
        return _answer(maison, qui, acces, acte, Formulaire(textes), _now(requete))

    @routes.post("/{numero}/retirer")
    def withdraw(
        requete: Request, siren: str, numero: int, qui: Qui, preuve: Champ = ""
    ) -> Response:
        check_origine(requete)
        check_preuve(qui, preuve)
        acces, instant = qui.find(siren), _now(requete)
        with maison.moteur.begin() as connexion:
            attendent, _ = read_demandes(connexion, maison.archive, acces, instant)
            if numero not in {suivie.demande.numero for suivie in attendent}:
                raise Introuvable(ABSENT)
            settle_demande(connexion, numero, RETIREE, instant)
        return RedirectResponse(f"/e/{siren}/demandes", SEE_OTHER)

    return routes


def _now(requete: Request) -> str:
    return format_instant(requete.app.state.horloge())


def _find(qui: Visiteur, siren: str, nom: str) -> tuple[Acces, Acte]:
    """An act that the user may ask for; Introuvable otherwise."""
    acces = qui.find(siren)
    try:
        acte = find_acte(nom)
    except ActeInconnu:
        raise Introuvable(ABSENT) from None
    if not acces.can_ask(acte):
        raise Introuvable(ABSENT)
    return acces, acte


def _build(maison: Maison, acces: Acces, acte: Acte) -> list[Bloc]:
    with maison.moteur.connect() as connexion:
        return build_blocs(connexion, acces, acte)


def _answer(
    maison: Maison, qui: Visiteur, acces: Acces, acte: Acte, formulaire: Formulaire, instant: str
) -> Response:
    """What would change, then, once it was seen, the request itself."""
    lignes = parse_formulaire(acte, _build(maison, acces, acte), formulaire)
    if formulaire.erreurs:
        return _render(maison, qui, acces, acte, formulaire)
    differences, obstacles = _judge(maison, qui, acces, acte, lignes, formulaire, instant)
    vu = hashlib.sha256(json.dumps(lignes, default=str).encode()).hexdigest()
    if obstacles or formulaire.textes.get("vu") != vu:
        return _render(
            maison, qui, acces, acte, formulaire, differences, obstacles,
            dit=list(describe_lignes(acte, lignes)), vu=vu,
        )  # fmt: skip
    with maison.moteur.begin() as connexion:
        record_demande(
            connexion, maison.archive, acte=acte, siren=acces.siren, utilisateur=qui.utilisateur,
            lignes=lignes, motif=formulaire.textes.get("motif", "").strip(), instant=instant,
        )  # fmt: skip
    return RedirectResponse(f"/e/{acces.siren}/demandes", SEE_OTHER)


def _judge(
    maison: Maison, qui: Visiteur, acces: Acces, acte: Acte, lignes: Lignes,
    formulaire: Formulaire, instant: str,
) -> tuple[Sequence[Difference], Sequence[str]]:  # fmt: skip
    """What the request would change, what stands in its way."""
    (_, textes), *_ = lignes
    try:
        check_motif(formulaire.textes.get("motif", ""))
        check_debut(acte, textes, qui.jour)
    except DemandeImpossible as refus:
        return [], refus.messages
    with maison.moteur.connect() as connexion:
        differences, obstacles = list_differences(
            connexion, acte, acces.siren, qui.utilisateur, textes, instant
        )
    return differences, obstacles or ([] if differences else [SANS_EFFET])


def _render(
    maison: Maison, qui: Visiteur, acces: Acces, acte: Acte, formulaire: Formulaire,
    differences: Sequence[Difference] = (), obstacles: Sequence[str] = (),
    dit: Sequence[tuple[str, str]] = (), vu: str = "",
) -> Response:  # fmt: skip
    refuse = bool(formulaire.erreurs or obstacles)
    return render_page(
        "acte.html", qui, acces.siren, HTTPStatus.BAD_REQUEST if refuse else HTTPStatus.OK,
        acte=acte, blocs=_build(maison, acces, acte), formulaire=formulaire,
        differences=differences, obstacles=obstacles, dit=dit, vu="" if refuse else vu,
    )  # fmt: skip
