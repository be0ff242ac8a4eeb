"""The machines' door over a published fund: fuzzed, its rows judged, deposits followed."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.checks import response_headers_conformance

from pipelines.guichet.reponses import answer_demandes
from pipelines.metiers import METIERS
from reporting.demande import DemandeRefusee
from reporting.vues import write_vues
from sample_files.generateur.portefeuille import generate_portefeuille
from specs.contrats import PLACES, TYPES, Lecteur, read_contrat
from specs.espace import find_table, read_tables
from specs.fichiers import render_yaml
from tests.efforts import GRAINES
from tests.reporting.api.conftest import (
    MAINTENANT,
    NOM,
    PARAMETRES,
    SOIR,
    give_jeton,
    open_api,
    open_depots,
)
from tests.reporting.api.lecture_lente import Lente, Ligne, Porteur, Registre
from warehouse.audit import read_objets
from warehouse.registre import YAML

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Caisse

A, B = "999000011", "999000029"
ADM = "A00001-ADM"
ESSAIS = 2 * GRAINES  # requests of each operation, as they should be, then not
CONFORME = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PORTEURS = [
    Porteur(ADM, None, ("lecture", "depot")),
    Porteur(ADM, None, ("lecture:conges",)),
    Porteur(ADM, None, ("depot",)),
    Porteur("A00002-ADM", None, ("lecture",)),
    Porteur("A00001-CHANTIER", None, ("lecture",)),
    Porteur("A00001-ETAM", None, ("lecture",)),
    Porteur("A00001-CENTRE", None, ("lecture",)),
    Porteur("A00001-AUTRE", None, ("lecture",)),
    Porteur("A00001-CONGES", None, ("lecture:conges", "lecture:comptabilite")),
    Porteur("CABINET-01", None, ("lecture", "depot")),
    Porteur("CABINET-01", B, ("lecture",)),
    Porteur("CABINET-01", None, ("lecture:comptabilite",)),
    Porteur("PERSONNE", None, ("lecture",)),
]
DEPOTS = find_table("depots")
POSITIF = schemathesis.GenerationMode.POSITIVE
Appelle = Callable[..., TestClient]


@pytest.fixture(scope="module")
def lente(fonds: Caisse, registre: Registre) -> Lente:
    """The fund, read slowly."""
    return Lente(fonds, registre, MAINTENANT.date().isoformat())


def canonical(lignes: list[Ligne]) -> list[str]:
    """Rows that can be compared, whatever their order."""
    return sorted(json.dumps(ligne, sort_keys=True, ensure_ascii=False) for ligne in lignes)


def adresse(nom: str, siren: str = A) -> str:
    """The address of a table."""
    return f"/v1/entreprises/{siren}/tables/{nom}"


@pytest.mark.parametrize(
    "porteur", PORTEURS, ids=lambda p: f"{p.utilisateur}-{'-'.join(p.portees)}"
)
def test_rows_are_those_of_the_slow_reading(
    lente: Lente, appelle: Appelle, porteur: Porteur
) -> None:
    """Of every company and table, all the rows of the rights and no other."""
    client = appelle(porteur.utilisateur, *porteur.portees, siren=porteur.siren)
    lues = 0
    for siren in (A, B):
        limites = list(lente.list_limites(porteur, siren))
        for nom, table in read_tables().items() if limites else [("depots", DEPOTS)]:
            if not lente.tables.get(nom):
                continue
            reponse = client.get(adresse(nom, siren), params={"par_page": 10_000})
            ouverte = any("*" in (table.service, d[0]) or d[0] == table.service for d in limites)
            assert (reponse.status_code == 200) == ouverte, (nom, reponse.text)
            if ouverte:
                recues = reponse.json()["lignes"]
                lues += len(recues)
                attendues = lente.list_lignes(porteur, siren, nom)
                assert canonical(recues) == canonical(attendues), nom
    assert (lues > 0) == (porteur.utilisateur != "PERSONNE" and porteur.portees != ("depot",))


def test_no_token_reads_everything(lente: Lente) -> None:
    """The slow reading tells bearers apart: what it compares with is not empty, nor the same."""
    lues = {
        porteur: sum(
            len(lente.list_lignes(porteur, siren, nom)) for siren in (A, B) for nom in read_tables()
        )
        for porteur in PORTEURS
    }
    assert len(set(lues.values())) > len(PORTEURS) - 4


class Juge:
    """What is asserted of each answer of a fuzzed API; `lues`: the rows that it judged."""

    def __init__(self, lente: Lente, porteur: Porteur) -> None:
        self.lente, self.porteur, self.lues = lente, porteur, 0

    def check(self, chemin: dict[str, Any], reponse: Any) -> None:
        """No row of a table, and no deposit, out of the rights of the bearer."""
        if reponse.status_code != 200 or "json" not in reponse.headers["content-type"][0]:
            return
        recu = reponse.json()
        if not isinstance(recu, dict) or "siren" not in chemin:
            return
        siren, nom = chemin["siren"], chemin.get("table", "")
        if "page" in recu and "lignes" in recu:
            connues = self.lente.list_lignes(self.porteur, siren, nom)
            for ligne in recu["lignes"]:
                assert any(ligne.items() <= connue.items() for connue in connues), (nom, ligne)
                self.lues += 1
        depots = recu.get("depots", [recu.get("depot")])
        lus = self.lente.list_lignes(self.porteur, siren, "depots")
        connus = {depot["depot"] for depot in lus}
        for depot in depots:
            if isinstance(depot, dict) and depot["depot"] is not None:
                assert depot["depot"] in connus
                self.lues += 1


FUZZED = [PORTEURS[0], pytest.param(PORTEURS[9], marks=pytest.mark.redite)]


@pytest.mark.parametrize("porteur", FUZZED, ids=lambda p: p.utilisateur)
def test_the_api_is_what_its_document_says(
    publie: Caisse, copy_caisse: Callable[[Caisse], Caisse], registre: Registre, porteur: Porteur
) -> None:
    """Fuzzed from its own document: no failure, answers as it says, no row out of the rights."""
    caisse = copy_caisse(publie)
    lente = Lente(caisse, registre, MAINTENANT.date().isoformat())
    api, juge = open_api(caisse), Juge(lente, porteur)
    entetes = {"Authorization": f"Bearer {give_jeton(caisse, porteur)}"}
    document = schemathesis.openapi.from_dict(seed(api.openapi(), lente))
    document.app = api
    for resultat in document.get_all_operations():
        fuzz(resultat.ok(), entetes, juge)
    assert juge.lues > 0


def seed(document: dict[str, Any], lente: Lente) -> dict[str, Any]:
    """The document whose parameters are drawn among values that exist, most of the time."""
    connus = {
        "siren": [A, B],
        "depot": [d["depot"] for d in lente.tables["depots"]],
        "table": [nom for nom in read_tables() if lente.tables.get(nom)],
    }
    document = json.loads(json.dumps(document))
    for operation in (o for chemin in document["paths"].values() for o in chemin.values()):
        for parametre in operation.get("parameters", []):
            if parametre["name"] in connus:
                parametre["schema"] = {"type": "string", "enum": connus[parametre["name"]]}
    return document


def fuzz(operation: Any, entetes: dict[str, str], juge: Juge) -> None:
    """Draw requests of an operation, as they should be and not, and judge its answers."""
    modes = list(schemathesis.GenerationMode) if operation.query or operation.body else [POSITIF]
    for mode in modes:

        @settings(
            max_examples=ESSAIS,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: schemathesis.Case) -> None:
            reponse = case.call(headers=entetes)
            case.validate_response(reponse, checks=CONFORME)
            juge.check(case.path_parameters, reponse)

        call()


def test_a_list_is_paged_filtered_and_known(appelle: Appelle) -> None:
    """Links lead to every row once, of one publication; the same answer is not sent again."""
    client = appelle(ADM)
    toutes = client.get(adresse("bases"), params={"tri": "quantite"}).json()
    suite, lues = f"{adresse('bases')}?tri=quantite&par_page=4", []
    while suite:
        page = client.get(suite)
        assert page.status_code == 200, (suite, page.text)
        lues += page.json()["lignes"]
        suite = page.links.get("next", {}).get("url", "")
        assert "publication=1" in page.links["last"]["url"]
    assert lues == toutes["lignes"]
    assert len(lues) == toutes["nombre"] == int(page.headers["Caisse-Nombre"]) > 4
    filtree = client.get(adresse("contrats"), params={"ou": "categorie=E", "colonne": "categorie"})
    assert filtree.json()["lignes"] == [{"categorie": "E"}] * filtree.json()["nombre"] != []
    connue = {"If-None-Match": filtree.headers["ETag"]}
    pareil = client.get(str(filtree.url), headers=connue)
    assert (pareil.status_code, pareil.content) == (304, b"")
    for autre in (appelle("A00001-ETAM"), appelle("A00002-ADM")):
        assert autre.get(str(filtree.url), headers=connue).status_code in (200, 404)
    depots = client.get(adresse("depots"))  # the journal completes it
    assert (
        client.get(adresse("depots"), headers={"If-None-Match": depots.headers["ETag"]}).status_code
        == 304
    )


def test_a_list_comes_in_the_form_asked_for(appelle: Appelle) -> None:
    """By Accept or by name, with the same rows; another form is refused."""
    client, voulue = appelle(ADM), adresse("appels")
    lignes = client.get(voulue).json()["lignes"]
    parquet = client.get(voulue, headers={"Accept": "application/vnd.apache.parquet"})
    assert pl.read_parquet(io.BytesIO(parquet.content)).height == len(lignes) > 0
    csv = client.get(voulue, params={"format": "csv"})
    assert csv.headers["content-type"].startswith("text/csv")
    assert csv.text.count("\n") == len(lignes) + 1
    prefere = client.get(voulue, headers={"Accept": "text/html, text/csv;q=0.5, */*;q=0.1"})
    assert prefere.headers["content-type"].startswith("text/csv")
    refus = client.get(voulue, headers={"Accept": "text/html"})
    assert (refus.status_code, refus.json()["title"]) == (406, "Forme indisponible")


def test_rows_are_of_their_schema(appelle: Appelle) -> None:
    """The schema of each table validates the rows that it describes, and no other."""
    client, validees = appelle(ADM), 0
    for table in client.get(f"/v1/entreprises/{A}/tables").json():
        schema = client.get(table["schema"]).json()
        Draft202012Validator.check_schema(schema)
        juge = Draft202012Validator(schema)
        for ligne in client.get(table["lignes"], params={"par_page": 10}).json()["lignes"]:
            juge.validate(ligne)
            assert not juge.is_valid({**ligne, "de_trop": 1})
            validees += 1
    assert validees > 50


def test_a_right_taken_away_is_so_at_once(
    publie: Caisse, copy_caisse: Callable[[Caisse], Caisse], registre: Registre
) -> None:
    """Of a living token: the company is there, then is not."""
    caisse = copy_caisse(publie)
    jeton = give_jeton(caisse, Porteur("A00001-ETAM", None, ("lecture",)))
    client = TestClient(open_api(caisse), headers={"Authorization": f"Bearer {jeton}"})
    assert client.get(adresse("contrats")).status_code == 200
    (droit,) = [d for d in registre["droits_utilisateurs"] if d["utilisateur"] == "A00001-ETAM"]
    fini = {"droits_utilisateurs": [droit | {"fin": SOIR.date().isoformat()}]}
    caisse.learn(render_yaml(fini).encode(), YAML)
    assert client.get(adresse("contrats")).status_code == 404
    assert client.get("/v1/entreprises").json() == []


def test_who_calls_too_often_or_without_a_token_is_told(fonds: Caisse, api: FastAPI) -> None:
    """401, 429 with when to come back, 404, 405, another host: each is a problem in French."""
    inconnu = TestClient(api, headers={"Authorization": "Bearer caisse_rien"})
    refus = inconnu.get("/v1/entreprises")
    assert (refus.status_code, refus.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert refus.headers["content-type"] == "application/problem+json"
    ancien = give_jeton(fonds, Porteur(ADM, None, ("lecture",)), jours=0)
    assert (
        inconnu.get("/v1/entreprises", headers={"Authorization": f"Bearer {ancien}"}).status_code
        == 401
    )
    assert inconnu.get("/v1/rien").json()["title"] == "Introuvable"
    assert inconnu.delete("/v1/sante").json()["title"] == "Méthode refusée"
    assert inconnu.get("http://ailleurs/v1/sante").json()["detail"].startswith("Ce serveur")
    presse = TestClient(open_api(fonds, appels=2))
    codes = [presse.get("/v1/sante").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert int(presse.get("/v1/sante").headers["Retry-After"]) == 60


def test_why_an_amount_is_asked_then_read(fonds: Caisse, appelle: Appelle) -> None:
    """202 first, the sentences once the engine has answered; nothing for a narrower right."""
    appel = appelle(ADM).get(adresse("appels")).json()["lignes"][0]["appel"]
    voulue = f"{adresse('appels')}/pourquoi?cle={appel}"
    client = appelle(ADM)
    attente = client.get(voulue)
    assert (attente.status_code, attente.headers["Retry-After"]) == (202, "1")
    answer_demandes(fonds.maison, METIERS, MAINTENANT)
    pret = client.get(voulue)
    assert pret.status_code == 200
    assert appel in pret.json()["explications"][0]["titre"]
    assert appelle("A00001-CENTRE").get(voulue).status_code == 404


def test_a_deposit_waits_for_the_reception(
    inscrit: Caisse, copy_caisse: Callable[[Caisse], Caisse]
) -> None:
    """Dropped with its digest, controlled at once, followed by its content, received, signed."""
    caisse = copy_caisse(inscrit)
    client, boite = open_depots(caisse), f"/v1/entreprises/{A}/depots"
    janvier = next(generate_portefeuille(PARAMETRES)).octets
    depose = client.post(boite, files={"fichier": (NOM, janvier)})
    assert depose.json()["controle"]["bloquantes"] == 0
    assert depose.json()["sha256"] == hashlib.sha256(janvier).hexdigest()
    assert (caisse.box("A00001", "depot") / NOM).read_bytes() == janvier
    deux_fois = client.post(boite, files={"fichier": (NOM, janvier)})
    assert (deux_fois.status_code, deux_fois.json()["title"]) == (409, "Déjà là")
    suivi = depose.headers["Location"]
    assert client.get(suivi).json()["depot"]["etat"] == "A_RECEVOIR"
    assert client.get(f"{suivi}/rapport").status_code == 404
    caisse.receive(MAINTENANT)
    assert client.get(suivi).json()["depot"]["etat"] == "RECU"
    fautif = client.post(boite, files={"fichier": ("faux.dsn", janvier[:400])}).json()
    assert fautif["controle"]["bloquantes"] > 0
    with caisse.maison.moteur.connect() as connexion:
        actes = read_objets(connexion, "dépôt par l'API")
    assert actes[0] == f"{depose.json()['sha256']}, SIREN {A}"


def test_a_deposit_is_followed_to_its_report(publie: Caisse) -> None:
    """Of the file that came by the API: the states of its night, the report that its box got."""
    client, boite = open_depots(publie), f"/v1/entreprises/{A}/depots"
    (depot,) = [d for d in client.get(boite).json()["depots"] if d["nom"] == NOM]
    lu = client.get(f"{boite}/{depot['sha256']}").json()
    assert [etat["etat"] for etat in lu["etats"]] == ["RECU", "CONFORME", "INTEGRE"]
    suivi = f"{boite}/{depot['depot']}"
    rapport = client.get(f"{suivi}/rapport", headers={"Accept": "application/xml"})
    retour = publie.box("A00001", "retour") / f"RAPPORT_{depot['depot']}.xml"
    assert rapport.content == retour.read_bytes()
    assert client.get(f"{suivi}/rapport?format=json").status_code == 406
    assert {client.get(r["contenu"]).status_code for r in lu["reponses"]} == {200}


def test_who_may_not_deposit_is_told(appelle: Appelle) -> None:
    """A company that is read only: 403; one that is not: there is no such company."""
    fichier = {"fichier": ("mars.dsn", b"x")}
    for client, siren, code in (
        (appelle(ADM), A, 403),
        (appelle("A00001-PAIE", "lecture", "depot"), A, 403),
        (appelle(ADM, "depot"), B, 404),
        (appelle("CABINET-01", "lecture", "depot"), B, 403),
    ):
        reponse = client.post(f"/v1/entreprises/{siren}/depots", files=fichier)
        assert (reponse.status_code, siren) == (code, siren)


# What an analyst would run, with DuckDB and nothing of this house.
ANALYSE = """
import duckdb, json, sys
vues = duckdb.connect(sys.argv[1], read_only=True)
lues = {}
for (vue,) in vues.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
    colonnes = vues.execute(f'DESCRIBE "{vue}"').fetchall()
    sommes = ", ".join(f'sum("{c[0]}")::BIGINT' for c in colonnes if c[1] == "BIGINT")
    lues[vue] = vues.execute(f'SELECT {sommes or "NULL"}, count(*) FROM "{vue}"').fetchone()
