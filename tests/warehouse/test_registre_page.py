"""docs/registre.md, the page of the operators: nothing missing, and its examples are imported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection

from cli.decision import NATURES
from specs.registre import read_evenements, read_tables
from warehouse.maison import Maison, open_maison
from warehouse.registre import CSV, YAML, import_registre
from warehouse.reglages import Reglages

PAGE = (Path(__file__).parents[2] / "docs" / "registre.md").read_text("utf-8")
BLOC = re.compile(r"```(csv|yaml)\n(.*?)```", re.DOTALL)


def _section(nom: str) -> str:
    return PAGE.split(f"\n## {nom}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("table", sorted(read_tables()))
def test_chaque_colonne(table: str) -> None:
    """The section of a table names each of its columns, and each value of a closed list."""
    for nom, champ in read_tables()[table].champs.items():
        assert f"`{nom}`" in _section(table)
        assert all(f"`{valeur}`" in _section(table) for valeur in champ.choix)


def test_chaque_evenement() -> None:
    """The life of a mandate is that of the data."""
    for nom, evenement in read_evenements().items():
        [ligne] = [x for x in PAGE.splitlines() if x.startswith(f"| `{nom}`")]
        _, _, depuis, vers, _ = (x.strip() for x in ligne.split("|"))
        assert vers == (evenement.vers or "inchangé")
        assert set(re.findall("[A-Z]{3,}", depuis)) == set(evenement.depuis)


def test_chaque_nature_de_decision() -> None:
    """Each nature of decision has its command."""
    for nature in NATURES:
        assert f"caisse decider {nature} " in PAGE


def _import_page(maison: Maison, c: Connection, forme: str) -> int:
    contenu = "".join(texte for langue, texte in BLOC.findall(PAGE) if langue == forme)
    acte = {"auteur": "a", "motif": "m", "instant": "2026-01-01T08:00:00Z"}
    fait = import_registre(c, contenu.encode(), archive=maison.archive, forme=forme, **acte)
    assert fait.erreurs == ()
    return fait.ajouts


def test_les_exemples(tmp_path: Path) -> None:
    """The examples of the page are one file, and its CSV another: both are imported."""
    maison: Maison = open_maison(Reglages(dossier=tmp_path / "maison"))
    with maison.moteur.begin() as c:
        assert _import_page(maison, c, YAML) == 32
        assert _import_page(maison, c, CSV) == 0
