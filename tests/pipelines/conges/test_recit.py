"""Leave in a night: two companies, two years, from files alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from sample_files.exemples_deux_ans import RACINE

if TYPE_CHECKING:
    from tests.conftest import Caisse

BOITES = {"X_": "A09001", "Y_": "A09002", "CERT": "A09001", "ARI": "A09002"}
SOIR = datetime(2026, 6, 30, 20, tzinfo=UTC)
X, Y = "999090012", "999090020"
pytestmark = pytest.mark.nuit


def drop_all(caisse: Caisse) -> None:
    """The DSN, the certificate and the stop of work of the story."""
    caisse.learn((RACINE / "registre.yaml").read_bytes(), "yaml")
    for chemin in sorted(RACINE.iterdir()):
        boite = next((b for debut, b in BOITES.items() if chemin.name.startswith(debut)), None)
        if boite is not None:
            caisse.drop(boite, chemin.name, chemin.read_bytes())


def test_two_years_of_leave_from_files(make_caisse: Callable[..., Caisse]) -> None:
    """A certificate each employment and leave year, rights of the years that are closed."""
    caisse = make_caisse(nombre_parts=2)
    drop_all(caisse)
    caisse.pass_night(SOIR)
    certificats = caisse.read("certificats").sort("exercice", "siren")
    assert certificats["salarie"].n_unique() == 1
    assert certificats.select(
        "exercice", "siren", "nature", "completude", "brut_centimes", "r_centimes", "r_mois"
    ).rows() == [
        (2024, X, "DEFINITIF", 100, 2_600_000, 218_182, None),
        (2025, X, "FIN", 100, 1_285_000, 230_000, "2024-09"),
        (2025, Y, "DEFINITIF", 100, 1_320_000, 240_000, "2025-03"),
        (2026, Y, "DEFINITIF", 100, 2_625_000, 245_000, "2026-03"),
        (2027, Y, "FIN", 100, 375_000, 245_000, "2026-04"),
    ]
    assert certificats["en_vigueur"].all()
    droits = caisse.read("droits").sort("exercice")
    assert droits.select("exercice", "siren", "categorie", "brut_centimes").rows() == [
        (2024, X, "O", 2_600_000),
        (2025, Y, "O", 2_605_000),
        (2026, Y, "O", 2_625_000),
        (2027, Y, "O", 375_000),
    ]
    assert droits["heures_seuil_centiemes"].to_list()[1:] == [156_500, 139_000, 22_100]
    compteurs = caisse.read("compteurs_conges")
    assert compteurs.height == 4 * droits.height
    caisse.pass_night(SOIR)
    assert caisse.read("certificats").equals(certificats.sort("certificat"))
