"""The lists, run as the command line runs them."""

from __future__ import annotations

import io
import json
import os
import pty
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from cli import listes
from cli.application import application
from specs.contrats import columns_of, read_contrat, schema_polars
from warehouse.maison import open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages

DEPOT = {
    "adherent": "004217",
    "nom": "mars.dsn",
    "sha256": "0" * 64,
    "octets": 1_234_567,
    "recu_le": "2026-04-01T08:00:00Z",
    "etat": "INTEGRE",
}


def _caisse(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments)


@pytest.fixture
def maison_vide(neuve: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command's home: nothing was ever published there."""
    shutil.copytree(neuve, tmp_path / "donnees")
    monkeypatch.setenv("CAISSE_DOSSIER", str(tmp_path / "donnees"))
    return tmp_path


@pytest.fixture
def maison_publiee(maison_vide: Path) -> Path:
    """The same home after two publications of one, then two deposits."""
    maison = open_maison(Reglages())
    schema = schema_polars(read_contrat("depots"))
    for numero in (1, 2):
        lignes = [DEPOT | {"depot": f"D{rang:08d}"} for rang in range(1, numero + 1)]
        version = maison.lac.write("depots", pl.DataFrame(lignes, schema=schema), None)
        with maison.moteur.begin() as connexion:
            publish(
                connexion,
                date_arrete=date(2026, 2 + numero, 28),
                versions={"depots": version},
                empreinte=f"{numero:064x}",
                publie_le=f"2026-0{2 + numero}-28T22:00:00Z",
                remises=[],
            )
    return maison_vide


@pytest.mark.usefixtures("maison_publiee")
def test_texte() -> None:
    """Without option, a list is a readable table of the last publication."""
    resultat = _caisse("depots")
    assert resultat.exit_code == 0
    assert resultat.stdout.startswith("Dépôts reçus et leur état\n")
    assert "mars.dsn" in resultat.stdout
    fin = resultat.stdout.splitlines()[-2:]
    assert fin == [
        "2 lignes.",
        "4 colonnes sur 16 : --large les montre toutes, --colonnes en choisit.",
    ]


@pytest.mark.usefixtures("maison_publiee")
def test_colonnes_et_large() -> None:
    """Columns are chosen, in their order and in any format; a wide list shows them all."""
    choisies = _caisse("depots", "--colonnes", "etat,depot", "--format", "csv").stdout
    assert choisies.removeprefix("\ufeff").splitlines()[:2] == ["etat;depot", "INTEGRE;D00000001"]
    assert _caisse("depots", "--colonnes", "octets").stdout.endswith("\n2 lignes.\n")
    large = _caisse("depots", "--large").stdout
    assert "empreinte" in large
    assert large.endswith("\n2 lignes.\n")


@pytest.mark.usefixtures("maison_publiee")
def test_filtre_et_publication() -> None:
    """Filters add up, and an older publication is read as it was."""
    demande = ("exporter", "depots", "--format", "json", "--ou", "etat=INTEGRE")
    filtre = _caisse(*demande, "--ou", "depot=D00000002")
    assert [depot["depot"] for depot in json.loads(filtre.stdout)] == ["D00000002"]
    ancienne = _caisse(*demande, "--publication", "1")
    assert [depot["depot"] for depot in json.loads(ancienne.stdout)] == ["D00000001"]


@pytest.mark.parametrize("sortie", ["fichier", "-"])
def test_sortie(maison_publiee: Path, sortie: str) -> None:
    """A binary format goes to a file or, when asked, to the standard output."""
    fichier = maison_publiee / "depots.parquet"
    cible = str(fichier) if sortie == "fichier" else "-"
    resultat = _caisse("depots", "--format", "parquet", "--sortie", cible)
    octets = fichier.read_bytes() if sortie == "fichier" else resultat.stdout_bytes
    assert pl.read_parquet(io.BytesIO(octets)).height == 2


@pytest.mark.usefixtures("maison_vide")
@pytest.mark.parametrize("liste", ["prelevements", "encaissements"])
def test_listes_de_la_banque(liste: str) -> None:
    """The lists of the bank have the columns of their contract."""
    entete = _caisse(liste, "--format", "csv").stdout.removeprefix("\ufeff").splitlines()[0]
    assert entete.split(";") == columns_of(liste)


@pytest.mark.usefixtures("maison_vide")
def test_rien_de_publie() -> None:
    """Before the first publication: a sentence for people, an empty array for programs."""
    texte = _caisse("appels")
    assert (texte.exit_code, texte.stdout) == (0, "")
    assert texte.stderr == f"{listes.JAMAIS_PUBLIE}\n"
    programme = _caisse("appels", "--format", "json")
    assert (programme.exit_code, programme.stdout) == (0, "[]\n")


@pytest.mark.usefixtures("maison_publiee")
@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["exporter", "inconnue"], "Table inconnue : « inconnue ». Tables publiées : absences"),
        (["exporter", "bases_lues"], "Table inconnue"),
        (["depots", "--format", "xls"], "Format inconnu"),
        (["depots", "--ou", "etat"], "Filtre illisible"),
        (["depots", "--ou", "inconnue=1"], "Colonne inconnue"),
        (["depots", "--ou", "etat=absent"], "« absent ». Admises : RECU, ILLISIBLE, DOUBLON"),
        (["depots", "--ou", "octets=beaucoup"], "Valeur illisible pour la colonne octets"),
        (["depots", "--colonnes", "depot,x"], "Colonne inconnue : « x ». Colonnes de la table"),
        (["depots", "--publication", "9"], "La publication 9 n'existe pas"),
        (["depots", "--publication", "zéro"], "Numéro de publication illisible"),
        (["depots", "--sortie", "/absent/depots.txt"], "Impossible d'écrire"),
    ],
)
def test_demande_refusee(arguments: list[str], phrase: str) -> None:
    """A request that cannot be answered is one French sentence and exit code 2."""
    resultat = _caisse(*arguments)
    assert (resultat.exit_code, resultat.stdout) == (2, "")
    assert phrase in resultat.stderr


@pytest.mark.usefixtures("maison_publiee")
def test_binaire_sur_un_terminal() -> None:
    """A real terminal never receives a workbook unless it is asked for."""
    terminal, esclave = pty.openpty()
    programme = "from cli.application import application as c; c(['depots', '--format', 'xlsx'])"
    fini = subprocess.run(
        [sys.executable, "-c", programme],
        stdout=esclave,
        stderr=subprocess.PIPE,
        env=os.environ,
        check=False,
        text=True,
    )
    os.close(esclave)
    os.close(terminal)
    assert "donner --sortie FICHIER" in fini.stderr


def test_aide_en_francais() -> None:
    """Every command explains itself and its options in French."""
    for commande in ("depots", "appels", "anomalies", "exporter"):
        aide = _caisse(commande, "--help").stdout
        for option in ("--format", "--ou", "--publication", "--sortie"):
            assert option in aide
        assert "Répétable" in aide


def test_import_leger() -> None:
    """Starting `caisse` loads no heavy library: a command loads what it uses."""
    programme = (
        "import sys, cli.application; "
        "lourdes = {'polars', 'sqlalchemy', 'fastapi', 'deltalake', 'lxml'} & set(sys.modules); "
        "sys.exit(', '.join(lourdes) or 0)"
    )
    fini = subprocess.run(
        [sys.executable, "-c", programme], check=False, capture_output=True, text=True
    )
    assert (fini.returncode, fini.stderr) == (0, "")
