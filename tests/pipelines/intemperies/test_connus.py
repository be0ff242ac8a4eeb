"""What DSN tell of employees: contracts, absences, pays, and whom a line is about."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.intemperies.regles.connus import (
    compute_absences,
    compute_conges_payes,
    compute_contrats,
)
from pipelines.intemperies.regles.paies import compute_paies
from pipelines.intemperies.regles.suivi_echeances import DITES, compute_suivi
from specs.contrats import read_contrat, schema_polars

SIREN = "999090012"
SIEN = {"siren": SIREN, "salarie": "S", "depot": "D1", "ligne": 1, "contrat": "1"}
JOUR = date(2026, 1, 12)


def rows(table: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    """Rows of a table, what is not given being null."""
    schema = schema_polars(read_contrat(table))
    vides = dict.fromkeys(schema)
    return pl.DataFrame([vides | fill_row(table) | ligne for ligne in lignes], schema, orient="row")


def fill_row(table: str) -> dict[str, Any]:
    """What every row has."""
    return {nom: v for nom, v in SIEN.items() if nom in schema_polars(read_contrat(table))}


def contract(**valeurs: Any) -> dict[str, Any]:
    """A row of a contract that begins on 3 November."""
    return {"mois": "2025-11", "debut": date(2025, 11, 3), "nature": "01"} | valeurs


@pytest.mark.parametrize(
    ("lignes", "attendu"),
    [
        ([contract()], [(None, True)]),
        ([contract(), contract(mois="2026-01", fin=JOUR)], [(JOUR, True)]),
        # A month declared again without its end keeps the end that was told.
        ([contract(fin=JOUR), contract(mois="2025-12")], [(JOUR, True)]),
        (
            [contract(fin=JOUR), contract(mois="2025-12", fin=JOUR, motif_fin="099")],
            [(None, True)],
        ),
        ([contract(dispositif="64")], [(None, False)]),
        ([contract(nature="02", fin_prevue=date(2026, 11, 2))], [(None, False)]),
        ([contract(nature="02", fin_prevue=date(2026, 11, 1))], [(None, True)]),
        # A new number goes on from the old one, whose rows have no end.
        ([contract(), contract(contrat="2", ancien_contrat="1")], [(None, True)]),
        ([contract(changement=JOUR)], []),
    ],
)
def test_contracts(lignes: list[dict[str, Any]], attendu: list[tuple[date | None, bool]]) -> None:
    """The end is the last one told, unless it was taken back; whose leave is the fund's."""
    contrats = compute_contrats(rows("contrats", *lignes), rows("bases"))
    assert contrats.select("fin", "conges").rows() == attendu


def test_a_base_of_leave_makes_the_leave_of_an_apprentice_the_fund_s() -> None:
    """D.3141-23: excluded while the base is nil."""
    base = {"code_base": "20", "quantite": 1, "mois_rattachement": "2025-11"}
    contrats = compute_contrats(rows("contrats", contract(dispositif="65")), rows("bases", base))
    assert contrats["conges"].to_list() == [True]


def absence(nature: str, motif: str, **valeurs: Any) -> dict[str, Any]:
    """An absence that begins on JOUR."""
    dite = {"mois": "2026-01", "nature": nature, "motif_absence": motif, "debut": JOUR}
    return dite | valeurs


@pytest.mark.parametrize(
    ("lignes", "fins"),
    [
        ([absence("ARRET", "01", fin_prevue=date(2026, 1, 20))], [date(2026, 1, 20)]),
        (
            [absence("ARRET", "01", fin_prevue=date(2026, 1, 20), reprise=date(2026, 1, 16))],
            [date(2026, 1, 15)],
        ),
        ([absence("ARRET", "01"), absence("ARRET", "99", mois="2026-02")], []),
        ([absence("SUSPENSION", "200", fin=JOUR)], [JOUR]),
        ([absence("SUSPENSION", "200"), absence("SUSPENSION", "998", mois="2026-02")], []),
        ([absence("SUSPENSION", "200")], [None]),
    ],
)
def test_absences(lignes: list[dict[str, Any]], fins: list[date | None]) -> None:
    """The last told is right; one that is cancelled is none."""
    assert compute_absences(rows("absences", *lignes))["fin"].to_list() == fins


def statement(numero: str, **valeurs: Any) -> dict[str, Any]:
    """A statement that pays the week of JOUR."""
    dite = {"decompte": numero, "motif": "PAIEMENT", "nature": "CP"}
    return dite | {"debut": JOUR, "fin": date(2026, 1, 17)} | valeurs


