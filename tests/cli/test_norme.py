"""`caisse norme`: what a reader learns of the coverage."""

from __future__ import annotations

import csv
import io
import json

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import norme
from specs.dsn import VERSIONS

COMPTES = ("implementes", "decides_ailleurs", "non_implementes")

application = typer.Typer()
application.command()(norme.norme)


def _norme(*arguments: str) -> Result:
    resultat = CliRunner().invoke(application, arguments)
    assert resultat.exit_code == 0, resultat.output
    return resultat


def test_the_table_has_every_version_and_adds_up() -> None:
    """In JSON: a row a version and family, whose three counts make the total."""
    lignes = json.loads(_norme("--format", "json").stdout)
    assert {ligne["version"] for ligne in lignes} == set(VERSIONS)
    assert all(sum(li[c] for c in COMPTES) == li["controles"] for li in lignes)


def test_the_text_is_in_french() -> None:
    """Titles of columns and of the table, for a person."""
    texte = _norme().stdout
    assert "Contrôles de la norme" in texte
    assert "écrits" in texte


def test_the_detail_gives_a_reason_for_each_control() -> None:
    """In CSV: the controls that are not written, each with its reason."""
    texte = _norme("--detail", "--format", "csv").stdout
    lignes = list(csv.DictReader(io.StringIO(texte.removeprefix("\ufeff")), delimiter=";"))
    assert lignes
    assert all(ligne["raison"] and ligne["statut"] != "implemente" for ligne in lignes)


@pytest.mark.parametrize("format_", ["xlsx", "parquet"])
def test_a_binary_format_is_refused(format_: str) -> None:
    """The table is for a terminal or a script."""
    assert CliRunner().invoke(application, ["--format", format_]).exit_code == 2
