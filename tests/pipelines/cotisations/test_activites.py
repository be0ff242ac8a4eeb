"""What a change of activity means is told exactly, and changes no amount."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.cotisations.regles.activites import CHANGEMENTS, COTISATIONS, compute_effets
from specs.baremes import read_baremes
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat, schema_polars, valeurs_of

JUILLET = date(2026, 7, 1)


def _ligne(
    mois: str, base: int, abattement: int, montant: int, **autres: object
) -> dict[str, object]:
    ligne = {
        "part": 0,
        "appel": f"C1-{mois}",
        "cdg": "C1",
        "siren": "999090012",
        "mois_appel": mois,
        "rang": 1,
        "mois_rattachement": mois,
        "cotisation": "CI_GOTP",
        "base_brute_centimes": base,
        "heures_centiemes": None,
        "refaction_ppm": 1_000_000,
        "coefficient_ppm": 1_000_000,
        "base_centimes": base,
        "abattement_centimes": abattement,
        "taux_ppm": 6_800,
        "montant_centimes": montant,
    }
    return ligne | autres


def _effet(activites: tuple[str, str], *lignes: dict[str, object]) -> dict[str, object]:
    changements = pl.DataFrame([("C1", JUILLET, *activites)], CHANGEMENTS, orient="row")
    appelees = pl.DataFrame(list(lignes), schema_polars(read_contrat("lignes_appel")))
    [effet] = compute_effets(changements, appelees, read_connaissances()).to_dicts()
    return {nom: effet[nom] for nom in effet if nom not in CHANGEMENTS}


def test_each_activity_has_its_contribution() -> None:
    """Both are weather contributions, of the codes 34 and 35."""
    codes = {a: read_baremes()[c].cotisation for a, c in COTISATIONS.items()}
    assert set(codes) == set(valeurs_of("profils_cdg", "activite"))
    assert {a: c.codes_base for a, c in codes.items() if c} == {"GOTP": ("34",), "SO": ("35",)}


def test_what_was_called_at_the_other_rate() -> None:
    """Month by month, after the abatement, complements added, rounded once a month."""
    lignes = (
        _ligne("2026-05", 1_000_000, 250_000, 5_100),
        _ligne("2026-06", 500_100, 0, 3_401),
        _ligne("2026-06", -100, 0, -1, appel="C1-2026-06-01", rang=2),
        _ligne("2026-06", 900_000, 0, 189_000, cotisation="CP"),
        _ligne("2026-06", 900_000, 0, 6_120, cdg="C2"),
        _ligne("2026-07", 900_000, 0, 6_120),  # the month of the change
    )
    assert _effet(("GOTP", "SO"), *lignes) == {
        "taux_avant_ppm": 6_800,
        "taux_ppm": 1_300,
        "premier_mois": "2026-05",
        "dernier_mois": "2026-06",
        "montant_avant_centimes": 8_500,
        "montant_centimes": 975 + 650,
    }


def test_the_last_twelve_months_called() -> None:
    """Older ones are left out; nothing called gives no amount."""
    mois = [f"{annee}-{numero:02}" for annee in (2025, 2026) for numero in range(1, 13)][:18]
    effet = _effet(("GOTP", "SO"), *(_ligne(m, 1_000_000, 0, 6_800) for m in mois))
    assert (effet["premier_mois"], effet["dernier_mois"]) == ("2025-07", "2026-06")
    assert (effet["montant_avant_centimes"], effet["montant_centimes"]) == (81_600, 15_600)
    vide = _effet(("SO", "GOTP"), *(_ligne(m, 1_000_000, 0, 6_800) for m in mois))
    assert vide == {
        "taux_avant_ppm": 1_300,
        "taux_ppm": 6_800,
        "premier_mois": None,
        "dernier_mois": None,
        "montant_avant_centimes": None,
        "montant_centimes": None,
    }
