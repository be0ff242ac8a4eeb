"""Wage returns: the last one counts, a usable DSN wins, whatever the order of arrival."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.declarations.regles.releves import COLONNES, compute_constats, compute_releves
from specs.contrats import read_contrat, schema_polars

SIRET, SECOND, INCONNU = "80000001000010", "80000001000028", "80000001000036"
ETABLISSEMENTS = pl.DataFrame(
    [("C1", SIRET, date(2020, 1, 1), None), ("C2", SECOND, date(2020, 1, 1), date(2026, 3, 15))],
    {"cdg": pl.String, "siret": pl.String, "debut": pl.Date, "fin": pl.Date},
    orient="row",
)


def releve(depot: int, siret: str = SIRET, mois: str = "2026-04", **autres: Any) -> dict[str, Any]:
    """A return, received in the order of its deposits."""
    nom = f"D{depot:08d}"
    cle = {"depot": nom, "rang": 2, "siren": siret[:9], "siret": siret, "mois_appel": mois}
    return cle | {"recu_le": f"2026-05-01T{depot:02}:00:00Z"} | autres


def base(de: dict[str, Any], quantite: int, **autres: Any) -> dict[str, Any]:
    """A base of a return."""
    place = {"ligne": 3, "releve": de["rang"], "mois_rattachement": de["mois_appel"]}
    return de | place | {"code_base": "20", "quantite": quantite} | autres


def declaration(mois: str = "2026-04", **autres: Any) -> dict[str, Any]:
    """A DSN that counts."""
    dsn = {"depot": "D00000099", "siret": SIRET, "mois_appel": mois, "type": "01"}
    return dsn | {"statut": "RETENUE"} | autres


def frame(table: str, lignes: list[dict[str, Any]], *sauf: str) -> pl.DataFrame:
    """Rows of a contract, without these columns."""
    types = {n: t for n, t in schema_polars(read_contrat(table)).items() if n not in sauf}
    return pl.DataFrame([{n: ligne.get(n) for n in types} for ligne in lignes], types)


def ranged(
    releves: list[dict[str, Any]],
    bases: list[dict[str, Any]],
    declarations: list[dict[str, Any]],
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Returns, their bases and what is said of them."""
    dsn = frame("declarations", declarations, "part")
    suivis, retenues = compute_releves(
        frame("releves_tdp", releves, "part", "cdg", "statut", "motif"),
        frame("bases_tdp", bases, "part"),
        dsn,
        ETABLISSEMENTS,
    )
    return suivis, retenues, compute_constats(suivis, retenues, dsn)


def test_the_last_return_of_a_month_counts() -> None:
    """Whole, hours apart from amounts; each establishment and month has its own."""
    un, deux, mars = releve(1), releve(2), releve(1, mois="2026-03", rang=5)
    heures = base(deux, 700, ligne=2, code_base="024")
    suivis, retenues, constats = ranged(
        [un, deux, mars], [base(un, 10), base(deux, 11), heures, base(mars, 5, ligne=6)], []
    )
    assert suivis["statut"].to_list() == ["REMPLACEE", "RETENUE", "RETENUE"]
    assert sorted(retenues.select("cdg", "mois_appel", "code_base", "quantite").rows()) == [
        ("C1", "2026-03", "20", 5),
        ("C1", "2026-04", "024", 700),
        ("C1", "2026-04", "20", 11),
    ]
    assert set(retenues["source"]) == {"TDP"}
    assert dict(retenues.schema) == COLONNES
    assert constats.is_empty()


@pytest.mark.parametrize(
    ("dsn", "statut"),
    [
        (declaration(), "ECARTEE"),
        (declaration(type="05"), "ECARTEE"),
        (declaration(type="04"), "RETENUE"),
        (declaration(statut="EN_ATTENTE"), "RETENUE"),
        (declaration(statut="REMPLACEE"), "RETENUE"),
        (declaration(mois="2026-03"), "RETENUE"),
        (declaration(siret=SECOND), "RETENUE"),
    ],
)
def test_a_usable_dsn_wins(dsn: dict[str, Any], statut: str) -> None:
    """One that counts and declares its month: the return then brings nothing, and says so."""
    suivis, retenues, constats = ranged([releve(1)], [base(releve(1), 10)], [dsn])
    assert suivis["statut"].to_list() == [statut]
    assert retenues.is_empty() == (statut == "ECARTEE")
    dits = [("TD-001", "reserve")] if statut == "ECARTEE" else []
    assert constats.select("code", "severite").rows() == dits
    assert all("D00000099" in message for message in constats["message"])


def test_what_waits() -> None:
    """An unknown establishment; a month that the dates of one do not hold, but what they do."""
    ferme = releve(2, SECOND)
    mixte = [base(ferme, 1), base(ferme, 2, ligne=4, mois_rattachement="2026-03")]
    suivis, retenues, constats = ranged(
        [releve(1, INCONNU), ferme, releve(3, SECOND, "2026-05")],
        [base(releve(1, INCONNU), 9), *mixte],
        [],
    )
    assert suivis.select("statut", "motif").rows() == [
        ("EN_ATTENTE", "TD-004"),
        ("RETENUE", None),
        ("EN_ATTENTE", "CP-11"),
    ]
    assert retenues.select("quantite", "statut", "motif").rows() == [
        (9, "EN_ATTENTE", "TD-004"),
        (1, "EN_ATTENTE", "CP-11"),
        (2, "RETENUE", None),
    ]
    assert constats.select("depot", "code", "severite").rows() == [
        ("D00000001", "TD-004", "attente"),
        ("D00000002", "CP-11", "reserve"),
        ("D00000003", "CP-11", "attente"),
    ]


SIRETS, MOIS = st.sampled_from([SIRET, SECOND, INCONNU]), st.sampled_from(["2026-03", "2026-04"])
RELEVES = st.lists(st.builds(releve, st.integers(1, 9), SIRETS, MOIS), max_size=6, unique_by=str)


@given(RELEVES, st.lists(st.builds(declaration, MOIS), max_size=1), st.randoms())
def test_the_order_of_the_rows_changes_nothing(
    releves: list[dict[str, Any]], dsn: list[dict[str, Any]], hasard: Any
) -> None:
    """One return at most counts or waits for an establishment and month, beside no DSN of it."""
    numerotes = [r | {"rang": rang} for rang, r in enumerate(releves, 2)]
    uniques = list({(r["depot"], r["siret"], r["mois_appel"]): r for r in numerotes}.values())
    bases = [base(r, r["rang"], ligne=100 + r["rang"]) for r in uniques]
    suivis, retenues, _ = ranged(uniques, bases, dsn)
    autres = list(zip(uniques, bases, strict=True))
    hasard.shuffle(autres)
    encore = ranged([r for r, _ in autres], [b for _, b in autres], dsn)
    assert suivis.equals(encore[0])
    assert retenues.sort("depot", "ligne").equals(encore[1].sort("depot", "ligne"))
    portes = suivis.filter(pl.col("statut").is_in(["RETENUE", "EN_ATTENTE"]))
    assert not portes.select("siret", "mois_appel").is_duplicated().any()
    declares = {(d["siret"], d["mois_appel"]) for d in dsn}
    assert not declares & set(portes.select("siret", "mois_appel").iter_rows())
    assert set(retenues["depot"]) == set(portes["depot"])
