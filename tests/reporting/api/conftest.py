"""A fund of two companies that declared, asked for leave and stopped; tokens of several rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import yaml
from fastapi.testclient import TestClient

from pipelines.guichet.reponses import answer_demandes
from pipelines.metiers import METIERS
from pipelines.nuit.passage import run_nuit
from reporting.api.application import create_api
from sample_files.generateur.portefeuille import (
    Parametres,
    generate_entreprises,
    generate_portefeuille,
)
from sample_files.generateur.registre import Profil, render_registre
from specs.fichiers import render_yaml
from specs.periodes import Mois
from tests.reporting.api.lecture_lente import Porteur, Registre
from warehouse.acces.demandes import Reponse, find_reponse
from warehouse.acces.jetons import Demande, create_jeton
from warehouse.registre import YAML

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Caisse
    from warehouse.maison import Maison

MOIS = Mois.range(Mois(2026, 1), Mois(2026, 2))
PARAMETRES = Parametres(adherents=2, salaries=8, mois=MOIS, graine=3, echanges=True)
SOIR = datetime(2026, 3, 16, 20, tzinfo=UTC)
MAINTENANT = datetime(2026, 3, 17, 9, tzinfo=UTC)
DEPOTS, NOM = "/v1/entreprises/999000011", "janvier.dsn"  # of the first company
DEBUT = "2026-01-01"
AUTRE_CENTRE = "C0000102"  # where nobody works
# Users of narrow rights, of the first company.
LIMITES = {
    "A00001-ETAM": ("*", "E", "*"),
    "A00001-CENTRE": ("comptabilite", "*", "C0000101"),
    "A00001-AUTRE": ("*", "*", AUTRE_CENTRE),
    "A00001-CONGES": ("conges", "O", "*"),
}
Jeton = Callable[..., str]


@pytest.fixture(scope="session")
def registre() -> Registre:
    """What the registry of the fund says, section by section."""
    profils = ((e, Profil()) for e in generate_entreprises(PARAMETRES))
    dit: Registre = yaml.load(render_registre(profils), Loader=yaml.BaseLoader)  # noqa: S506
    siren = dit["adherents"][0]["siren"]
    dit["centres_gestion"].append({"cdg": AUTRE_CENTRE, "siren": siren})
    for qui, (service, categorie, cdg) in LIMITES.items():
        nommes = {"utilisateur": qui, "siren": siren, "nom": "X", "courriel": "x@x.example"}
        dit["utilisateurs"].append(nommes | {"debut": DEBUT})
        limites = {"service": service, "categorie": categorie, "cdg": cdg, "droit": "vue"}
        dit["droits_utilisateurs"].append({"utilisateur": qui} | limites | {"debut": DEBUT})
    comptable = {"mandataire": "CABINET-01", "siren": siren, "service": "comptabilite"}
    dit["mandats_depot"].append(comptable | {"debut": DEBUT})
    return dit


@pytest.fixture(scope="session")
def inscrit(make_caisse: Callable[..., Caisse], registre: Registre) -> Caisse:
    """The fund before anything came; to be copied."""
    caisse = make_caisse()
    caisse.learn(render_yaml(registre).encode(), YAML)
    return caisse


@pytest.fixture(scope="session")
def publie(inscrit: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> Caisse:
    """The fund after the night that took everything in; to be copied, or read only.

    The first file came by the API, as A00001-ADM, the others by SFTP.
    """
    caisse = copy_caisse(inscrit)
    premier, *autres = generate_portefeuille(PARAMETRES)
    depose = open_depots(caisse).post(f"{DEPOTS}/depots", files={"fichier": (NOM, premier.octets)})
    assert depose.status_code == 202
    for fichier in autres:
        caisse.drop(fichier.adherent, fichier.nom, fichier.octets)
    run_nuit(caisse.passage(SOIR))  # nothing is drawn: machines read none of it
    return caisse


def open_depots(caisse: Caisse) -> TestClient:
    """A client that deposits for the first company, and a desk that answers at once."""
    jeton = give_jeton(caisse, Porteur("A00001-ADM", None, ("lecture", "depot")))
    entetes = {"Authorization": f"Bearer {jeton}"}
    return TestClient(open_api(caisse), headers=entetes, raise_server_exceptions=False)


@pytest.fixture(scope="session", autouse=True)
def guichet() -> Iterator[None]:
    """A desk that answers what is controlled as soon as it is asked."""

    def wait(maison: Maison, empreinte: str) -> Reponse | None:
        answer_demandes(maison, METIERS, MAINTENANT)
        with maison.moteur.connect() as connexion:
            return find_reponse(connexion, empreinte)

    with pytest.MonkeyPatch.context() as remplace:
        remplace.setattr("reporting.espace.depot.wait_reponse", wait)
        yield


@pytest.fixture(scope="module")
def fonds(publie: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> Caisse:
    """The same, to write in."""
    return copy_caisse(publie)


def open_api(caisse: Caisse, appels: int = 1_000_000) -> FastAPI:
    """The API of a fund, in the morning after its night."""
    return create_api(caisse.maison, lambda: MAINTENANT, ["testserver"], appels)


def give_jeton(caisse: Caisse, porteur: Porteur, jours: int = 90) -> str:
    """A token of a bearer."""
    demande = Demande(porteur.utilisateur, porteur.siren, porteur.portees, "essais")
    with caisse.maison.moteur.begin() as connexion:
        return create_jeton(connexion, demande, jours, MAINTENANT)[1]


@pytest.fixture(scope="module")
def api(fonds: Caisse) -> FastAPI:
    """Its API."""
    return open_api(fonds)


@pytest.fixture(scope="module")
def appelle(fonds: Caisse, api: FastAPI) -> Callable[..., TestClient]:
    """A client whose token is of a user and of scopes."""

    def call(utilisateur: str, *portees: str, siren: str | None = None) -> TestClient:
        jeton = give_jeton(fonds, Porteur(utilisateur, siren, portees or ("lecture",)))
        entetes = {"Authorization": f"Bearer {jeton}"}
        return TestClient(api, headers=entetes, raise_server_exceptions=False)

    return call
