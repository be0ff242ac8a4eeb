"""From a file to a spreadsheet and back: the same bytes in the fixed form."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files as resources
from itertools import count

import pytest
from hypothesis import given, settings

from parsers.echanges.ecriture import write_fixe
from parsers.echanges.lecteur import CONFORME
from parsers.echanges.xml import read_xml
from parsers.echanges.zones import Fichier
from pipelines.echanges.tableur.assemblage import assemble_fichier
from pipelines.echanges.tableur.lecture_csv import read_csv
from pipelines.echanges.tableur.lecture_xlsx import read_classeur
from pipelines.echanges.tableur.tables import Tables
from specs.echanges import read_genres
from tests.parsers.echanges.fabrique import LIGNES
from tests.parsers.echanges.mutants import iter_variants, join_groups, list_groups
from tests.parsers.echanges.strategies import FICHIERS, GENRES, PHASES, files
from tests.pipelines.echanges.tableur.classeurs import classeur, csv, lire

ECRITURES: dict[str, Callable[[Fichier], bytes]] = {"a.xlsx": classeur, "a.csv": csv}
LECTURES: dict[str, Callable[[bytes], Tables]] = {"a.xlsx": read_classeur, "a.csv": read_csv}


def check(fichier: Fichier, nom: str) -> None:
    """The spreadsheet of a file gives it back."""
    source = lire(ECRITURES[nom](fichier), nom)
    assert source.fichier is not None, source.anomalies.to_dicts()
    assert write_fixe(source.fichier) == write_fixe(fichier)


@pytest.mark.parametrize("nom", ECRITURES)
@pytest.mark.parametrize("genre", LIGNES)
def test_every_variant_comes_back(genre: str, nom: str) -> None:
    """Free fields blank or not, every code of the lists, values at their bounds: none is lost."""
    numeros = count()
    groupes = [v for groupe in list_groups(genre) for v in iter_variants(groupe, numeros)]
    fichier, _ = join_groups(groupes)
    check(fichier, nom)
    assert lire(ECRITURES[nom](fichier), nom).verdict == CONFORME


@pytest.mark.parametrize("nom", ECRITURES)
@pytest.mark.parametrize("genre", [g for g in GENRES if not read_genres()[g].entrant])
def test_the_files_of_the_fund_can_be_looked_at(genre: str, nom: str) -> None:
    """Answers and statements too: CONFORME, since they are not to be deposited."""
    exemple = resources("specs.echanges").joinpath("exemples", f"{genre}.xml").read_bytes()
    fichier = read_xml(0, exemple).fichier
    assert fichier is not None
    check(fichier, nom)
    assert lire(exemple, f"{genre}.xml").verdict == CONFORME


@pytest.mark.parametrize("nom", ECRITURES)
@pytest.mark.parametrize("genre", ["RCP", "REG"])
def test_whatever_the_texts(genre: str, nom: str) -> None:
    """Signs, apostrophes, separators and quotes in any text, any number: they come back."""

    @settings(max_examples=FICHIERS, phases=PHASES)
    @given(files(read_genres()[genre]))
    def run(fichier: Fichier) -> None:
        tables = LECTURES[nom](ECRITURES[nom](fichier))
        relu = assemble_fichier(0, tables, "20260101000000").fichier
        assert relu is not None
        assert relu.entete == fichier.entete
        assert all(relu.enregistrements[c].equals(f) for c, f in fichier.enregistrements.items())

    run()
