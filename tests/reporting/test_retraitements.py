"""The page of the requests of reprocessing: what waits, what it would change, what was answered."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from pipelines.retraitement.decisions import Acteur, ask, refuse
from reporting.portail import create_portail
from warehouse.arrivees import Arrivee, record_depots
from warehouse.journal import change_etat
from warehouse.retraitements import RETRAIT, Changement, Effet

if TYPE_CHECKING:
    from warehouse.maison import Maison

ADRESSE = "http://127.0.0.1"
INSTANT = "2026-05-02T08:00:00.000000Z"
ANNE, BRUNO = Acteur("Anne", "anne", "fichier <d'un> autre mois"), Acteur("Bruno", "bruno", "non")
SALARIE = "0123456789abcdef0123456789abcdef"
EFFET = Effet(
    2,
    date(2026, 5, 2),
    (
        Changement("soldes", "800000010", None, 0, 0, 1, {"appele_centimes": (281_923, 0)}),
        Changement("reglements", None, SALARIE, 0, 1, 0, {"montant_centimes": (50_000, 0)}),
    ),
    (("A80001", "APPEL_C8000101.pdf"),),
    (),
)


def ask_for(maison: Maison, perimetre: str) -> int:
    """Anne asks that a deposit be withdrawn."""
    with maison.moteur.begin() as connexion:
        (depot,) = record_depots(connexion, [Arrivee("004217", "mars.dsn", "0" * 64, 10, INSTANT)])
        change_etat(connexion, depot.depot, "CONFORME", None, instant=INSTANT)
    return ask(maison, RETRAIT, perimetre, (depot.depot,), EFFET, ANNE, INSTANT)


def read_page(maison: Maison) -> str:
    """The page, as it is served."""
    reponse = TestClient(create_portail(maison), base_url=ADRESSE).get("/retraitements")
    assert reponse.status_code == 200
    return reponse.text


def test_what_waits_is_shown_with_its_effect(maison_vide: Maison) -> None:
    """Scope, reason, author, amounts, documents, money; neither a tag nor a pseudonym."""
    assert "Aucune demande n’attend" in read_page(maison_vide)
    numero = ask_for(maison_vide, f"SIREN 800000010, salarié {SALARIE}")
    page = read_page(maison_vide)
    assert f"Demande {numero} : retirer 1\u00a0dépôt : SIREN 800000010, salarié désigné" in page
    assert "Anne" in page
    assert "fichier &lt;d&#39;un&gt; autre mois" in page
    assert "2\u202f819,23&nbsp;€" in page
    assert "−500,00&nbsp;€" in page
    assert "Des ordres à la banque changeraient" in page
    assert "A80001/APPEL_C8000101.pdf" in page
    assert "Une publication est parue depuis" in page  # that home has published nothing
    assert SALARIE not in page


def test_what_was_answered_waits_no_more(maison_vide: Maison) -> None:
    """By whom, and how."""
    numero = ask_for(maison_vide, "matricule M12, SIREN 800000010")
    refuse(maison_vide, numero, BRUNO, INSTANT)
    page = read_page(maison_vide)
    assert "Aucune demande n’attend" in page
    assert "refusée par Bruno" in page
    assert "matricule désigné, SIREN" in page
