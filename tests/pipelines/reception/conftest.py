"""A house with two synthetic companies, and what the tests of the reception drop in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from pipelines.reception.etapes import create_boites
from pipelines.reception.source_locale import SourceLocale
from warehouse.maison import Maison, open_maison
from warehouse.registre import import_registre
from warehouse.reglages import Reglages

RACINE_PROJET = Path(__file__).parents[3]
A, B = "0000101", "0000102"
MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
REGISTRE = (
    "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin\n"
    "0000101;000000109;TRAVAUX DU VAL;0000101;00000010900017;2020-01-01;\n"
    "0000102;000000117;ROUTES DE L'EST;0000102;00000011700010;2020-01-01;\n"
)


@pytest.fixture
def maison(neuve: Path, tmp_path: Path) -> Maison:
    """A house with the boxes of two companies; files of more than 64 KiB are refused."""
    shutil.copytree(neuve, tmp_path / "maison")
    maison = open_maison(Reglages(dossier=tmp_path / "maison", taille_max_octets=64 * 1024))
    with maison.moteur.begin() as connexion:
        resultat = import_registre(
            connexion,
            REGISTRE.encode(),
            archive=maison.archive,
            auteur="test",
            motif="données d'essai",
            instant="2026-03-01T00:00:00Z",
        )
    assert resultat.erreurs == ()
    create_boites(maison)
    return maison


@pytest.fixture
def source(maison: Maison) -> SourceLocale:
    """The local folder of the boxes."""
    return SourceLocale(maison.reglages.dossier / "sftp")


@pytest.fixture
def depot(maison: Maison) -> Path:
    """The `depot/` of company A."""
    return maison.reglages.dossier / "sftp" / A / "depot"


@pytest.fixture
def retour(maison: Maison) -> Path:
    """The `retour/` of company A."""
    return maison.reglages.dossier / "sftp" / A / "retour"


@pytest.fixture
def read_accuse() -> Callable[[Path], dict[str, str]]:
    """Reader of a receipt: checks it against its schema, gives its texts by name."""
    schema = etree.XMLSchema(etree.parse(RACINE_PROJET / "specs" / "xsd" / "accuse.xsd"))

    def read(chemin: Path) -> dict[str, str]:
        racine = etree.parse(chemin).getroot()
        schema.assertValid(racine)
        textes = {etree.QName(fils).localname: fils.text or "" for fils in racine}
        for fils in racine.findall("{*}original/{*}*"):
            textes[f"original.{etree.QName(fils).localname}"] = fils.text or ""
        return textes

    return read
