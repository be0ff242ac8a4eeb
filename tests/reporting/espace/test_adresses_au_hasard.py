"""Ten thousand users and addresses at random, against the rights as the registry writes them.

The registry is drawn, imported, then read again in plain Python. What a route asks is told by
ROUTES: one that is not there fails, so that none is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from reporting.demande import Introuvable
from reporting.espace.application import create_espace
from reporting.espace.droits import read_acces
from reporting.espace.visiteur import Visiteur
from reporting.sessions import COOKIE
from sample_files.generateur.entreprises import compute_siren
from specs.espace import read_tables, read_themes
from specs.espace.actes import read_actes
from specs.fichiers import render_yaml
from tests.reporting.espace.conftest import MAINTENANT
from warehouse.acces.sessions import open_session
from warehouse.registre import YAML

if TYPE_CHECKING:
    from tests.conftest import Caisse

TIRAGES, REQUETES = 2_500, 40  # of each registry: judged, then asked over HTTP
JOUR = MAINTENANT.date().isoformat()
AVANT, HIER, DEMAIN = "2026-01-01", "2026-05-05", "2026-05-07"
SERVICES = ("*", "conges", "intemperies", "comptabilite", "declarations")
SIRENS = [compute_siren(rang) for rang in range(1, 5)]  # the last one is nobody's
Registre = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Adresse:
    """An address, and what it asks: of which route, with which name."""

    route: str
    siren: str
    nom: str

    @property
    def chemin(self) -> str:
        """As a browser writes it."""
        return self.route.replace("{siren}", self.siren).replace("{nom}", self.nom)


def draw_registre(hasard: Random) -> Registre:
    """Companies with users; conventions, rights, mandates, some of which are over or to come."""
    adherents, centres, utilisateurs, conventions, droits, mandats = [], [], [], [], [], []
    for rang, siren in enumerate(SIRENS[:-1], 1):
        adherents.append({"numero_adherent": f"A{rang}", "siren": siren, "raison_sociale": "X"})
        centres.append({"cdg": f"C{rang}", "siren": siren})
        siens = [f"A{rang}-{nom}" for nom in "UVW"]
        utilisateurs += [
            {"utilisateur": u, "siren": siren, "nom": "X", "courriel": "x@x.fr", "debut": AVANT}
            for u in siens
        ]
        if hasard.random() < 0.8:
            fin = {"fin": HIER} if hasard.random() < 0.2 else {}
            convention = {"convention": str(rang), "siren": siren, "nature": "ANET"}
            choisi = {"administrateur": hasard.choice(siens), "debut": AVANT}
            conventions.append(convention | choisi | fin)
        for qui in siens:
            services = hasard.sample(SERVICES, hasard.randint(0, 2))
            droits += [_draw_droit(hasard, qui, service) for service in services]
        for cabinet in ("F1", "F2"):
            if hasard.random() < 0.5:
                mandat = {"mandataire": cabinet, "siren": siren, "debut": AVANT}
                mandats.append(mandat | {"service": hasard.choice(SERVICES)})
    return {
        "adherents": adherents,
        "centres_gestion": centres,
        "utilisateurs": utilisateurs,
        "conventions": conventions,
        "droits_utilisateurs": droits,
        "mandats_depot": mandats,
    }


def _draw_droit(hasard: Random, qui: str, service: str) -> dict[str, Any]:
    periode = hasard.choice(({"debut": AVANT}, {"debut": AVANT, "fin": HIER}, {"debut": DEMAIN}))
    limites = {"categorie": hasard.choice("**O"), "cdg": hasard.choice(("*", "*", f"C{qui[1]}"))}
    droit = {"utilisateur": qui, "service": service, "droit": hasard.choice(("vue", "saisie"))}
    return droit | limites | periode


def list_droits(registre: Registre, qui: str, siren: str) -> Iterator[tuple[str, bool, bool, bool]]:
    """Service, without a limit, entering, by a mandate: the rights of a user today."""

    def holds(ligne: dict[str, Any]) -> bool:
        return bool(ligne["debut"] <= JOUR <= ligne.get("fin", "9999"))

    anet = [c for c in registre["conventions"] if c["siren"] == siren and holds(c)]
    siens = [u for u in registre["utilisateurs"] if (u["utilisateur"], u["siren"]) == (qui, siren)]
    if siens and anet:
        if any(c["administrateur"] == qui for c in anet):
            yield "*", True, True, False
        for droit in registre["droits_utilisateurs"]:
            if droit["utilisateur"] == qui and holds(droit):
                tous = {droit["categorie"], droit["cdg"]} == {"*"}
                yield droit["service"], tous, droit["droit"] == "saisie", False
    for mandat in registre["mandats_depot"]:
        if (mandat["mandataire"], mandat["siren"]) == (qui, siren) and holds(mandat):
            yield mandat["service"], True, True, True


def is_open(registre: Registre, qui: str, adresse: Adresse) -> bool:
    """Whether an address exists for a user, by the words of docs/espace.md."""
    droits = list(list_droits(registre, qui, adresse.siren))
    services, tout = {d[0] for d in droits}, ("*", True, True) in {d[:3] for d in droits}

    def reads(table: str) -> bool:
        lue = read_tables().get(table)
        voulus = services if lue is None or lue.service == "*" else services & {"*", lue.service}
        return lue is not None and bool(voulus)

    if "theme" in adresse.route:
        theme = read_themes().get(adresse.nom)
        return theme is not None and any(reads(table.nom) for table in theme.tables)
    if adresse.route.endswith("/demandes/{nom}"):
        acte = read_actes().get(adresse.nom)
        return acte is not None and _may_ask(acte.droit, droits, tout=tout)
    if "deposer" in adresse.route:
        return tout
    if "{nom}" in adresse.route:
        return reads("fichiers_emis" if "document" in adresse.route else adresse.nom)
    return bool(droits)


def _may_ask(droit: str, droits: list[tuple[str, bool, bool, bool]], *, tout: bool) -> bool:
    propres = [d for d in droits if not d[3]]
    if droit == "deposant":
        return tout
    if droit == "soi":
        return bool(propres)
    cherches = {"*"} if droit == "administrateur" else {"*", droit}
    return any(service in cherches and tous and saisit for service, tous, saisit, _ in propres)


# How a page knows whether it exists, by its route.
ROUTES: Mapping[str, Callable[[Visiteur, Adresse], object]] = {
    "/e/{siren}": lambda qui, a: qui.find(a.siren),
    "/e/{siren}/informations": lambda qui, a: qui.find(a.siren),
    "/e/{siren}/profil": lambda qui, a: qui.find(a.siren),
    "/e/{siren}/favoris": lambda qui, a: qui.find(a.siren),
    "/e/{siren}/demandes": lambda qui, a: qui.find(a.siren),
    "/e/{siren}/demandes/{numero}/retirer": lambda qui, a: qui.find(a.siren),
    "/e/{siren}/demandes/{nom}": lambda qui, a: qui.find_acte(a.siren, a.nom),
    "/e/{siren}/deposer": lambda qui, a: qui.find_depot(a.siren),
    "/e/{siren}/theme/{nom}": lambda qui, a: qui.find_theme(a.siren, a.nom),
    "/e/{siren}/liste/{nom}": lambda qui, a: qui.find_table(a.siren, a.nom),
    "/e/{siren}/liste/{nom}.{forme}": lambda qui, a: qui.find_table(a.siren, a.nom),
    "/e/{siren}/liste/{nom}.pdf": lambda qui, a: qui.find_table(a.siren, a.nom),
    "/e/{siren}/fiche/{nom}": lambda qui, a: qui.find_table(a.siren, a.nom),
    "/e/{siren}/pourquoi/{nom}": lambda qui, a: qui.find_table(a.siren, a.nom),
    "/e/{siren}/document/{nom}": lambda qui, a: qui.find_table(a.siren, "fichiers_emis"),
}
# Those that answer a GET by the right alone, whatever the rows that there are.
DONNEES = re.compile("fiche|pourquoi|document|forme|pdf|retirer|favoris")
PAGES = [route for route in ROUTES if not DONNEES.search(route)]


def draw_adresse(hasard: Random, routes: list[str]) -> Adresse:
    """An address of a company, or of none; a name that exists for it, or for another page."""
    route = hasard.choice(routes)
    noms = {"theme": [*read_themes()], "demandes": [*read_actes()]}
    propres = next((n for mot, n in noms.items() if f"/{mot}/" in route), [*read_tables()])
    nom = hasard.choice([*propres, "inconnue"])
    return Adresse(route, hasard.choice(SIRENS), nom)


def is_found(visiteur: Visiteur, adresse: Adresse) -> bool:
    """Whether the page of an address exists for a visitor."""
    try:
        ROUTES[adresse.route](visiteur, adresse)
    except Introuvable:
        return False
    return True


@pytest.mark.parametrize("graine", range(4))
def test_addresses_exist_for_who_may_read_them(
    make_caisse: Callable[..., Caisse], graine: int
) -> None:
    """By the function of rights, then as the application answers."""
    hasard, caisse = Random(graine), make_caisse()  # noqa: S311 - replayed
    registre = draw_registre(hasard)
    dites = {nom: rangees for nom, rangees in registre.items() if rangees}
    caisse.learn(render_yaml(dites).encode(), YAML)
    noms = [u["utilisateur"] for u in registre["utilisateurs"]] + ["F1", "F2", "PERSONNE"]
    jour = MAINTENANT.date()
    visiteurs = {u: Visiteur(u, "", jour, read_acces(caisse.maison, u, jour)) for u in noms}
    ouvertes = 0
    for _ in range(TIRAGES):
        qui, adresse = hasard.choice(noms), draw_adresse(hasard, list(ROUTES))
        attendue = is_open(registre, qui, adresse)
        assert is_found(visiteurs[qui], adresse) == attendue, (qui, adresse.chemin)
        ouvertes += attendue
    assert TIRAGES // 20 < ouvertes < TIRAGES - TIRAGES // 20
    espace = create_espace(caisse.maison, lambda: MAINTENANT, ["testserver"])
    for _ in range(REQUETES):
        qui, adresse = hasard.choice(noms), draw_adresse(hasard, PAGES)
        client = TestClient(espace, follow_redirects=False)
        with caisse.maison.moteur.begin() as connexion:
            client.cookies.set(COOKIE, open_session(connexion, qui, MAINTENANT))
        code = client.get(adresse.chemin).status_code
        assert (code == 200) == is_open(registre, qui, adresse), (qui, adresse.chemin, code)


def test_no_route_is_left_out(make_caisse: Callable[..., Caisse]) -> None:
    """A page of a company that nobody judged here would be judged nowhere."""
    espace = create_espace(make_caisse().maison)
    assert set(_list_routes(espace.routes)) == set(ROUTES)


def _list_routes(routes: Any) -> Iterator[str]:
    for route in routes:
        if hasattr(route, "methods") and route.path.startswith("/e/"):
            yield route.path
        yield from _list_routes(getattr(route, "routes", ()))
