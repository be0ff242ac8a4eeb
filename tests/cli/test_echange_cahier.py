"""`caisse echange cahier`: the specification, in a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.application import application
from pipelines.echanges.cahier import composition
from pipelines.echanges.cahier.blocs import Cahier

VIDE = Cahier("Cahier", "0100", date(2026, 3, 1), ())


@pytest.fixture(autouse=True)
def cahier(monkeypatch: pytest.MonkeyPatch) -> None:
    """A specification without a chapter: what it holds is tested where it is composed."""
    monkeypatch.setattr(composition, "compose_cahier", lambda: VIDE)


def run(*arguments: str) -> Result:
    """The command, in process."""
    return CliRunner().invoke(application, ["echange", "cahier", *arguments])


@pytest.mark.parametrize(("format_", "debut"), [("pdf", b"%PDF-"), ("html", b"<!doctype html>")])
def test_the_specification_is_written_where_it_is_asked(
    tmp_path: Path, format_: str, debut: bytes
) -> None:
    """A file of the shape that is asked, and its path on the screen."""
    sortie = tmp_path / f"cahier.{format_}"
    resultat = run("--format", format_, "--sortie", str(sortie))
    assert resultat.exit_code == 0, resultat.output
    assert str(sortie) in resultat.output.replace("\n", "")
    assert sortie.read_bytes().startswith(debut)


def test_a_specification_is_a_pdf_unless_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an option, a PDF in the folder where one is."""
    monkeypatch.chdir(tmp_path)
    assert run().exit_code == 0
    assert [f.name for f in tmp_path.iterdir()] == ["cahier_des_charges.pdf"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A sentence and a code of exit, no trace of the program."""
    resultat = run("--format", "html", "--sortie", str(tmp_path / "absent" / "cahier.html"))
    assert resultat.exit_code == 2
    assert "Impossible d'écrire" in resultat.output
