"""What a wage return changes, before and after it: told once, and again when its fate changes."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.cotisations.regles.assiettes import declared_months
from pipelines.cotisations.regles.valeurs_tdp import compute_valeurs
from specs.contrats import computed_columns, read_contrat, schema_polars

SIRET = "80000001000010"
RELEVE = {"depot": "D1", "rang": 2, "siren": SIRET[:9], "siret": SIRET, "cdg": "C1"} | {
    "mois_appel": "2026-03",
    "statut": "RETENUE",
}
BASE = RELEVE | {"releve": 2, "ligne": 3, "code_base": "20", "quantite": 480_000}
COMPTEE = BASE | {"source": "TDP", "statut": "RETENUE"}
LIGNE = {"cdg": "C1", "mois_appel": "2026-03", "cotisation": "CP", "appel": "C1-202603-01"} | {
    "rang": 1,
    "montant_centimes": 100_800,
}
AVANT = LIGNE | {"montant_centimes": 50_000}
APRES = LIGNE | {"montant_centimes": 50_800, "appel": "C1-202603-02", "rang": 2}


def frame(table: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    """Rows of a contract."""
    types = schema_polars(read_contrat(table))
    return pl.DataFrame([{n: ligne.get(n) for n in types} for ligne in lignes], types)


def told(
    releves: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    bases: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [COMPTEE]),
    lignes: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [LIGNE]),
    dites: pl.DataFrame | None = None,
    declarees: tuple[dict[str, Any], ...] = (BASE,),
) -> pl.DataFrame:
    """Values, published then now."""
    return compute_valeurs(
        tuple(frame("releves_tdp", *r) for r in releves),
        frame("bases_tdp", *declarees),
        tuple(frame("bases", *b) for b in bases),
        tuple(frame("lignes_appel", *ligne) for ligne in lignes),
        frame("valeurs_echange") if dites is None else dites,
    )


def shown(valeurs: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Name, declared, computed, present, trace of each value."""
    return valeurs.select("nom", "declare", "calcule", "present", "trace").rows()


def test_a_first_return_has_nothing_before_it() -> None:
    """Bases declared and counted, contributions of the month and their total; hours in hours."""
    heures = {"code_base": "024", "quantite": 700, "ligne": 2}
    valeurs = told(
        ([], [RELEVE]), ([], [COMPTEE, COMPTEE | heures]), declarees=(BASE, BASE | heures)
    )
    appel = "C1-202603-01"
    assert valeurs.columns == computed_columns("valeurs_tdp")
    assert shown(valeurs) == [
        ("BASE_024", 700, 700, None, appel),
        ("BASE_20", 480_000, 480_000, None, appel),
        ("CP", None, 100_800, None, appel),
        ("TOTAL", None, 100_800, None, appel),
    ]
    assert valeurs["unite"].to_list() == ["CH", "CT", "CT", "CT"]


def test_a_return_is_told_beside_what_was_called() -> None:
    """Every call of the month counts, the last one is the key of the explanation."""
    avant = COMPTEE | {"depot": "D0", "quantite": 240_000}
    valeurs = told(([], [RELEVE]), ([avant], [COMPTEE]), ([AVANT], [AVANT, APRES]))
    assert shown(valeurs) == [
        ("BASE_20", 480_000, 480_000, 240_000, "C1-202603-02"),
        ("CP", None, 100_800, 50_000, "C1-202603-02"),
        ("TOTAL", None, 100_800, 50_000, "C1-202603-02"),
    ]


def test_what_was_said_stays_until_the_return_is_set_aside() -> None:
    """Published values are not told again beside themselves; a DSN that wins gives new ones."""
    dites = told(([], [RELEVE])).with_columns(
        part=pl.lit(0, pl.Int64), ordre=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    ensuite = (([RELEVE], [RELEVE]), ([COMPTEE], [COMPTEE]), ([LIGNE], [LIGNE, APRES]), dites)
    assert told(*ensuite).equals(told(([], [RELEVE])))
    remplacee = RELEVE | {"statut": "REMPLACEE"}
    assert told(([RELEVE], [remplacee]), *ensuite[1:]).equals(told(([], [RELEVE])))
    ecartee = RELEVE | {"statut": "ECARTEE", "motif": "TD-001"}
    dsn = COMPTEE | {"source": "DSN", "depot": "D2", "quantite": 722_000}
    avec_dsn = told(([RELEVE], [ecartee]), ([COMPTEE], [dsn]), ([LIGNE], [LIGNE, APRES]), dites)
    assert shown(avec_dsn)[:2] == [
        ("BASE_20", 480_000, 722_000, 480_000, "C1-202603-02"),
        ("CP", None, 151_600, 100_800, "C1-202603-02"),
    ]


def test_nothing_is_said_of_what_has_no_call() -> None:
    """A return that waits, that another replaced before it was told, or of a month not called."""
    attend = RELEVE | {"statut": "EN_ATTENTE", "cdg": None}
    assert told(([], [attend])).is_empty()
    assert told(([], [RELEVE | {"statut": "REMPLACEE"}])).is_empty()
    assert told(([], [RELEVE]), lignes=([], [])).is_empty()


def test_a_return_without_base_declares_its_month() -> None:
    """As a DSN without employees does (C-05); one that a DSN replaced, or that waits, does not."""
    etats = ("RETENUE", "REMPLACEE", "ECARTEE", "EN_ATTENTE")
    releves = [RELEVE | {"mois_appel": f"2026-0{n}", "statut": e} for n, e in enumerate(etats, 1)]
    lus = (frame("declarations"), frame("bases"), frame("releves_tdp", *releves))
    declares = declared_months(*(lu.lazy() for lu in lus)).collect()
    assert declares.rows() == [(SIRET[:9], "2026-01")]
