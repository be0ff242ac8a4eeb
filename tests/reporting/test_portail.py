from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

from reporting.demande import Format
from reporting.formats import render_table
from reporting.lecture import read_table
from reporting.portail import create_portail
from specs.contrats import Lecteur, read_contrat
from warehouse.maison import Maison

ADRESSE = "http://127.0.0.1"


@pytest.fixture(scope="session")
def lecteur(maison: Maison) -> TestClient:
    """A client of the portal of the home with two publications."""
    return TestClient(create_portail(maison), base_url=ADRESSE)


def test_derniere_publication(lecteur: TestClient) -> None:
    """The page names the publication, its dates and its total, the French way."""
    page = lecteur.get("/").text
    assert "Publication n° 2" in page
    assert "Arrêtée au 30 avril 2026" in page
    assert "30/04/2026 à 22:05" in page
    assert "1\u202f202\u202f784,60&nbsp;€" in page
    assert "−25,20&nbsp;€" in page
    assert '<html lang="fr">' in page


def test_publication_anterieure(lecteur: TestClient) -> None:
    """An older publication is shown as it was, and says that it is not the last."""
    page = lecteur.get("/", params={"publication": 1}).text
    assert "Arrêtée au 31 mars 2026" in page
    assert "Vous lisez une publication antérieure" in page
    assert "D00000003" not in page


def test_valeurs_echappees(lecteur: TestClient) -> None:
    """A file name never becomes a tag of the page."""
    page = lecteur.get("/").text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.dsn" in page


def test_mois_declares(lecteur: TestClient) -> None:
    """A deposit shows the months of its published declarations."""
    page = lecteur.get("/").text
    assert page.count("mars 2026") == 2
    assert "Non conforme" in page


def test_entetes(lecteur: TestClient) -> None:
    """No answer lets a browser run a script, load from elsewhere, be framed or be cached."""
    pages = (
        "/",
        "/inconnue",
        "/statique/portail.css",
        "/tables/depots.csv",
        "/sante",
        "/exploitation",
        "/retraitements",
    )
    for adresse in pages:
        entetes = lecteur.get(adresse).headers
        assert entetes["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert "script-src" not in entetes["content-security-policy"]
        assert entetes["x-content-type-options"] == "nosniff"
        assert entetes["cache-control"] == "no-store"


def test_autre_hote_refuse(lecteur: TestClient) -> None:
    """A site that points its own name at the loopback reads nothing."""
    reponse = lecteur.get("/", headers={"host": "ailleurs.example"})
    assert reponse.status_code == 400
    assert "Publication" not in reponse.text


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("numero", [1, 2])
def test_telechargement(lecteur: TestClient, maison: Maison, format_: Format, numero: int) -> None:
    """A download has the very bytes of the lists, and a name that tells its publication."""
    reponse = lecteur.get(f"/tables/appels.{format_}", params={"publication": numero})
    frame = read_table(maison, "appels", numero, lecteur=Lecteur.PORTAIL)
    assert reponse.content == render_table(frame, read_contrat("appels"), format_)
    assert f'filename="appels-publication-{numero}.' in reponse.headers["content-disposition"]


def test_telechargement_filtre(lecteur: TestClient) -> None:
    """A download takes the same filters as the lists."""
    reponse = lecteur.get("/tables/depots.json", params={"ou": "etat=DOUBLON"})
    assert [depot["depot"] for depot in json.loads(reponse.content)] == ["D00000002"]


@pytest.mark.parametrize(
    ("adresse", "code", "phrase"),
    [
        ("/inconnue", 404, "Cette page n&#39;existe pas"),
        ("/statique/inconnue.css", 404, "Cette page n&#39;existe pas"),
        ("/?publication=9", 404, "La publication 9 n&#39;existe pas"),
        ("/?publication=trois", 400, "Numéro de publication illisible"),
        ("/tables/bases_lues.csv", 404, "Table inconnue"),
        ("/tables/appels.xls", 400, "Format inconnu"),
        ("/tables/appels.csv?ou=cdg", 400, "COLONNE=VALEUR"),
        ("/tables/depots.csv?ou=etat=absent", 400, "Admises : RECU, ILLISIBLE, DOUBLON"),
        ("/tables/appels.csv?ou=%3Cb%3E=1", 400, "Colonne inconnue : « &lt;b&gt; »"),
    ],
)
def test_refus(lecteur: TestClient, adresse: str, code: int, phrase: str) -> None:
    """What does not exist or cannot be read is said in French, on a page."""
    reponse = lecteur.get(adresse)
    assert reponse.status_code == code
    assert phrase in reponse.text
    assert "Revenir à la dernière publication" in reponse.text


def test_lecture_seule(lecteur: TestClient) -> None:
    """The portal receives nothing."""
    reponse = lecteur.post("/")
    assert reponse.status_code == 405
    assert "il ne reçoit rien" in reponse.text


def test_rien_de_publie(maison_vide: Maison) -> None:
    """Before the first publication, the page says so and a download is an empty table."""
    lecteur = TestClient(create_portail(maison_vide), base_url=ADRESSE)
    assert "Rien n’est encore publié" in lecteur.get("/").text
    assert lecteur.get("/tables/appels.json").json() == []
    assert lecteur.get("/sante").json() == {"etat": "ok", "publication": None}


def test_mesures(lecteur: TestClient) -> None:
    """What Prometheus reads: the last publication, the totals of its tables, in its format."""
    reponse = lecteur.get("/mesures")
    assert reponse.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "caisse_publication_numero 2\n" in reponse.text
    appels = lecteur.get("/tables/appels.json").json()
    total = sum(appel["montant_centimes"] for appel in appels)
    mesure = 'caisse_total_centimes{table="appels",colonne="montant_centimes"}'
    assert f"{mesure} {total}\n" in reponse.text


def test_exploitation(lecteur: TestClient) -> None:
    """The same figures for a person: what waits, what is published, in French; linked from /."""
    page = lecteur.get("/exploitation").text
    assert "État de l’exploitation" in page
    assert "n° 2, il y a" in page
    assert "<script" not in page
    assert 'href="/exploitation"' in lecteur.get("/").text


def test_sante(lecteur: TestClient) -> None:
    """Health names the last publication."""
    assert lecteur.get("/sante").json() == {"etat": "ok", "publication": 2}


def test_journal_illisible(maison_vide: Maison) -> None:
    """When the journal cannot be read, health answers 503 and the page says so in French."""
    maison_vide.moteur.dispose()
    (maison_vide.reglages.dossier / "registre.sqlite").write_bytes(b"pas une base" * 100)
    lecteur = TestClient(
        create_portail(maison_vide), base_url=ADRESSE, raise_server_exceptions=False
    )
    reponse = lecteur.get("/sante")
    assert (reponse.status_code, reponse.json()["etat"]) == (503, "indisponible")
    assert lecteur.get("/mesures").status_code == 503
    panne = lecteur.get("/")
    assert panne.status_code == 500
    assert "Le journal du serveur en dit la raison" in panne.text
    assert "content-security-policy" in panne.headers
