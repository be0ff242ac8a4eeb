"""Pages of the acts: choose one, fill its form, see what would change, ask, follow, withdraw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from reporting.demande import Introuvable
from reporting.espace.actes.champs import Bloc, Formulaire, parse_formulaire
from reporting.espace.actes.demandes import (
    Difference,
    describe_inscrites,
    list_differences,
    read_demandes,
)
from reporting.espace.actes.fichiers import (
    Constat,
    build_enregistrements,
    drop_ecrit,
    list_regles,
    write_fichier,
)
from reporting.espace.actes.registre import build_rangee
from reporting.espace.cadre import Champ, Qui, render_page
from reporting.espace.droits import Acces
from reporting.espace.visiteur import ABSENT, Visiteur
from reporting.formulaires import Textes
from reporting.sessions import check_origine, check_preuve
from specs.espace.actes import Acte, read_actes
from specs.registre import read_tables
from warehouse.demandes.inscriptions import check_debut, list_inscrites
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
SANS_EFFET = "Le registre le dit déjà : cette demande ne changerait rien."


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
        acces, acte = qui.find_acte(siren, nom)
        return _render(qui, acces, _open(maison, qui, acces, acte, None))

    @routes.post("/{nom}", response_class=HTMLResponse)
    def ask(requete: Request, siren: str, nom: str, qui: Qui, textes: Textes) -> Response:
        check_origine(requete)
        check_preuve(qui, textes.get("preuve", ""))
        acces, acte = qui.find_acte(siren, nom)
        vue = _open(maison, qui, acces, acte, textes)
        return _answer(maison, qui, acces, vue, requete.app.state.horloge())

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


@dataclass(slots=True)
class Vue:
    """An act as its page shows it: the form, what would change, what stands in its way.

    `constats`: what the control says of the file that it writes; `vu`: what proves that it was
    shown, once it can be asked for. `titres`, `inscrites`: what the registry says today.
    """

    acte: Acte
    blocs: Sequence[Bloc]
    formulaire: Formulaire
    differences: Sequence[Difference] = ()
    obstacles: Sequence[str] = ()
    constats: Sequence[Constat] = ()
    regles: Sequence[tuple[str, str]] = ()
    titres: Sequence[str] = ()
    inscrites: Sequence[Sequence[str]] = ()
    nom: str = ""
    vu: str = ""

    @property
    def refusee(self) -> bool:
        """Whether it can't be asked for as it is."""
        bloque = any(constat.bloque for constat in self.constats)
        return bool(self.formulaire.erreurs or self.obstacles or bloque)


def _open(
    maison: Maison, qui: Visiteur, acces: Acces, acte: Acte, textes: Mapping[str, str] | None
) -> Vue:
    """The form as it was sent, or as the registry fills it; and what the registry says."""
    with maison.moteur.connect() as connexion:
        if acte.genre:
            blocs = build_enregistrements(connexion, acces, acte)
            return Vue(acte, blocs, Formulaire(textes or {}), regles=list(list_regles(acte)))
        blocs = build_rangee(connexion, acces, acte)
        dits = acte, acces.siren, qui.utilisateur, qui.jour
        inscrites = list_inscrites(connexion, *dits)
    if set(read_tables()[acte.table].cle) <= acte.donnes.keys():
        connus = {s.cle: ligne[s.nom] for ligne in inscrites for s in blocs[0].saisies}
        return Vue(acte, blocs, Formulaire(connus if textes is None else textes))
    titres, lignes = describe_inscrites(acte, inscrites)
    return Vue(acte, blocs, Formulaire(textes or {}), titres=titres, inscrites=lignes)


def _answer(
    maison: Maison, qui: Visiteur, acces: Acces, vue: Vue, maintenant: datetime
) -> Response:
    """What would change, then, once it was seen, the request itself, or the deposit of the file."""
    formulaire = vue.formulaire
    lignes = parse_formulaire(vue.blocs, formulaire)
    if formulaire.erreurs:
        return _render(qui, acces, vue)
    suite = _write if vue.acte.genre else _ask
    try:
        reponse = suite(maison, qui, acces, vue, lignes, maintenant)
    except DemandeImpossible as refus:
        vue.obstacles, reponse = refus.messages, None
    return reponse or _render(qui, acces, vue)


def _must_show(vue: Vue, lignes: Lignes) -> bool:
    """Whether what would change was not seen yet as it is."""
    dit = json.dumps([lignes, vue.formulaire.textes.get("cree", "")], default=str)
    vue.vu = hashlib.sha256(dit.encode()).hexdigest()
    return vue.refusee or vue.formulaire.textes.get("vu") != vue.vu


def _ask(
    maison: Maison, qui: Visiteur, acces: Acces, vue: Vue, lignes: Lignes, maintenant: datetime
) -> Response | None:
    """A request of the registry: None while it is only shown."""
    (_, textes), *_ = lignes
    motif, instant = vue.formulaire.textes.get("motif", "").strip(), format_instant(maintenant)
    check_motif(motif)
    check_debut(vue.acte, textes, qui.jour)
    signe = acces.siren, qui.utilisateur
    with maison.moteur.connect() as connexion:
        juge = list_differences(connexion, vue.acte, *signe, textes, instant)
    vue.differences, vue.obstacles = juge
    if not vue.differences and not vue.obstacles:
        vue.obstacles = [SANS_EFFET]
    if _must_show(vue, lignes):
        return None
    with maison.moteur.begin() as connexion:
        record_demande(
            connexion, maison.archive, acte=vue.acte, siren=acces.siren,
            utilisateur=qui.utilisateur, lignes=lignes, motif=motif, instant=instant,
        )  # fmt: skip
    return RedirectResponse(f"/e/{acces.siren}/demandes", SEE_OTHER)


def _write(
    maison: Maison, qui: Visiteur, acces: Acces, vue: Vue, lignes: Lignes, maintenant: datetime
) -> Response | None:
    """A file to deposit: None while it is only shown. It bears the instant of its first sight."""
    cree = _read_instant(vue.formulaire.textes.get("cree", ""), maintenant)
    vue.formulaire.textes = {**vue.formulaire.textes, "cree": format_instant(cree)}
    ecrit = write_fichier(maison, acces, vue.acte, lignes, cree, maintenant)
    vue.constats, vue.nom = ecrit.constats, ecrit.nom
    if _must_show(vue, lignes):
        return None
    drop_ecrit(maison, acces, vue.acte, ecrit, maintenant)
    return render_page("deposer.html", qui, acces.siren, depose=ecrit.nom, controle=None)


def _read_instant(texte: str, maintenant: datetime) -> datetime:
    """When the form was first seen whole, of the last day; now otherwise."""
    try:
        cree = datetime.fromisoformat(texte)
    except ValueError:
        return maintenant
    ici = cree.tzinfo is not None and timedelta() <= maintenant - cree <= timedelta(days=1)
    return cree if ici else maintenant


def _render(qui: Visiteur, acces: Acces, vue: Vue) -> Response:
    code = HTTPStatus.BAD_REQUEST if vue.refusee else HTTPStatus.OK
    if vue.refusee:
        vue.vu = ""
    return render_page("acte.html", qui, acces.siren, code, vue=vue)