print(json.dumps(lues))
"""


def test_a_stock_duckdb_reads_what_is_published(publie: Caisse, tmp_path: Path) -> None:
    """From another folder, in another process: every table, the same sums, no identity."""
    base = tmp_path / "vues.duckdb"
    publication = write_vues(publie.maison, base, None, Lecteur.EXPLOITANT)
    commande = [sys.executable, "-I", "-c", ANALYSE, str(base)]
    dit = subprocess.run(commande, cwd="/", capture_output=True, text=True, check=True)
    vues = json.loads(dit.stdout)
    assert vues.pop("publication") == [publication.numero, 1]
    assert vues.pop("dictionnaire")[-1] > 100
    for nom, lues in vues.items():
        vues_par = read_contrat(nom).seen_by(Lecteur.EXPLOITANT).colonnes
        sommees = [c.nom for c in vues_par if TYPES[c.type] == pl.Int64() and c.nom not in PLACES]
        publiee = publie.read(nom)
        sommes = publiee.select(pl.col(sommees).sum()).row(0) if sommees and publiee.height else ()
        assert lues[-1] == publiee.height, nom
        assert [s or 0 for s in lues[:-1]][: len(sommes)] == [*sommes], nom
    with duckdb.connect(base, read_only=True) as connexion:
        dits = connexion.execute("SELECT comment FROM duckdb_columns() WHERE schema_name = 'main'")
        assert ("montant appelé (centimes d'euro)",) in dits.fetchall()
        noms = {nom for (nom,) in connexion.execute("SELECT colonne FROM dictionnaire").fetchall()}
    assert not noms & {"nir", "nom_famille", "iban", "coffre", "part"}


def test_views_hold_what_their_reader_sees(publie: Caisse, tmp_path: Path) -> None:
    """As a script too; of one who reads no pseudonym, none; a wrong name is refused."""
    script = tmp_path / "vues.sql"
    write_vues(publie.maison, script, 1, Lecteur.PORTAIL)
    with duckdb.connect() as connexion:
        connexion.execute(script.read_text("utf-8"))
        classes = connexion.execute("SELECT DISTINCT classe FROM dictionnaire").fetchall()
        assert {classe for (classe,) in classes} == {"publique", "entreprise"}
        (nombre,) = connexion.execute("SELECT count(*) FROM appels").fetchall()[0]
    assert nombre == publie.read("appels").height
    with pytest.raises(DemandeRefusee, match="finit par"):
        write_vues(publie.maison, tmp_path / "vues.csv", None, Lecteur.PORTAIL)
