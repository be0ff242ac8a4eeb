"""Statement and balances, asked for on the command line."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from cli.application import application
from specs.contrats import read_contrat, schema_polars
from warehouse.maison import open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages

ARRETE = date(2026, 6, 1)
PIECES = (
    ("APP-A4", "APPEL", date(2026, 4, 5), "C1", 10_000),
    ("APP-B4", "APPEL", date(2026, 4, 5), "C2", 3_000),
    ("ENC-V1", "BANQUE", date(2026, 5, 4), "C1", -4_000),
    ("MAJ-A4-01", "MAJORATION", date(2026, 5, 26), "C1", 160),
)


def _caisse(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments)


@pytest.fixture
def maison_vide(neuve: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's home: nothing was ever published there."""
    shutil.copytree(neuve, tmp_path / "donnees")
    monkeypatch.setenv("CAISSE_DOSSIER", str(tmp_path / "donnees"))


@pytest.fixture
def maison_tenue(maison_vide: None) -> None:  # noqa: ARG001 - sets the home
    """The same home with the ledger of one company published."""
    lignes = [
        {
            "part": 0, "ecriture": nom, "rang": rang, "siren": "800000010", "adherent": "A80001",
            "cdg": cdg if compte == "411" else None, "journal": journal, "date_comptable": jour,
            "date_valeur": jour, "compte": compte, "debit_centimes": max(sens * montant, 0),
            "credit_centimes": max(-sens * montant, 0), "libelle": journal.title(), "origine": "X",
        }
        for nom, journal, jour, cdg, montant in PIECES
        for rang, compte, sens in ((1, "411", 1), (2, "512", -1))
    ]  # fmt: skip
    maison = open_maison(Reglages())
    frame = pl.DataFrame(lignes, schema_polars(read_contrat("ecritures")))
    version = maison.lac.write("ecritures", frame, None)
    with maison.moteur.begin() as connexion:
        publish(
            connexion, date_arrete=ARRETE, versions={"ecritures": version}, empreinte="0" * 64,
            publie_le="2026-06-01T22:00:00Z", remises=[],
        )  # fmt: skip


def _statement(*arguments: str) -> list[tuple[str, int, int, int]]:
    """Entry, debit, credit, balance of each line."""
    resultat = _caisse("releve", "--adherent", "A80001", "--format", "json", *arguments)
    assert resultat.exit_code == 0, resultat.output
    return [
        (x["ecriture"], x["debit_centimes"], x["credit_centimes"], x["solde_centimes"])
        for x in json.loads(resultat.stdout)
    ]


@pytest.mark.usefixtures("maison_tenue")
def test_a_statement_runs_from_its_opening_to_its_closing_balance() -> None:
    """Every entry of the company's account, with the balance after each."""
    assert _statement() == [
        ("", 0, 0, 0),
        ("APP-A4", 10_000, 0, 10_000),
        ("APP-B4", 3_000, 0, 13_000),
        ("ENC-V1", 0, 4_000, 9_000),
        ("MAJ-A4-01", 160, 0, 9_160),
    ]


@pytest.mark.usefixtures("maison_tenue")
def test_a_statement_of_past_dates_stops_at_them() -> None:
    """From 1 May to 25 May, for one centre: what came before is the opening balance."""
    assert _statement("--du", "2026-05-01", "--au", "2026-05-25", "--cdg", "C1") == [
        ("", 0, 0, 10_000),
        ("ENC-V1", 0, 4_000, 6_000),
    ]


@pytest.mark.usefixtures("maison_tenue")
def test_a_statement_that_ends_before_the_first_entry_is_empty() -> None:
    """`--au` alone is enough, whatever the day: nothing was owed then."""
    assert _statement("--au", "2020-01-01") == [("", 0, 0, 0)]


@pytest.mark.usefixtures("maison_tenue")
def test_a_statement_reads_well_on_a_terminal() -> None:
    """French title, dates and euros."""
    resultat = _caisse("releve", "--adherent", "A80001", "--au", "2026-05-31")
    assert "Relevé de compte du 05/04/2026 au 31/05/2026" in resultat.stdout
    assert "Solde d'ouverture" in resultat.stdout
    assert "91,60" in resultat.stdout


@pytest.mark.usefixtures("maison_tenue")
@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("--adherent", "A9"), "Aucune écriture pour l'adhérent « A9 »"),
        (("--adherent", "A80001", "--cdg", "C9"), "centre de gestion « C9 »"),
        (("--adherent", "A80001", "--au", "hier"), "Date illisible : « hier »"),
        (
            ("--adherent", "A80001", "--du", "2026-05-02", "--au", "2026-05-01"),
            "avant de commencer",
        ),
        (("--adherent", "A80001", "--au", "2031-01-01"), "pas de relevé au-delà"),
        (("--adherent", "A80001", "--publication", "9"), "La publication 9 n'existe pas"),
    ],
)
def test_a_refused_statement_says_why(arguments: tuple[str, ...], phrase: str) -> None:
    """A sentence in French and exit code 2, never a traceback."""
    resultat = _caisse("releve", *arguments)
    assert (resultat.exit_code, phrase in resultat.stderr) == (2, True)


@pytest.mark.usefixtures("maison_vide")
def test_a_statement_before_any_publication_says_so() -> None:
    """Nothing was published: the sentence says what will do it."""
    resultat = _caisse("releve", "--adherent", "A80001")
    assert (resultat.exit_code, "caisse nuit" in resultat.stderr) == (2, True)


@pytest.mark.usefixtures("maison_tenue")
@pytest.mark.parametrize("liste", ["soldes", "creances", "ecritures"])
def test_the_accounts_are_lists_like_the_others(liste: str) -> None:
    """Same formats and filters as every published table."""
    resultat = _caisse(liste, "--format", "json", "--ou", "cdg=C2")
    assert resultat.exit_code == 0
    assert len(json.loads(resultat.stdout)) == (liste == "ecritures")
