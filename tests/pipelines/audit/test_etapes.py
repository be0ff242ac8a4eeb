"""The step of the audit: once a night, companies held, what is nobody's refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from sqlalchemy import select

from pipelines.audit import etapes
from pipelines.audit.passage import AuditRefuse, Constat
from pipelines.metiers import METIERS
from pipelines.publication.audit import gather_audits
from pipelines.publication.etapes import auditer, publier
from sample_files.generateur.banque import Ligne, write_releve
from specs.caisse import read_caisse
from specs.contrats import read_contrat, schema_polars
from tests.conftest import SOIR
from tests.registre import correct_row
from warehouse.alertes import read_tenues
from warehouse.publications import publish
from warehouse.tables_registre import ADHERENTS
from warehouse.tables_sql import ETAPES

if TYPE_CHECKING:
    from datetime import datetime

    from tests.conftest import Caisse

SIREN = "800000010"
FACTURE = {
    "facture": "FRAC-1",
    "rang": 1,
    "siren": SIREN,
    "siret": "80000001000010",
    "cdg": "C8000101",
    "mois_appel": "2026-03",
    "mois_rattachement": "2026-02",
    "salarie": "0" * 32,
    "montant_centimes": 11_869,
}
TOUS = {audit.nom for audit in gather_audits(METIERS).audits}


@pytest.fixture
def passees(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The audits run each time that some are, by name."""
    noms: list[set[str]] = []
    vraie = etapes.run_audits

    def notee(moteur: Any, audits: Any) -> list[Constat]:
        noms.append({audit.nom for audit in audits})
        return vraie(moteur, audits)

    monkeypatch.setattr(etapes, "run_audits", notee)
    return noms


def alter(caisse: Caisse, table: str, colonne: str) -> None:
    """One cent more in every row of a table of the lake."""
    frame = caisse.maison.lac.read(table).collect()
    caisse.maison.lac.write(table, frame.with_columns(pl.col(colonne) + 1), None)


def held(caisse: Caisse, jour: date) -> frozenset[str]:
    """Companies held that night."""
    with caisse.maison.moteur.connect() as connexion:
        return read_tenues(connexion, jour)


def test_the_audit_runs_once_a_night_and_says_how_long_each_took(
    caisse: Caisse,
    passees: list[set[str]],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """The publication trusts the journal, which holds the milliseconds of every audit."""
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    caisse.pass_night()
    assert passees == [TOUS]
    colonnes = (ETAPES.c.resultat, ETAPES.c.duree_ms)
    with caisse.maison.moteur.connect() as connexion:
        ((texte, duree_ms),) = connexion.execute(
            select(*colonnes).where(ETAPES.c.etape == "audit")
        ).all()
    durees = json.loads(texte)["durees_ms"]
    assert set(durees) == TOUS
    assert sum(durees.values()) == duree_ms


def test_what_is_written_after_the_audit_is_audited_again(
    appelee: Caisse, passees: list[set[str]], soir: datetime
) -> None:
    """The publication verifies the versions: it audits those that were not, and sees the fault."""
    auditer(appelee.passage(soir))
    avant = appelee.read("soldes")
    alter(appelee, "soldes", "solde_centimes")
    assert publier(appelee.passage(soir)).reserves == 1
    assert passees[0] == TOUS
    assert appelee.read("alertes")["siren"].to_list() == [SIREN]
    assert appelee.read("soldes").equals(avant)


def test_a_night_without_anything_new_is_not_audited(
    appelee: Caisse, passees: list[set[str]], soir: datetime
) -> None:
    """The next days, balances bear another date and nothing else; the registry changes, it is."""
    lendemain = soir + timedelta(days=1)
    for jour in (soir, lendemain):
        appelee.pass_night(jour)
    assert appelee.maison.lac.read("soldes").collect()["date_arrete"].unique().to_list() == [
        lendemain.date()
    ]
    assert passees == []
    with appelee.maison.moteur.begin() as connexion:
        correct_row(connexion, ADHERENTS, {"siren": SIREN}, {"ville": "AUTRE"})
    appelee.pass_night(lendemain + timedelta(days=1))
    assert passees == [TOUS]


def test_only_what_may_have_changed_is_run_again(
    appelee: Caisse, passees: list[set[str]], soir: datetime
) -> None:
    """Once the company is held: the audits that saw it; tables that name nobody are the same."""
    inconnu = write_releve([Ligne(1_000, reference="?")])
    appelee.drop(read_caisse().boite_banque, "releve.xml", inconnu)
    appelee.pass_night(soir)
    passees.clear()
    alter(appelee, "soldes", "solde_centimes")
    auditer(appelee.passage(soir))
    assert passees == [TOUS, {"soldes_ecritures", "soldes_creances"}]
    assert held(appelee, soir.date()) == {SIREN}


def test_a_row_that_names_no_company_stops_the_publication(
    appelee: Caisse, passees: list[set[str]], soir: datetime
) -> None:
    """A movement of the bank that is lost is nobody's: refused, its identifier and amount told."""
    perdu = {
        "lot": "L", "depot": "D00000099", "rang": 1, "message": "camt.053", "nature": "VIREMENT",
        "date_operation": soir.date(), "date_valeur": soir.date(), "montant_centimes": 12_345,
    }  # fmt: skip
    frame = pl.DataFrame([perdu], schema_polars(read_contrat("mouvements_banque")))
    appelee.maison.lac.write("mouvements_banque", frame, {"lot": "L"})
    attendu = r"mouvements, 1.écart : \(mouvement=D00000099-1 montant_centimes=12345 places=0\)"
    with pytest.raises(AuditRefuse, match=attendu):
        auditer(appelee.passage(soir))
    assert passees == [TOUS]
    assert held(appelee, soir.date()) == frozenset()


def test_too_many_companies_stop_the_publication(
    appelee: Caisse, monkeypatch: pytest.MonkeyPatch, soir: datetime
) -> None:
    """More companies than may be held together are no longer an accident of one of them."""
    aucune = replace(read_caisse(), reserves_maximum=0)
    monkeypatch.setattr(etapes, "read_caisse", lambda: aucune)
    alter(appelee, "soldes", "solde_centimes")
    with pytest.raises(AuditRefuse, match=f"siren={SIREN}"):
        auditer(appelee.passage(soir))


def test_an_invoice_of_fractionnement_days_is_called(
    caisse: Caisse, normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """What a night published of the leave paid is on the call of its month, and adds up."""
    schema = schema_polars(read_contrat("factures_fractionnement"))
    facture = pl.DataFrame([FACTURE | {"part": 0}], schema)
    version = caisse.maison.lac.write("factures_fractionnement", facture, {"part": 0})
    with caisse.maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=SOIR.date(),
            versions={"factures_fractionnement": version},
            empreinte="",
            publie_le="2026-04-04T20:00:00Z",
            remises=[],
        )
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    assert caisse.pass_night().reserves == 0
    lignes = caisse.read("lignes_appel").filter(pl.col("cotisation") == "FRAC")
    assert lignes.select("mois_rattachement", "base_centimes", "montant_centimes").rows() == [
        ("2026-02", 11_869, 11_869)
    ]
