"""A fund with something in each queue, its desk, and operators who are in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from pipelines.guichet.veille import keep_guichet
from pipelines.metiers import METIERS
from pipelines.poste.reponses import answer_effets, answer_vite
from reporting.poste.application import create_poste
from reporting.sessions import COOKIES
from sample_files.generateur.banque import Ligne, write_releve
from tests.conftest import decide_avoir
from warehouse.acces.operateurs import Droit, Signature, invite_operateur
from warehouse.acces.portes import Porte
from warehouse.acces.sessions import open_session
from warehouse.maison import Maison

if TYPE_CHECKING:
    from tests.conftest import Caisse

BONS = Path(__file__).parents[3] / "sample_files" / "bons"
REGISTRE = (BONS / "registre.yaml").read_bytes()
MAINTENANT = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
SIREN, ADHERENT, CONNU, INCONNU = "800000010", "A80001", "80000001000010", "80000001000028"
IBAN, DU = "FR7630006000011234567890189", 281_923
VIREMENT = Ligne(DU, jour=date(2026, 4, 24), iban=IBAN, nom="HOLDING", reference="solde")
SIGNE = Signature("test", "essai")
OPERATEURS = {
    "anne": {Droit.ACTE, Droit.APPROBATION},
    "bruno": {Droit.ACTE, Droit.APPROBATION},
    "lise": {Droit.LECTURE},
}
Entre = Callable[[str], TestClient]


def name_operateurs(maison: Maison) -> None:
    """The operators of the tests, each with his rights."""
    with maison.moteur.begin() as connexion:
        for nom, droits in OPERATEURS.items():
            trousseau = maison.archive.trousseau
            invite_operateur(connexion, trousseau, nom, droits, SIGNE, MAINTENANT)


def open_jeton(maison: Maison, nom: str, maintenant: datetime) -> str:
    """The token of a session of an operator."""
    with maison.moteur.begin() as connexion:
        return open_session(connexion, Porte.POSTE.name_compte(nom), maintenant)


@pytest.fixture(scope="module")
def fonds(vecu: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> Caisse:
    """That fund, to act in, and its operators."""
    caisse = copy_caisse(vecu)
    name_operateurs(caisse.maison)
    return caisse


@pytest.fixture(scope="session")
def vecu(
    make_appelee: Callable[..., Caisse], normale: bytes, as_real: Callable[[bytes], bytes]
) -> Caisse:
    """A call; then an unreadable file, an unknown SIRET, a transfer that is nobody's."""
    caisse = make_appelee(registre=REGISTRE)
    ailleurs = (
        as_real(normale).replace(b"'00010'", b"'00028'").replace(CONNU.encode(), INCONNU.encode())
    )
    caisse.drop(ADHERENT, "illisible.dsn", b"PK\x03\x04")
    caisse.drop(ADHERENT, "ailleurs.dsn", ailleurs)
    caisse.drop("BANQUE", "releve.xml", write_releve([VIREMENT]))
    caisse.pass_night(MAINTENANT.replace(day=5, hour=20))
    decide_avoir(caisse)  # the night to come applies it
    return caisse


def keep_moteur(maison: Maison, horloge: Callable[[], datetime]) -> Iterator[None]:
    """Both guichets of the desk, beside the pages."""
    fini = Event()
    fils = [
        Thread(
            target=keep_guichet,
            args=(maison, METIERS, lambda: not fini.is_set(), horloge, repond),
            daemon=True,
        )
        for repond in (answer_vite, answer_effets)
    ]
    for fil in fils:
        fil.start()
    yield
    fini.set()
    for fil in fils:
        fil.join(timeout=60)


@pytest.fixture(scope="module")
def moteur(fonds: Caisse) -> Iterator[None]:
    """The engine, that answers."""
    yield from keep_moteur(fonds.maison, lambda: MAINTENANT)


@pytest.fixture(scope="module")
def entre(fonds: Caisse) -> Entre:
    """Browser of an operator who is in."""
    poste = create_poste(fonds.maison, lambda: MAINTENANT, ["testserver"])

    def enter(nom: str) -> TestClient:
        client = TestClient(poste, follow_redirects=False, raise_server_exceptions=False)
        client.cookies.set(COOKIES[Porte.POSTE], open_jeton(fonds.maison, nom, MAINTENANT))
        return client

    return enter


def sign(client: TestClient, page: str = "/retraitements") -> str:
    """The proof that the forms of an operator bear."""
    return re.findall(r'name="preuve" value="(\w+)"', client.get(page).text)[0]


def act(client: TestClient, motif: str = "vu", **mots: str) -> str:
    """The page that says what became of an act that is done at once."""
    donnees = {"preuve": sign(client), "motif": motif, "voie": "faire", **mots}
    envoye = client.post("/actes", data=donnees)
    assert envoye.status_code == 303, envoye.text
    return follow(client, envoye.headers["location"])


def follow(client: TestClient, adresse: str) -> str:
    """The page of a request once the engine answered: each look waits a few seconds."""
    for _ in range(30):
        page = client.get(adresse).text
        if "revient d'elle-même" not in page:
            return page
    raise AssertionError("le moteur n'a pas répondu")
