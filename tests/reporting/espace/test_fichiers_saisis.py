"""Files typed in the space: the engine writes and controls them, the space deposits them."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from pipelines.guichet.reponses import answer_demandes
from pipelines.metiers import METIERS
from reporting.espace import depot
from reporting.espace.actes import fichiers
from reporting.espace.actes.champs import SaisieRefusee
from reporting.espace.actes.fichiers import parse_nombre
from reporting.espace.depot import CONTROLE_MAX
from tests.reporting.espace.conftest import MAINTENANT
from warehouse.acces.demandes import Reponse, find_reponse
from warehouse.maison import Maison
from warehouse.tables_sql import AUDIT

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.conftest import Caisse
    from tests.reporting.espace.conftest import Entre

SIREN, ADM = "800000010", "A80001-ADM"
IBAN = "FR7699999000010000008000190"
PERSONNE = {"matricule": "M01", "surname": "Martin", "first_name": "Camille", "birth": "1990-05-17"}
RELEVE = {
    "45.0.siret": "80000001000010", "45.0.month": "2026-04", "45.0.reason": "NE",
    "45.0.n_employees": "12", "45.0.hours_temp": "213,5", "45.0.pay": "O",
    "46.0.att_month": "2026-04", "46.0.base_code": "20", "46.0.base": "22 456,40",
    "46.3.att_month": "2026-03", "46.3.base_code": "20", "46.3.base": "-412,75",
}  # fmt: skip


@pytest.fixture(autouse=True)
def guichet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine answers as soon as it is asked."""

    def wait(maison: Maison, empreinte: str) -> Reponse | None:
        answer_demandes(maison, METIERS, MAINTENANT)
        with maison.moteur.connect() as connexion:
            return find_reponse(connexion, empreinte)

    for module in (fichiers, depot):
        monkeypatch.setattr(module, "wait_reponse", wait)


def read_page(client: TestClient, acte: str, donnees: dict[str, str]) -> tuple[int, str]:
    """What a form that was filled shows, after its hidden fields were read from `donnees`."""
    adresse = f"/e/{SIREN}/demandes/{acte}"
    (preuve,) = set(re.findall(r'name="preuve" value="(\w+)"', client.get(adresse).text))
    page = client.post(adresse, data={"00.0.mode": "R", "preuve": preuve, **donnees})
    return page.status_code, html.unescape(page.text)


def drop(client: TestClient, acte: str, donnees: dict[str, str]) -> str:
    """Control a form, then deposit it; the page that says so."""
    code, page = read_page(client, acte, donnees)
    assert code == 200, re.findall(r"<li>(.*?)</li>", page)
    caches = {nom: re.findall(rf'name="{nom}" value="([^"]+)"', page)[0] for nom in ("vu", "cree")}
    code, page = read_page(client, acte, donnees | caches)
    assert code == 200
    assert "dans votre dossier de dépôt" in page
    return page


def test_a_return_is_controlled_then_deposited(inscrite: Caisse, entre: Entre) -> None:
    """As the reception does: what lacks is told on its field; what is right is received."""
    adm, boite = entre(ADM), Path(inscrite.box("A80001", "depot"))
    code, page = read_page(adm, "tdp", RELEVE)
    assert code == 400
    assert "Ce fichier serait refusé" in page
    assert "<strong>Dépôt de la DSN en cause.</strong>" in page
    assert not list(boite.iterdir())
    juste = RELEVE | {"45.0.deposit_ref": "D00000042"}
    assert read_page(adm, "tdp", juste)[0] == 200
    assert not list(boite.iterdir())
    drop(adm, "tdp", juste)
    (nom,) = {f.name for f in boite.iterdir() if f.suffix == ".xml"}
    assert re.fullmatch(r"TDP_R_0080001_20260506110000_\d{4}\.xml", nom)
    ecrit = (boite / nom).read_text("utf-8")
    assert "<base>-412.75</base>" in ecrit
    assert ecrit.count("<base>\n") == 0
    assert "<sum_1>22043.65</sum_1>" in ecrit
    assert ecrit.count("<att_month>") == 2
    (depot,) = inscrite.receive(MAINTENANT).depots
    assert (depot.nom, depot.adherent) == (nom, "A80001")
    with inscrite.maison.moteur.connect() as connexion:
        acte = connexion.execute(select(AUDIT).order_by(AUDIT.c.rang.desc()).limit(1)).one()
    assert (acte.auteur, acte.objet) == (ADM, f"{nom}, SIREN {SIREN}")


