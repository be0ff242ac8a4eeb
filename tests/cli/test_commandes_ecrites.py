"""Every command that README and docs/ print runs as printed, on the home of `make nuit`."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.reception.serveur import serve_sftp
from specs.caisse import read_caisse
from warehouse.maison import open_maison
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

RACINE = Path(__file__).parents[2]
PAGES = [RACINE / "README.md", *sorted((RACINE / "docs").glob("*.md"))]
MOTS = ("caisse ", ".venv/bin/caisse ", "curl ", "ls ", "sed ", "make ")
LENDEMAIN = "make lendemain"
# What does not end, or starts what runs these tests; each has tests of its own.
AILLEURS = re.compile(
    r"make (?!lendemain)\w+|(\.venv/bin/)?caisse (airflow|serveur-sftp|(api|espace) servir)\b.*"
)
ADRESSE = "127.0.0.1:8085"  # of the API, as its page writes it
# Pages of who begins, of who runs a fund, of what is opened to others.
TOUJOURS = ("README", "airflow", "api", "banque", "espace", "poste", "registre", "salarie")
VOISINS = ("sample_files", "tests", "specs")


def list_commandes(page: Path) -> list[str]:
    """Commands of the blocks of a page, in order, those over several lines put together."""
    texte = page.read_text("utf-8").replace("\\\n", " ")
    dans, commandes = False, []
    for ligne in texte.splitlines():
        dans ^= ligne.lstrip().startswith("```")
        if (dans or ligne.startswith("    ")) and ligne.lstrip().startswith(MOTS):
            commandes.append(ligne.strip())
    return commandes


def environ(dossier: Path) -> dict[str, str]:
    """An environment where the project's commands come first, and nothing of another Airflow."""
    propre = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("AIRFLOW")}
    chemin = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return propre | {"PATH": chemin, "CAISSE_DOSSIER": str(dossier)}


@pytest.fixture(scope="module")
def jouee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that `make nuit` leaves."""
    maison = tmp_path_factory.mktemp("demonstration") / "donnees"
    commande = ["caisse", "nuit", "--demonstration"]
    fait = subprocess.run(
        commande, env=environ(maison), capture_output=True, text=True, check=False
    )
    assert fait.returncode == 0, fait.stdout + fait.stderr
    return maison


@pytest.fixture
def projet(jouee: Path, tmp_path: Path) -> Path:
    """The folder where a reader types: the project beside a copy of that home."""
    shutil.copytree(jouee, tmp_path / "donnees")
    for voisin in VOISINS:
        (tmp_path / voisin).symlink_to(RACINE / voisin)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


@contextmanager
def serve_api(projet: Path, environnement: dict[str, str]) -> Iterator[str]:
    """The API of the home, served as its page says; where it answers."""
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        hote, port = libre.getsockname()
    commande = ["caisse", "api", "servir", "--port", str(port)]
    with subprocess.Popen(commande, cwd=projet, env=environnement) as serveur:
        attendu = ["curl", "-sf", "--retry", "60", "--retry-delay", "1", "--retry-connrefused"]
        subprocess.run([*attendu, f"http://{hote}:{port}/v1/sante"], check=True)
        yield f"{hote}:{port}"
        serveur.terminate()


def _mark(page: Path) -> ParameterSet:
    """The page; those that tell what other tests of the command line ask are left to epreuve."""
    marques = [] if page.stem in TOUJOURS else [pytest.mark.redite]
    return pytest.param(page, id=page.stem, marks=marques)


@pytest.mark.ecrites
@pytest.mark.parametrize("page", [_mark(p) for p in PAGES if list_commandes(p)])
def test_every_command_runs_as_printed(page: Path, projet: Path) -> None:
    """One after the other, each ends with 0; a drop finds the demonstration's server.

    A call finds the API of the home.
    """
    environnement = environ(Path("donnees"))
    appels = any(commande.startswith("curl") for commande in list_commandes(page))
    boite = read_caisse().boite_banque
    with (
        serve_sftp(open_maison(Reglages(dossier=projet / "donnees"))) as serveur,
        serve_api(projet, environnement) if appels else nullcontext(ADRESSE) as adresse,
    ):
        serveur.create_cle(boite)
        for commande in list_commandes(page):
            if AILLEURS.match(commande):
                continue
            jouable = commande.replace(LENDEMAIN, "caisse nuit --lendemain")
            jouable = jouable.replace(ADRESSE, adresse)
            jouable += f" --port {serveur.port}" if "caisse deposer" in commande else ""
            fait = subprocess.run(
                ["bash", "-c", jouable],
                cwd=projet,
                env=environnement,
                capture_output=True,
                text=True,
                check=False,
            )
            assert fait.returncode == 0, f"{commande}\n{fait.stdout}\n{fait.stderr}"


def test_every_make_target_exists() -> None:
    """A target that a page prints is one of the Makefile."""
    makefile = (RACINE / "Makefile").read_text("utf-8")
    cibles = {
        commande.split()[1]
        for page in PAGES
        for commande in list_commandes(page)
        if commande.startswith("make ")
    }
    assert cibles
    assert {cible for cible in cibles if f"\n{cible}:" not in makefile} == set()
