"""`caisse echange cahier`: the specification, in a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.application import application

LANCEUR = CliRunner()


@pytest.mark.parametrize(("format_", "debut"), [("pdf", b"%PDF-"), ("html", b"<!doctype html>")])
def test_the_specification_is_written_where_it_is_asked(
    tmp_path: Path, format_: str, debut: bytes
) -> None:
    """A file of the shape that is asked, and its path on the screen."""
    sortie = tmp_path / f"cahier.{format_}"
    arguments = ["echange", "cahier", "--format", format_, "--sortie", str(sortie)]
    resultat = LANCEUR.invoke(application, arguments)
    assert resultat.exit_code == 0, resultat.output
    assert str(sortie) in resultat.output.replace("\n", "")
    assert sortie.read_bytes().startswith(debut)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A sentence and a code of exit, no trace of the program."""
    sortie = tmp_path / "absent" / "cahier.html"
    arguments = ["echange", "cahier", "--format", "html", "--sortie", str(sortie)]
    resultat = LANCEUR.invoke(application, arguments)
    assert resultat.exit_code == 2
    assert "Impossible d'écrire" in resultat.output
