"""The accounts in the lake: one shard at a time, idempotent, reconciled before publication."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.audit.audits import Audits
from pipelines.audit.etapes import read_sources
from pipelines.audit.moteur import open_moteur
from pipelines.audit.passage import run_audits
from pipelines.comptabilite.audits import AUDITS as COMPTES
from pipelines.comptabilite.etapes import plan_comptes
from pipelines.comptabilite.regles.releves import compute_releve
from pipelines.nuit.passage import open_nuit
from pipelines.reglements.audits_virements import AUDITS as REGLEMENTS
from specs.contrats import contrats, read_contrat, schema_polars
from tests.conftest import NATURES
from warehouse.decisions import record_decision

AUDITS = Audits(COMPTES.audits, REGLEMENTS.sommes)
TABLES = ("ecritures", "imputations", "creances", "soldes", "suites_decisions")
PREMIERE, EXIGIBLE, TARD = date(2026, 4, 5), date(2026, 4, 25), date(2026, 6, 10)


@pytest.fixture
def fonds(appelee: Any) -> Any:
    """A fund that called one company for March 2026, on the day of PREMIERE."""
    return appelee


def account(caisse: Any, date_arrete: date) -> None:
    """The step of a night that opens now, over every shard."""
    open_nuit(caisse.passage(date_arrete=date_arrete))
    for part in plan_comptes(caisse.maison, date_arrete):
        caisse.step("comptabilite", date_arrete, part)


def receive(caisse: Any, nom: str, jour: date, montant: int) -> None:
    """A transfer for the whole company, in the lake."""
    appel = caisse.maison.lac.read("appels").collect().row(0, named=True)
    ligne = {nom: appel[nom] for nom in ("part", "siren", "adherent")} | {
        "encaissement": nom, "nature": "VIREMENT", "date_operation": jour, "date_valeur": jour,
        "montant_centimes": montant, "frais_centimes": 0, "net_centimes": montant,
        "extourne": False, "affectation": "REFERENCE",
    }  # fmt: skip
    frame = pl.DataFrame([ligne], schema_polars(read_contrat("encaissements")))
    caisse.maison.lac.write("encaissements", frame, {"part": appel["part"]})


def frames(caisse: Any) -> dict[str, pl.DataFrame]:
    """The accounts in the lake."""
    return {nom: caisse.maison.lac.read(nom).collect().sort(contrats()[nom].cle) for nom in TABLES}


def ecarts(caisse: Any, date_arrete: date = PREMIERE) -> list[str]:
    """Audits of the accounts that find something."""
    sources = read_sources(caisse.maison, date_arrete, frozenset(), AUDITS)
    with open_moteur(sources, AUDITS.sommes, AUDITS.audits) as moteur:
        return [c.audit for c in run_audits(moteur, AUDITS.audits) if c.fautes.height]


def test_a_night_writes_the_accounts_and_they_reconcile(fonds: Any) -> None:
    """The call is in the ledger and in the balance, to the cent."""
    account(fonds, PREMIERE)
    comptes = frames(fonds)
    appele = fonds.maison.lac.read("appels").collect()["montant_centimes"].sum()
    assert appele > 0
    assert comptes["soldes"]["solde_centimes"].to_list() == [appele]
    assert comptes["creances"]["etat"].to_list() == ["A_ECHOIR"]
    assert ecarts(fonds) == []


def test_the_same_night_again_writes_the_same_bytes(fonds: Any) -> None:
    """Run twice, a step changes no version of the lake."""
    account(fonds, PREMIERE)
    versions = {nom: fonds.maison.lac.version(nom) for nom in TABLES}
    account(fonds, PREMIERE)
    assert versions == {nom: fonds.maison.lac.version(nom) for nom in TABLES}


def test_a_night_after_a_publication_only_adds_entries(fonds: Any) -> None:
    """Late increases then a payment are new entries; a statement of the past does not move."""
    account(fonds, PREMIERE)
    fonds.drop("A80001", "double.dsn", b"illisible")
    fonds.pass_night(date_arrete=EXIGIBLE)
    publiees = fonds.read("ecritures")
    assert publiees.height > 0
    avant = compute_releve(publiees, date(2026, 1, 1), EXIGIBLE)
    receive(fonds, "V1", TARD, 1_000)
    account(fonds, TARD)
    comptes = frames(fonds)
    assert publiees.join(
        comptes["ecritures"], on=publiees.columns, how="anti", nulls_equal=True
    ).is_empty()
    assert {"MAJORATION", "BANQUE"} <= set(comptes["ecritures"]["journal"])
    apres = compute_releve(comptes["ecritures"], date(2026, 1, 1), EXIGIBLE)
    assert apres.lignes.equals(avant.lignes)
    suite = compute_releve(comptes["ecritures"], date(2026, 4, 26), TARD)
    assert suite.ouverture_centimes == avant.cloture_centimes
    assert suite.cloture_centimes == comptes["soldes"]["solde_centimes"].sum()
    assert ecarts(fonds, TARD) == []


def test_a_decision_touches_the_account_of_its_company(fonds: Any) -> None:
    """A free credit recorded by an operator is in the next balance."""
    account(fonds, PREMIERE)
    (avant,) = frames(fonds)["soldes"]["solde_centimes"]
    (siren, cdg) = fonds.maison.lac.read("appels").select("siren", "cdg").collect().row(0)
    with fonds.maison.moteur.begin() as connexion:
        record_decision(
            connexion, nature=NATURES["AVOIR"], siren=siren, cdg=cdg, date_effet=PREMIERE,
            montant_centimes=500, auteur="operateur", motif="rétrocession",
            instant="2026-04-05T10:00:00Z",
        )  # fmt: skip
    account(fonds, PREMIERE)
    comptes = frames(fonds)
    assert comptes["soldes"]["solde_centimes"].to_list() == [avant - 500]
    assert comptes["suites_decisions"]["etat"].to_list() == ["APPLIQUEE"]
    assert ecarts(fonds) == []


def test_a_debit_enters_the_accounts_once_it_is_published(
    fonds: Any, mandat_automatique: bytes
) -> None:
    """Issued tonight, it changes nothing tonight; the next night it pays its call."""
    fonds.learn(mandat_automatique, "yaml")
    fonds.pass_night(datetime(2026, 4, 23, 20, tzinfo=UTC))
    (debit,) = fonds.read("prelevements").to_dicts()
    assert frames(fonds)["creances"]["etat"].to_list() == ["A_ECHOIR"]
    assert "PRELEVEMENT" not in set(frames(fonds)["ecritures"]["journal"])
    fonds.pass_night(datetime(2026, 4, 28, 20, tzinfo=UTC))
    comptes = frames(fonds)
    assert comptes["creances"]["etat"].to_list() == ["SOLDEE"]
    assert f"PRE-{debit['prelevement']}" in set(comptes["ecritures"]["ecriture"])
    assert ecarts(fonds, date(2026, 4, 28)) == []


@pytest.mark.parametrize(
    ("table", "colonne", "quoi"),
    [
        ("ecritures", "debit_centimes", "ecritures_equilibrees"),
        ("soldes", "solde_centimes", "soldes_ecritures"),
        ("creances", "reste_centimes", "soldes_creances"),
        ("soldes", "appele_centimes", "soldes_creances"),
    ],
)
def test_one_cent_of_difference_is_told(fonds: Any, table: str, colonne: str, quoi: str) -> None:
    """Whatever is altered in the lake, a reconciliation names it."""
    account(fonds, PREMIERE)
    frame = fonds.maison.lac.read(table).collect()
    fonds.maison.lac.write(table, frame.with_columns(pl.col(colonne) + 1), None)
    assert quoi in ecarts(fonds)


def test_money_that_no_account_shows_is_told(fonds: Any) -> None:
    """A movement of the bank that came after the accounts were computed is a difference."""
    account(fonds, PREMIERE)
    receive(fonds, "V1", PREMIERE, 1_000)
    assert ecarts(fonds) == ["encaissements_ecritures"]
