"""Leave of a deceased employee: each heir is paid his share on his own account."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from lxml import etree

from pipelines.conges.decisions import COMPENSATION, DemandeInconnue, compose_demande
from pipelines.conges.heritiers import HeritiersRefuses, compose_heritiers
from pipelines.heritiers import HERITIERS, read_heritiers
from tests.conftest import NATURES
from tests.pipelines.conges.publications import fill
from tests.pipelines.reglements.test_etapes_virements import balances, pay, write
from tests.registre import write_rows
from warehouse.decisions import record_decision
from warehouse.tables_registre import COMPTES_BANCAIRES, IBANS, MANDATS

if TYPE_CHECKING:
    from tests.conftest import Caisse

SIREN, NUIT = "800000010", date(2026, 1, 20)
LEURS = {"CB-901": "FR1420041010050500013M02606", "CB-902": "FR7699999000010000008000190"}
DEBITE = "FR7699999000010000000000115"
PARTS = [("CB-901", 250_000), ("CB-902", 750_000)]
DU = {
    "nature": "CON", "siren": SIREN, "salarie": "ab" * 16, "origine": "D1-2-261",
    "libelle": "Congés 2026", "mode": "VIREMENT", "si_a_jour": False, "date_arrete": NUIT,
    "execution": NUIT,
}  # fmt: skip
DEMANDE: dict[str, Any] = {"depot": "D1", "rang": 2, "siren": SIREN}


@pytest.fixture
def caisse_endeuillee(caisse: Caisse) -> Caisse:
    """The accounts of two heirs, and that of the company, which is debited."""
    comptes = [*LEURS.items(), ("CB-1", DEBITE)]
    lignes = [
        (COMPTES_BANCAIRES, {"compte": nom, "siren": SIREN, "titulaire": f"HERITIER {nom[3:]}",
                             "debut": date(2020, 1, 1)})
        for nom, _ in comptes
    ]  # fmt: skip
    ibans = [(IBANS, {"compte": nom, "iban": iban}) for nom, iban in comptes]
    mandat = {"rum": "RUM-1", "siren": SIREN, "cdg": "C8000101", "compte": "CB-1",
              "schema": "B2B", "date_signature": date(2025, 1, 10), "debut": date(2025, 1, 1),
              "prelevement_automatique": False}  # fmt: skip
    with caisse.maison.moteur.begin() as connexion:
        write_rows(connexion, *lignes, *ibans, (MANDATS, mandat))
    return caisse


def decide(caisse: Caisse, parts: list[tuple[str, int]], effet: date = NUIT) -> None:
    """Name the heirs."""
    heritiers = [{"compte": compte, "part_ppm": part} for compte, part in parts]
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion, nature=NATURES[HERITIERS], siren=SIREN, date_effet=effet, auteur="a",
            motif="m", instant="2026-01-20T10:00:00Z",
            contenu={"demande": "R1", "heritiers": heritiers},
        )  # fmt: skip


def owe(caisse: Caisse) -> None:
    """The net of a statement, cut in two."""
    parts = (("1", 25_000), ("2", 75_001))
    write(
        caisse,
        "dus_conges",
        *(
            DU | {"du": f"D1-2-261-H{rang}", "reunion": f"{SIREN} R1 {rang}",
                  "montant_centimes": montant}
            for rang, montant in parts
        ),
    )  # fmt: skip


def test_each_heir_is_paid_on_his_account(caisse_endeuillee: Caisse) -> None:
    """Two credits of one file, no address of the company; the ledger owes what was cut."""
    caisse = caisse_endeuillee
    decide(caisse, PARTS)
    owe(caisse)
    [octets] = pay(caisse, NUIT).values()
    textes = [e.text for e in etree.fromstring(octets).iter() if e.text and e.text.strip()]
    assert [t for t in textes if t in {"250.00", "750.01"}] == ["250.00", "750.01"]
    assert [t for t in textes if t in LEURS.values()] == list(LEURS.values())
    assert [t for t in textes if t.startswith("HERITIER")] == ["HERITIER 901", "HERITIER 902"]
    assert b"PstlAdr" not in octets.split(b"<CdtTrfTxInf>", 1)[1]
    payes = caisse.read("reglements").sort("montant_centimes")
    assert payes.select("compte", "montant_centimes").rows() == [
        ("CB-901", 25_000), ("CB-902", 75_001),
    ]  # fmt: skip
    assert sum(v for v in balances(caisse).values()) == 0
    assert pay(caisse, date(2026, 1, 21)) == {}


def test_the_employee_s_account_is_never_used(caisse_endeuillee: Caisse) -> None:
    """Without the decision, or with an heir less, the share is held."""
    caisse = caisse_endeuillee
    owe(caisse)
    assert pay(caisse, NUIT) == {}
    assert caisse.read("reglements_retenus")["raison"].to_list() == ["SANS_COMPTE"] * 2
    decide(caisse, [("CB-902", 1_000_000)], date(2026, 1, 21))
    [octets] = pay(caisse, date(2026, 1, 21)).values()
    assert LEURS["CB-902"].encode() in octets
    assert caisse.read("reglements")["montant_centimes"].to_list() == [25_000]


def test_the_last_decision_names_the_accounts(caisse_endeuillee: Caisse) -> None:
    """The one before no longer counts, unless the night had not read the last."""
    decide(caisse_endeuillee, PARTS)
    decide(caisse_endeuillee, PARTS[::-1])
    with caisse_endeuillee.maison.moteur.connect() as connexion:
        assert read_heritiers(connexion, None)["compte"].to_list() == ["CB-902", "CB-901"]
        assert read_heritiers(connexion, 1)["compte"].to_list() == ["CB-901", "CB-902"]


@pytest.mark.parametrize(
    ("nature", "compte", "refus"),
    [
        ("CP", "CB-901", "une compensatrice"),
        ("CO", "CB-1", "CB-1 : à inscrire au registre"),
        ("CO", "CB-9", "CB-9 : à inscrire au registre"),
    ],
)
def test_heirs_are_paid_a_compensation_on_accounts_of_theirs(
    caisse_endeuillee: Caisse, nature: str, compte: str, refus: str
) -> None:
    """Not a leave with dates, nor an account that is debited or unknown."""
    maison = caisse_endeuillee.maison
    with pytest.raises(DemandeInconnue):
        compose_heritiers(maison, SIREN, "R1", PARTS)
    ligne = DEMANDE | {"nature": "DMC", "statut": "EN_VIGUEUR", "cle": "R1"}
    lue = DEMANDE | {"nature": nature, "comp_reason": "DC", "req_id": "R1"}
    for table, une, ou in (("lignes_en_vigueur", ligne, {"part": 0}),
                           ("demandes_lues", lue, {"lot": "L"})):  # fmt: skip
        maison.lac.write(table, fill(table, pl.DataFrame([une])), ou)
    with pytest.raises(HeritiersRefuses, match=refus):
        compose_heritiers(maison, SIREN, "R1", [(compte, 1_000_000)])
    if nature == "CO":
        _, effet = compose_heritiers(maison, SIREN, "R1", PARTS)
        with pytest.raises(DemandeInconnue, match="caisse decider heritiers"):
            compose_demande(maison, COMPENSATION, SIREN, "R1")
        assert "25 % sur FR14…2606, 75 % sur FR76…0190" in effet.replace("\u202f", " ")
