"""Leave in a night: two companies, two years, from files alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.application import application
from sample_files.exemples_deux_ans import RACINE
from tests.parsers.echanges.fabrique import CERTIFICAT, write

if TYPE_CHECKING:
    from tests.conftest import Caisse

BOITES = {"X_": "A09001", "Y_": "A09002", "CERT": "A09001", "ARI": "A09002"}
SOIR = datetime(2026, 6, 30, 20, tzinfo=UTC)
X, Y = "999090012", "999090020"
SALARIE = {"matricule": "M00207"}
REFUS = 2
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


def test_a_certificate_goes_before_the_dsn_by_decision(
    make_caisse: Callable[..., Caisse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """X-06: recorded for a certificate in force alone, applied by the next night."""
    caisse = make_caisse(nombre_parts=1)
    drop_all(caisse)
    certificat = CERTIFICAT | {
        "siret": "99909002000010", "cert_ref": "C-2026", "months": 600, "gross": 1_000_000,
        "n1_paid": "N", "n1_days": None, "n1_amount": None, **SALARIE,
    }  # fmt: skip
    lignes = [("10", {nom: valeur for nom, valeur in certificat.items() if valeur is not None})]
    tete = {"mode": "R", "convention": "0009002", "siren": Y, "file_id": "C26"}
    fichier = write("CERT", lignes, created="20260415080000", **tete)
    caisse.drop("A09002", "CERT_R_0009002_20260415080000_0001.txt", fichier)
    caisse.pass_night(SOIR)
    constats = caisse.read("constats_echange").filter(pl.col("code").str.starts_with("CG"))
    assert constats["code"].to_list() == ["CG-003"]
    assert gross_of(caisse, 2026) == 2_625_000
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    assert decide("C-2027").exit_code == REFUS
    assert decide("C-2026").exit_code == 0
    caisse.pass_night(datetime(2026, 7, 1, 20, tzinfo=UTC))
    assert gross_of(caisse, 2026) == 1_000_000
    suites = caisse.read("certificats").filter(pl.col("exercice") == 2026)
    assert suites["nature"].to_list() == ["DEFINITIF", "RECTIFICATIF"]


def decide(reference: str) -> Result:
    """A decision, as an officer types it."""
    acte = ("--auteur", "gestion", "--motif", "déclarations fausses")
    commande = ("decider", "priorite-certificat", "--siren", Y, "--certificat", reference)
    return CliRunner().invoke(application, [*commande, *acte])


def gross_of(caisse: Caisse, exercice: int) -> int:
    """Gross wages of the rights of a leave year."""
    (brut,) = caisse.read("droits").filter(pl.col("exercice") == exercice)["brut_centimes"]
    return int(brut)
