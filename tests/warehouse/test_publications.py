"""Publications: whole or not at all, one after the other, never changed."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl
import pytest

from specs.contrats import ContratInconnu, read_contrat, schema_polars
from warehouse.maison import Maison, open_maison
from warehouse.points_arret import VARIABLE
from warehouse.publications import (
    Publication,
    PublicationRefusee,
    publish,
    read_publication,
    read_table_publiee,
)
from warehouse.reglages import Reglages
from warehouse.remises import Remise, read_remises_dues, record_remises_faites

INSTANT = "2026-04-30T21:00:00Z"
CONTROLE = Remise("004217", "D00000001-controle.xml", "a" * 64)
APPEL = Remise("004217", "appel-2026-03.pdf", "b" * 64)
AUTRE = Remise("004218", "appel-2026-03.pdf", "c" * 64)
PUBLIER = """
import sys
from datetime import date
from pathlib import Path
from warehouse.maison import open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages
from warehouse.remises import Remise
maison = open_maison(Reglages(dossier=Path(sys.argv[1]), base_sql=sys.argv[2] or None))
with maison.moteur.begin() as c:
    publish(c, date_arrete=date(2026, 4, 30), versions={"depots": 7, "appels": 9}, empreinte="y",
            publie_le="2026-04-30T22:00:00Z", remises=[Remise("1", "n", "d" * 64)])
"""


def _publish(
    maison: Maison, *remises: Remise, apres: int | None = None, **versions: int
) -> Publication:
    with maison.moteur.begin() as c:
        return publish(
            c,
            date_arrete=date(2026, 4, 30),
            versions=versions or {"depots": 0},
            empreinte="x",
            publie_le=INSTANT,
            remises=remises,
            apres=apres,
        )


def _dues(maison: Maison) -> list[Remise]:
    with maison.moteur.connect() as c:
        return read_remises_dues(c)


def _hand_over(maison: Maison, remise: Remise) -> None:
    with maison.moteur.begin() as c:
        record_remises_faites(c, [remise], INSTANT)


def _depots(nombre: int) -> pl.DataFrame:
    ligne = {"adherent": "004217", "nom": "dsn.txt", "sha256": "0" * 64, "octets": 1}
    ligne |= {"recu_le": INSTANT, "etat": "RECU"}
    lignes = [ligne | {"depot": f"D{rang:08d}"} for rang in range(nombre)]
    return pl.DataFrame(lignes, schema=schema_polars(read_contrat("depots")))


def test_rien_de_publie(maison: Maison) -> None:
    """Before the first publication there is nothing to read, in the contract's form."""
    with maison.moteur.connect() as c:
        assert read_publication(c) is None
        assert read_publication(c, 1) is None
    vide = read_table_publiee(maison, "appels").collect()
    assert (vide.height, vide.schema) == (0, schema_polars(read_contrat("appels")))


def test_numeros(maison: Maison) -> None:
    """Publications are numbered from 1 without a hole; each is read as it was published."""
    ecrites = [_publish(maison, depots=n, appels=2 * n) for n in range(3)]
    assert [p.numero for p in ecrites] == [1, 2, 3]
    with maison.moteur.connect() as c:
        assert [read_publication(c, n) for n in (1, 2, 3)] == ecrites
        assert read_publication(c) == ecrites[-1]
        assert read_publication(c, 4) is None


def test_lire_une_publication(maison: Maison) -> None:
    """Each publication shows its own version of a table, whatever was written since."""
    versions = [maison.lac.write("depots", _depots(n), None) for n in (1, 2)]
    for version in versions:
        _publish(maison, depots=version)
    maison.lac.write("depots", _depots(9), None)
    hauteurs = [read_table_publiee(maison, "depots", n).collect().height for n in (1, 2, None)]
    assert hauteurs == [1, 2, 2]


def test_table_pas_publiee(maison: Maison) -> None:
    """A table that a publication does not name has no row in it, though it was written."""
    maison.lac.write("depots", _depots(1), None)
    _publish(maison, appels=0)
    assert read_table_publiee(maison, "depots").collect().is_empty()


