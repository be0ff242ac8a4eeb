"""`caisse echange modele` and `convertir`: files, reports, exit codes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.application import application
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from tests.parsers.echanges.fabrique import COMPTE, DEMANDE, LIGNES, compose

LANCEUR = CliRunner()
ARI = "028bc1abf0f691bb7a2f6d003b0dab41febf82a7dcdc552dcd03838bf4181246"


@pytest.fixture
def ici(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lancer(*arguments: str) -> Result:
    """The command, run."""
    return LANCEUR.invoke(application, ["echange", *arguments])


def test_a_model_is_written(ici: Path) -> None:
    """Under its usual name, or where it is asked, in the form of the suffix."""
    assert lancer("modele", "dmc").exit_code == 0
    assert (ici / "modele_DMC.xlsx").read_bytes().startswith(b"PK")
    assert lancer("modele", "ARI", "--sortie", "ari.xsd").exit_code == 0
    assert b"<xs:schema" in (ici / "ari.xsd").read_bytes()
    assert lancer("modele", "TDP", "--sortie", "tdp.csv").exit_code == 0
    assert (ici / "tdp.csv").read_bytes().startswith("\ufeffentete;MODE;".encode())


@pytest.mark.parametrize(
    ("arguments", "mot"),
    [(["XXX"], "CERT, DMC"), (["CRM"], "CERT, DMC"), (["DMC", "--sortie", "a.pdf"], ".xsd")],
)
def test_a_model_that_there_is_not(ici: Path, arguments: list[str], mot: str) -> None:
    """The kinds, or the suffixes, are named."""
    resultat = lancer("modele", *arguments)
    assert resultat.exit_code == 2
    assert mot in resultat.output.replace("\n", " ")
    assert not list(ici.iterdir())


def test_a_file_goes_through_every_form(ici: Path) -> None:
    """XML, workbook, CSV, fixed form: under the name of a deposit, with the published bytes."""
    (ici / "a.xml").write_bytes(write_xml(compose("ARI", LIGNES["ARI"])))
    for avant, forme, apres in (
        ("a.xml", "xlsx", "a.xlsx"),
        ("a.xlsx", "csv", "a.csv"),
        ("a.csv", "fixe", "ARI_T_0001234_20260116100000_0001.txt"),
        ("ARI_T_0001234_20260116100000_0001.txt", "xml", "ARI_T_0001234_20260116100000_0001.xml"),
    ):
        resultat = lancer("convertir", avant, "--vers", forme)
        assert resultat.exit_code == 0, resultat.output
        assert "CONFORME (ARI, 0\u00a0bloquante, 0\u00a0signalée)" in resultat.output
        assert (ici / apres).exists()
    fixe = (ici / "ARI_T_0001234_20260116100000_0001.txt").read_bytes()
    assert hashlib.sha256(fixe).hexdigest() == ARI


def test_a_refused_line_is_told_and_the_file_written(ici: Path) -> None:
    """Exit 1, what is wrong and what to do, where it is."""
    (ici / "a.txt").write_bytes(write_fixe(compose("DMC", [("20", DEMANDE | {"sen_firm": 0})])))
    resultat = lancer("convertir", "a.txt", "--vers", "xlsx", "--sortie", str(ici))
    assert resultat.exit_code == 1
    assert "enregistrement 2 [D106] L'ancienneté" in resultat.output
    assert "à faire : Écrire l'ancienneté" in resultat.output
    assert (ici / "a.xlsx").exists()
    assert (
        "feuille demande, ligne 3 [D106]" in lancer("convertir", "a.xlsx", "--vers", "csv").output
    )


@pytest.mark.parametrize(
    ("contenu", "vers", "sortie", "mot"),
    [
        (b"coucou", "xml", 2, "F003"),
        (b"<depot", "fixe", 2, "F010"),
        (
            write_fixe(compose("DMC", LIGNES["DMC"])).replace(b"245000+", b"245001+"),
            "xml",
            1,
            "F005",
        ),
        (write_xml(compose("RIB", [("40", COMPTE | {"holder": "WAŁĘSA"})])), "fixe", 1, "F004"),
        (
            write_xml(compose("DMC", LIGNES["DMC"])).replace(b"<days>11.00", b"<days>11,00"),
            "xml",
            1,
            "F005",
        ),
        (
            write_xml(compose("RIB", LIGNES["RIB"]))
            .replace(b"<bic>", b"")
            .replace(b"<effective>2026", b"<effective>26"),
            "fixe",
            1,
            "F013",
        ),
    ],
    ids=["texte", "xml", "total", "lettre", "nombre", "date"],
)
def test_what_is_refused_whole_is_not_written(
    ici: Path, contenu: bytes, vers: str, sortie: int, mot: str
) -> None:
    """Exit 1 or 2 as `caisse verifier`, and no file."""
    (ici / "a.dat").write_bytes(contenu)
    resultat = lancer("convertir", "a.dat", "--vers", vers)
    assert resultat.exit_code == sortie, resultat.output
    assert mot in resultat.output
    assert "Rien n'est écrit." in resultat.output
    assert [f.name for f in ici.iterdir()] == ["a.dat"]


def test_paths_that_will_not_do(ici: Path) -> None:
    """Absent, too large, the file itself, a place that cannot be written: told, exit 2."""
    (ici / "a.xml").write_bytes(write_xml(compose("DMC", LIGNES["DMC"])))
    with (ici / "gros.xml").open("wb") as gros:
        gros.truncate(50_000_001)
    for arguments, mot in (
        (["absent.xml", "--vers", "xml"], "introuvable"),
        (["gros.xml", "--vers", "xml"], "50000000"),
        (["a.xml", "--vers", "xml", "--sortie", "a.xml"], "ce serait le fichier lu"),
        (["a.xml", "--vers", "xml", "--sortie", "absent/a.xml"], "Impossible d'écrire"),
    ):
        resultat = lancer("convertir", *arguments)
        assert resultat.exit_code == 2, resultat.output
        assert mot in resultat.output.replace("\n", " ")
