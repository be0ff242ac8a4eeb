from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.depot import deposer, serveur_sftp
from pipelines.reception.serveur import serve_sftp
from warehouse.maison import Maison

A = "0000101"
COMMANDE = """
import typer
from cli.depot import serveur_sftp
typer.run(serveur_sftp)
"""


@pytest.fixture
def application(maison: Maison, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The two commands, on the house of the test."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(maison.reglages.dossier))
    application = typer.Typer()
    application.command("deposer")(deposer)
    application.command("serveur-sftp")(serveur_sftp)
    return application


def test_a_file_is_dropped_from_the_command_line(
    maison: Maison, application: typer.Typer, depot: Path, tmp_path: Path
) -> None:
    """With the demonstration's server running, one option is enough: who drops."""
    fichier = tmp_path / "mars.dsn"
    fichier.write_bytes(b"message")
    with serve_sftp(maison) as serveur:
        serveur.create_cle(A)
        arguments = ["deposer", str(fichier), "--adherent", A, "--port", str(serveur.port)]
        resultat = CliRunner().invoke(application, arguments)
        assert (resultat.exit_code, resultat.output[:17]) == (0, "déposé : mars.dsn")
        assert sorted(vu.name for vu in depot.iterdir()) == ["mars.dsn", "mars.dsn.sha256"]
        encore = CliRunner().invoke(application, arguments)
        assert encore.exit_code == 1
        assert "mars.dsn : non déposé, un fichier du même nom attend déjà" in encore.output
        assert not list(depot.glob("*.part"))


def test_what_is_refused_says_why_and_leaves_nothing(
    maison: Maison, application: typer.Typer, depot: Path, tmp_path: Path
) -> None:
    """A file that is not there, a name in progress, a box without room: each its cause.

    The files beside them are dropped all the same.
    """
    for nom in ("bon.dsn", "mars.dsn.part"):
        (tmp_path / nom).write_bytes(b"message")
    fichiers = [str(tmp_path / nom) for nom in ("absent.dsn", "mars.dsn.part", "bon.dsn")]
    with serve_sftp(maison) as serveur:
        serveur.create_cle(A)
        options = ["--adherent", A, "--port", str(serveur.port)]
        resultat = CliRunner().invoke(application, ["deposer", *fichiers, *options])
        assert resultat.exit_code == 1
        assert "absent.dsn : non déposé, fichier introuvable" in resultat.output
        assert "mars.dsn.part : non déposé, la caisse ne prend pas" in resultat.output
        assert "déposé : bon.dsn" in resultat.output
        assert sorted(vu.name for vu in depot.iterdir()) == ["bon.dsn", "bon.dsn.sha256"]
        for vu in depot.iterdir():
            vu.unlink()
        depot.rmdir()
        sans_boite = CliRunner().invoke(application, ["deposer", fichiers[-1], *options])
        assert (sans_boite.exit_code, "pas de dossier depot/" in sans_boite.output) == (1, True)


@pytest.mark.parametrize("adherent", [A, "../../etc", ""])
def test_a_drop_without_server_or_key_explains_itself(
    application: typer.Typer, tmp_path: Path, adherent: str
) -> None:
    """A French sentence and exit code 2, no stack of calls."""
    fichier = tmp_path / "mars.dsn"
    fichier.write_bytes(b"message")
    resultat = CliRunner().invoke(
        application, ["deposer", str(fichier), "--adherent", adherent, "--port", "1"]
    )
    assert resultat.exit_code == 2
    assert resultat.exception is None or isinstance(resultat.exception, SystemExit)


def test_the_configuration_is_printed(application: typer.Typer) -> None:
    """The configuration of a real server, alone."""
    resultat = CliRunner().invoke(application, ["serveur-sftp", "--configuration"])
    assert resultat.exit_code == 0
    assert "ForceCommand internal-sftp -u 0027" in resultat.output
    assert CliRunner().invoke(application, ["serveur-sftp"]).exit_code == 2


@pytest.mark.parametrize("arret", [signal.SIGINT, signal.SIGTERM])
def test_the_demonstration_serves_until_it_is_stopped(
    maison: Maison, application: typer.Typer, arret: signal.Signals
) -> None:
    """Started as a process, it says where it listens, makes the keys, and stops when asked."""
    del application
    serveur = subprocess.Popen(
        [sys.executable, "-c", COMMANDE, "--demonstration", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert serveur.stdout is not None
    lignes = [serveur.stdout.readline() for _ in range(3)]
    serveur.send_signal(arret)
    suite, _ = serveur.communicate(timeout=30)
    assert "Serveur d'essai sur 127.0.0.1" in lignes[0]
    assert suite == "Serveur arrêté.\n"
    assert serveur.returncode == 0
    assert (maison.reglages.dossier / "cles" / "sftp" / f"adherent_{A}").exists()