@pytest.mark.parametrize(
    ("lignes", "debuts"),
    [
        ([statement("C1")], [JOUR]),
        ([statement("C1"), statement("C2", motif="ANNULATION", annule="C1")], []),
        # Made again after a stoppage: the days that stay.
        (
            [
                statement("C1"),
                statement("C2", motif="ANNULATION", annule="C1"),
                statement("C3", tour=1, debut=date(2026, 1, 15)),
            ],
            [date(2026, 1, 15)],
        ),
        (
            [statement("C1"), statement("C2", motif="REGULARISATION", debut=date(2026, 1, 1))],
            [JOUR],
        ),
        ([statement("C1", nature="CO")], []),
    ],
)
def test_leave_paid(lignes: list[dict[str, Any]], debuts: list[date]) -> None:
    """A statement pays its days until another cancels it; a compensation pays none."""
    conges = compute_conges_payes(rows("decomptes", *lignes))
    assert conges["debut"].to_list() == debuts
    assert set(conges["motif"]) <= {"200"}


def pay(code: str, mesure: int, **valeurs: Any) -> dict[str, Any]:
    """An element of pay of January."""
    nature = "ACTIVITE" if code == "01" else "REMUNERATION"
    dite = {"mois": "2026-01", "nature": nature, "code": code, "mesure_centiemes": mesure}
    return dite | {"unite": "10"} | valeurs


def test_pays() -> None:
    """A month with hours of a stop is not whole; another absence makes its hours unknown."""
    contrats = compute_contrats(rows("contrats", contract()), rows("bases"))
    base = {"code_base": "20", "quantite": 227_500, "mois_rattachement": "2026-01"}
    sirens = pl.Series([SIREN])
    sans = compute_absences(rows("absences"))

    def read(*paies: dict[str, Any], absences: pl.DataFrame = sans) -> Any:
        lues = rows("remunerations", *paies)
        return compute_paies(lues, rows("bases", base), contrats, absences, sirens)

    entier = read(pay("01", 15_167))
    assert entier.bases["montant_centimes"].to_list() == [227_500]
    assert entier.travaillees["heures_centiemes"].to_list() == [15_167]
    assert entier.heures.is_empty()
    arrete = read(pay("01", 12_367), pay("025", 2_800, debut=JOUR))
    assert arrete.bases.is_empty()
    assert arrete.travaillees["heures_centiemes"].to_list() == [15_167]
    assert arrete.heures["heures_centiemes"].to_list() == [2_800]
    malade = compute_absences(rows("absences", absence("ARRET", "01", fin_prevue=JOUR)))
    assert read(pay("01", 9_000), absences=malade).travaillees.is_empty()
    suspendu = compute_absences(rows("absences", absence("SUSPENSION", "507", fin=JOUR)))
    assert read(absences=suspendu).heures["suspendu"].to_list() == [True]
    jours = read(pay("01", 2_200, unite="20"))
    assert jours.travaillees.is_empty()


def told(origine: str = "65.001=507", depot: str | None = None) -> pl.DataFrame:
    """A stop whose deadline is on 2 March, to be told again on 20 February."""
    ligne = {
        "siren": SIREN, "origine": origine, "depot": depot, "evenement": JOUR, "salaries": 2,
        "echeance": date(2026, 3, 2), "rappel": date(2026, 2, 20),
    }  # fmt: skip
    return pl.DataFrame([ligne], DITES)


def test_a_deadline_from_its_first_night_to_its_last() -> None:
    """Told, told again once, out of time; lifted when a declaration comes."""
    publiees = rows("echeances").drop("part")
    histoire = []
    for nuit in (date(2026, 2, 10), date(2026, 2, 19), date(2026, 2, 20), date(2026, 2, 25),
                 date(2026, 3, 2), date(2026, 3, 3)):  # fmt: skip
        publiees = compute_suivi(told(), publiees, nuit)
        histoire.append(publiees["etat"].item())
    assert histoire == ["ANNONCEE", "ANNONCEE", "RAPPELEE", "RAPPELEE", "RAPPELEE", "PASSEE"]
    assert publiees.select("annoncee_le", "rappelee_le").row(0) == (
        date(2026, 2, 10),
        date(2026, 2, 20),
    )
    passee = compute_suivi(told().clear(), publiees, date(2026, 4, 1))
    assert passee["etat"].to_list() == ["PASSEE"]
    annoncee = compute_suivi(told(), rows("echeances").drop("part"), date(2026, 2, 10))
    levee = compute_suivi(told().clear(), annoncee, date(2026, 2, 11))
    assert levee["etat"].to_list() == ["LEVEE"]


def test_what_was_already_out_of_time_is_not_told() -> None:
    """An old DSN reminds nobody of what can't be declared any more."""
    publiees = rows("echeances").drop("part")
    assert compute_suivi(told(), publiees, date(2026, 3, 3)).is_empty()
    tard = compute_suivi(told(), publiees, date(2026, 2, 25))
    # The night that tells it does not tell it again.
    assert tard.select("etat", "rappelee_le").row(0) == ("ANNONCEE", None)


def test_a_draft_is_listed_and_nobody_is_told() -> None:
    """A test is a draft until its deadline."""
    essai = compute_suivi(told("ARI_ESSAI", "D7"), rows("echeances").drop("part"), JOUR)
    assert essai.select("etat", "annoncee_le").row(0) == ("BROUILLON", None)
