"""The rights in money: both methods, rebuilt wages, the thresholds of the bonus."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from pipelines.conges.regles.paiement.indemnites import compute_droits
from pipelines.conges.regles.paiement.methodes import MOIS
from tests.pipelines.conges.test_retenues import savoir

MAINTIENS = pl.Schema(
    {
        "salarie": pl.String, "exercice": pl.Int64, "maladie": pl.Boolean,
        "mois_fractions": pl.Int64, "maintenu_centimes": pl.Int64,
    }
)  # fmt: skip
FORME = {"r_centimes": pl.Int64, "horaire_centiemes": pl.Int64, "cdg": pl.String}


def mois(nombre: str) -> int:
    """Fractions of a number of months written in decimals."""
    return int(Fraction(nombre) * MOIS)


def droit(
    maintiens: tuple[tuple[bool, str, int], ...] = (),
    options: dict[str, str] | None = None,
    **change: Any,
) -> dict[str, Any]:
    """The rights of an employee: an ouvrier of a full schedule, all year long."""
    acquis = {
        "salarie": "P1", "exercice": 2026, "clos": True, "categorie": "O", "siren": "S",
        "cdg": None, "horaire_centiemes": 15_167, "mois_travail_fractions": mois("12"),
        "mois_maladie_fractions": 0, "mois_assimiles_fractions": 0, "forfait_fractions": 0,
        "mois_retenus_fractions": mois("12"), "presence_fractions": mois("12"),
        "jours_legaux": 30, "dixieme_seul": False, "heures_seuil_fractions": mois("150000"),
        "heures_ap_centiemes": 0, "heures_intemperies_centiemes": 0, "brut_centimes": 0,
        "r_centimes": 0, "r_mois": None, "indemnite_precedente_centimes": 0,
        "indemnite_intemperies_centimes": 0, **change,
    }  # fmt: skip
    lignes = [("P1", 2026, malade, mois(duree), maintenu) for malade, duree, maintenu in maintiens]
    droits = compute_droits(
        pl.DataFrame([acquis], schema_overrides=FORME),
        pl.DataFrame(lignes, MAINTIENS, orient="row"),
        savoir(**options or {}),
    )
    (trouve,) = droits.to_dicts()
    return trouve


SIX_MOIS = {"mois_retenus_fractions": mois("10.8"), "mois_maladie_fractions": mois("6"),
            "r_centimes": 220_000, "jours_legaux": 27}  # fmt: skip
ACCIDENT = {"mois_assimiles_fractions": mois("6"), "r_centimes": 220_000}
PARTIELLE = {"heures_ap_centiemes": 30_334, "r_centimes": 220_000, "brut_centimes": 2_000_000}


@pytest.mark.parametrize(
    ("entrees", "a", "b", "methode"),
    [
        pytest.param(
            {"mois_retenus_fractions": mois("12"), "r_centimes": 220_000,
             "brut_centimes": 2_450_000, "indemnite_precedente_centimes": 290_000},
            264_000, 274_000, "B", id="EX-D-12",
        ),
        pytest.param(
            {"categorie": "C", "r_centimes": 450_000}, 540_000, 0, "A", id="EX-C-63"
        ),
        pytest.param(
            {"mois_retenus_fractions": mois("11.9"), "r_centimes": 230_000,
             "brut_centimes": 2_510_000, "indemnite_precedente_centimes": 261_000},
            273_700, 277_100, "B", id="EX-C-74",
        ),
        pytest.param(
            {"mois_retenus_fractions": mois("11.9"), "r_centimes": 245_000,
             "brut_centimes": 2_510_000, "indemnite_precedente_centimes": 261_000},
            291_550, 277_100, "A", id="EX-C-75",
        ),
        pytest.param(SIX_MOIS | {"brut_centimes": 1_320_000}, 237_600, 237_600, "A", id="EX-C-76"),
        pytest.param(
            SIX_MOIS | {"brut_centimes": 1_720_000, "maintiens": ((True, "6", 400_000),)},
            237_600, 237_600, "A", id="EX-C-77",
        ),
        pytest.param(
            SIX_MOIS | {"brut_centimes": 1_720_000,
                        "maintiens": ((True, "2", 400_000), (True, "4", 0))},
            237_600, 242_400, "B", id="maintien au-delà du salaire reconstitué d'une absence",
        ),
        pytest.param(ACCIDENT | {"brut_centimes": 1_320_000}, 264_000, 264_000, "A", id="EX-C-78"),
        pytest.param(
            ACCIDENT | {"brut_centimes": 1_320_000, "maintiens": ((False, "1", 100_000),)},
            264_000, 254_000, "A", id="accident, salaire maintenu en partie",
        ),
        pytest.param(
            {"brut_centimes": 2_450_000, "indemnite_intemperies_centimes": 66_000},
            0, 251_600, "B", id="EX-C-79",
        ),
        pytest.param(PARTIELLE, 264_000, 244_000, "A", id="activité partielle reconstituée"),
        pytest.param(
            PARTIELLE | {"options": {"activite_partielle_dixieme": "exclue"}},
            264_000, 200_000, "A", id="activité partielle exclue",
        ),
        pytest.param(
            {"mois_retenus_fractions": mois("11"), "r_centimes": 235_000,
             "brut_centimes": 2_225_000, "indemnite_precedente_centimes": 255_000},
            258_500, 248_000, "A", id="EX-C-120",
        ),
        pytest.param(
            {"r_centimes": None, "brut_centimes": 2_450_000}, None, 245_000, "B",
            id="aucune paie normale et complète",
        ),
        pytest.param(
            {"dixieme_seul": True, "jours_legaux": 0, "brut_centimes": 81_235,
             "indemnite_precedente_centimes": 100_000, "r_centimes": 900_000},
            None, 8_124, "B", id="EX-C-73",
        ),
    ],
)  # fmt: skip
def test_the_indemnity_is_the_better_of_two_methods(
    entrees: dict[str, Any], a: int | None, b: int, methode: str
) -> None:
    """Both are kept and shown; the last pay when they are equal."""
    trouve = droit(**entrees)
    assert (trouve["indemnite_btp_centimes"], trouve["indemnite_dixieme_centimes"]) == (a, b)
    assert trouve["methode"] == methode
    assert trouve["indemnite_centimes"] == (a if methode == "A" else b)


@pytest.mark.parametrize(
    ("entrees", "due", "heures"),
    [
        pytest.param({"heures_seuil_fractions": mois("119999")}, False, 119_999, id="EX-C-81"),
        pytest.param({"heures_seuil_fractions": mois("120000")}, True, 120_000, id="EX-C-81 due"),
        pytest.param(
            {"heures_seuil_fractions": mois("96003"), "horaire_centiemes": 12_134}, False, 96_003,
            id="EX-C-82",
        ),
        pytest.param(
            {"heures_seuil_fractions": mois("96004"), "horaire_centiemes": 12_134}, True, 96_004,
            id="EX-C-82 due",
        ),
        pytest.param({"heures_seuil_fractions": mois("121233.8")}, True, 121_234, id="EX-C-83"),
        pytest.param(
            {"heures_seuil_fractions": mois("119999"), "horaire_centiemes": 17_000}, False, 119_999,
            id="au-delà du temps plein, le seuil reste 1 200 h",
        ),
        pytest.param(
            {"heures_seuil_fractions": mois("120000"), "horaire_centiemes": 17_000}, True, 120_000,
            id="au-delà du temps plein, 1 200 h suffisent",
        ),
        pytest.param(
            {"categorie": "E", "presence_fractions": mois("6"), "heures_seuil_fractions": 0}, True,
            0, id="EX-C-85",
        ),
        pytest.param(
            {"categorie": "C", "presence_fractions": mois("5") + MOIS * 26 // 27,
             "heures_seuil_fractions": mois("200000")}, False, 200_000, id="EX-C-85 non due",
        ),
        pytest.param({"dixieme_seul": True, "jours_legaux": 0}, False, 150_000, id="sous 63 h"),
    ],
)  # fmt: skip
def test_the_bonus_has_its_threshold(entrees: dict[str, Any], due: bool, heures: int) -> None:
    """1 200 h in proportion of the schedule for an ouvrier, six months otherwise; both sides."""
    trouve = droit(**entrees)
    assert (trouve["prime_due"], trouve["heures_seuil_centiemes"]) == (due, heures)


def test_an_employee_without_category_waits() -> None:
    """Nothing is decided for him."""
    with pytest.raises(ValueError, match="unpack"):
        droit(categorie=None)
