"""The status of a certificate, as the portal answers it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient

from reporting.portail import create_portail
from specs.contrats import read_contrat, schema_polars
from warehouse.maison import open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages
from warehouse.remises import Remise

NUMERO = "ATT-800000010-20260420-01"
PDF = b"%PDF-1.7 attestation"
ATTESTATION = {
    "part": 0,
    "attestation": NUMERO,
    "siren": "800000010",
    "adherent": "A80001",
    "date_arrete": date(2026, 4, 20),
    "fin_validite": date(2026, 7, 20),
    "etat": "EN_REGLE",
    "motif": "EMISSION",
    "dsn_attendues": 1,
    "dsn_recues": 1,
    "echu_centimes": 0,
    "majorations_centimes": 0,
    "solde_exigible_centimes": 0,
}


@pytest.fixture(scope="module")
def lecteur(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A client of the portal of a home that published one certificate."""
    maison = open_maison(Reglages(dossier=tmp_path_factory.mktemp("caisse") / "donnees"))
    frame = pl.DataFrame([ATTESTATION], schema_polars(read_contrat("attestations")), orient="row")
    version = maison.lac.write("attestations", frame, None)
    with maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=date(2026, 4, 20),
            versions={"attestations": version},
            empreinte="0" * 64,
            publie_le="2026-04-20T20:00:00Z",
            remises=[Remise("A80001", f"ATTESTATION_{NUMERO}.pdf", maison.archive.write(PDF))],
        )
    return TestClient(create_portail(maison), base_url="http://127.0.0.1")


def test_a_number_is_answered_in_the_form_of_api_entreprise(lecteur: TestClient) -> None:
    """Valid on its last day, for one more day; ended the day after."""
    reponse = lecteur.get(f"/attestations/{NUMERO}", params={"date": "2026-07-20"})
    assert reponse.status_code == 200
    assert reponse.json() == {
        "data": {"document_url": f"/attestations/{NUMERO}.pdf", "expires_in": 86_400},
        "links": {"self": f"/attestations/{NUMERO}"},
        "meta": {
            "attestation": NUMERO,
            "siren": "800000010",
            "etat": "valide",
            "verifiee_le": "2026-07-20",
            "delivree_le": "2026-04-20",
            "fin_validite": "2026-07-20",
            "revoquee_le": None,
        },
    }
    finie = lecteur.get(f"/attestations/{NUMERO}", params={"date": "2026-07-21"}).json()
    assert (finie["meta"]["etat"], finie["data"]["expires_in"]) == ("expiree", 0)


def test_the_document_is_the_one_that_the_company_got(lecteur: TestClient) -> None:
    """At the address that the answer gives; a number without a document is a 404."""
    adresse = lecteur.get(f"/attestations/{NUMERO}").json()["data"]["document_url"]
    reponse = lecteur.get(adresse)
    assert (reponse.content, reponse.headers["content-type"]) == (PDF, "application/pdf")
    assert lecteur.get("/attestations/ATT-1.pdf").status_code == 404


def test_an_unknown_number_is_a_404(lecteur: TestClient) -> None:
    """With the code 38003; an unreadable date is a refusal."""
    reponse = lecteur.get("/attestations/ATT-1", params={"date": "2026-07-20"})
    assert reponse.status_code == 404
    assert reponse.json()["errors"][0]["code"] == "38003"
    assert lecteur.get("/attestations/ATT-1", params={"date": "hier"}).status_code == 400


def test_a_home_that_published_nothing_knows_no_number(tmp_path: Path) -> None:
    """Nothing is an error before the first night."""
    vide = TestClient(
        create_portail(open_maison(Reglages(dossier=tmp_path))), base_url="http://127.0.0.1"
    )
    assert vide.get(f"/attestations/{NUMERO}").status_code == 404