def test_what_is_typed_is_said_wrong_beside_its_field(entre: Entre) -> None:
    """Before the engine is asked; nothing of another company can be named."""
    faux = {
        "45.0.siret": "99909001200017",
        "45.0.month": "avril",
        "45.0.n_employees": "douze",
        "46.0.base": "1,234",
    }
    code, page = read_page(entre(ADM), "tdp", RELEVE | faux)
    assert code == 400
    for faute in (
        "À choisir dans la liste.",
        "Mois attendu (AAAA-MM).",
        "Nombre attendu, comme 12.",
        "Nombre attendu, comme 1 234,55.",
    ):
        assert faute in page, faute
    vide = read_page(entre(ADM), "tdp", {})[1]
    assert vide.count("À remplir.") == 5


def test_a_leave_is_asked_for(inscrite: Caisse, entre: Entre) -> None:
    """A request of leave, in the layout of the exchange files: capitals, hundredths of a day."""
    conge = PERSONNE | {
        "req_id": "C-1", "action": "N", "nature": "CP", "from": "2026-07-06", "to": "2026-07-11",
        "resume": "2026-07-13", "days": "6", "avg_wage": "2 500", "sen_unit": "A", "sen_firm": "3",
        "dept": "69", "pay_to": "S",
    }  # fmt: skip
    drop(entre(ADM), "conge", {f"20.0.{nom}": valeur for nom, valeur in conge.items()})
    (fichier,) = Path(inscrite.box("A80001", "depot")).glob("DMC_R_*.xml")
    ecrit = fichier.read_text("utf-8")
    assert "<surname>MARTIN</surname>" in ecrit
    assert "<days>6.00</days>" in ecrit


def test_an_account_is_in_its_file_alone(inscrite: Caisse, entre: Entre) -> None:
    """Its number is kept in clear neither in the base nor in the audit trail."""
    compte = PERSONNE | {
        "action": "N", "iban": "FR76 9999 9000 0100 0000 8000 190", "holder": "MARTIN Camille",
        "holder_is": "T", "effective": "2026-06-01", "consent": "O",
    }  # fmt: skip
    drop(entre(ADM), "compte", {f"40.0.{nom}": valeur for nom, valeur in compte.items()})
    (fichier,) = Path(inscrite.box("A80001", "depot")).glob("RIB_R_*.xml")
    assert f"<iban>{IBAN}</iban>" in fichier.read_text("utf-8")
    base = inscrite.maison.reglages.dossier / "registre.sqlite"
    with inscrite.maison.moteur.connect() as connexion:
        connexion.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert b"Camille" not in base.read_bytes()
    assert base.read_bytes().count(IBAN.encode()) == 0


def test_a_file_that_is_chosen_is_reported_on_the_spot(entre: Entre, normale: bytes) -> None:
    """What the reception will say: nothing of a good one, each fault of another, none to wait."""
    adm, adresse = entre(ADM), f"/e/{SIREN}/deposer"
    preuve = re.findall(r'name="preuve" value="(\w+)"', adm.get(adresse).text)[0]

    def choose(nom: str, octets: bytes) -> str:
        page = adm.post(adresse, data={"preuve": preuve}, files={"fichier": (nom, octets)})
        assert page.status_code == 200
        return html.unescape(page.text)

    assert "Le contrôle n'y trouve rien à redire." in choose("bonne.dsn", normale)
    fautive = normale.replace(b"S21.G00.30.006,'", b"S21.G00.30.006,'9", 1)
    assert fautive != normale
    page = choose("fautive.dsn", fautive)
    assert "Il sera refusé" in page
    assert "S21.G00.30.006" in page
    assert "Il sera refusé" in choose("illisible.dsn", b"PK\x03\x04")
    assert "Il sera" not in choose("grande.dsn", normale + b" " * CONTROLE_MAX)


@pytest.mark.parametrize(
    ("texte", "decimales", "attendu"),
    [
        ("1 234,5", 2, 123_450), ("\u22120,01", 2, -1), ("12", 0, 12), ("14.5", 4, 145_000),
        ("1\u202f000", 2, 100_000),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written_here(texte: str, decimales: int, attendu: int) -> None:
    """A comma or a point, blanks between thousands, no more decimals than the field has."""
    assert parse_nombre(texte, decimales) == attendu


@pytest.mark.parametrize("texte", ["", "1,2,3", "douze", "1e3", "0,001", "--1", "٣"])
def test_what_is_not_a_number_is_refused(texte: str) -> None:
    """Never guessed."""
    with pytest.raises(SaisieRefusee):
        parse_nombre(texte, 2)