def test_retour_arriere(maison: Maison) -> None:
    """Going back is a new publication of old versions."""
    versions = [maison.lac.write("depots", _depots(n), None) for n in (1, 2)]
    for version in (*versions, versions[0]):
        _publish(maison, depots=version)
    assert read_table_publiee(maison, "depots").collect().height == 1


def test_table_sans_contrat(maison: Maison) -> None:
    """A table without a contract is not published, and nothing else with it."""
    with pytest.raises(ContratInconnu):
        _publish(maison, depots=0, inconnue=1)
    with maison.moteur.connect() as c:
        assert read_publication(c) is None


def test_publications_simultanees(maison: Maison) -> None:
    """Publishers are put in a line: twenty at once make twenty publications in a row."""
    with ThreadPoolExecutor(8) as executeur:
        ecrites = list(executeur.map(lambda n: _publish(maison, depots=n), range(20)))
    assert sorted(p.numero for p in ecrites) == list(range(1, 21))
    with maison.moteur.connect() as c:
        assert all(read_publication(c, p.numero) == p for p in ecrites)


def test_une_seule_gagne(maison: Maison) -> None:
    """Of publications prepared on the same one, one wins, the others are refused clearly."""

    def attempt(n: int) -> str:
        try:
            return str(_publish(maison, apres=0, depots=n).numero)
        except PublicationRefusee as refus:
            return str(refus)

    with ThreadPoolExecutor(4) as executeur:
        resultats = sorted(executeur.map(attempt, range(4)))
    assert resultats == ["1"] + ["préparée après la publication 0, or voici 1"] * 3


def test_remises_dues(maison: Maison) -> None:
    """Files are owed until they are handed over, and not owed again while they do not change."""
    _publish(maison, AUTRE, APPEL, CONTROLE)
    assert _dues(maison) == [CONTROLE, APPEL, AUTRE]
    _hand_over(maison, CONTROLE)
    _hand_over(maison, CONTROLE)
    assert _dues(maison) == [APPEL, AUTRE]
    _publish(maison, AUTRE, APPEL, CONTROLE)
    assert _dues(maison) == [APPEL, AUTRE]


def test_remise_changee(maison: Maison) -> None:
    """A new content under the same name is owed, once, and replaces the one not handed over."""
    nouvel = Remise(APPEL.adherent, APPEL.nom, "e" * 64)
    _publish(maison, APPEL)
    _publish(maison, nouvel)
    assert _dues(maison) == [nouvel]
    _hand_over(maison, APPEL)
    assert _dues(maison) == [nouvel]
    _hand_over(maison, nouvel)
    assert _dues(maison) == []
    _publish(maison, APPEL)
    assert _dues(maison) == [APPEL]


def test_remise_oubliee(maison: Maison) -> None:
    """Handing over the last content ends what was owed before under the same name."""
    nouvel = Remise(APPEL.adherent, APPEL.nom, "e" * 64)
    _publish(maison, APPEL)
    _publish(maison, nouvel)
    _hand_over(maison, nouvel)
    assert _dues(maison) == []


@pytest.mark.parametrize("point", ["avant_versions", "avant_remises", "inscrite"])
def test_publication_tuee(reglages: Reglages, point: str) -> None:
    """Killed at any point before its end, a publication does not exist; done again, it is whole."""
    maison = open_maison(reglages)
    premiere = _publish(maison, APPEL)
    commande = [sys.executable, "-c", PUBLIER, str(reglages.dossier), reglages.base_sql or ""]
    tue = subprocess.run(commande, env=os.environ | {VARIABLE: f"publication.{point}"}, check=False)
    assert tue.returncode == -9
    with maison.moteur.connect() as c:
        assert read_publication(c) == premiere
        assert read_remises_dues(c) == [APPEL]
    subprocess.run(commande, check=True)
    with maison.moteur.connect() as c:
        derniere = read_publication(c)
    assert derniere is not None
    assert (derniere.numero, derniere.versions) == (2, {"appels": 9, "depots": 7})
    maison.moteur.dispose()
