"""Spreadsheets made by hand, right or spoiled, for the tests that read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook

from parsers.echanges.zones import Fichier
from pipelines.echanges.tableur.contenu import list_naturels
from pipelines.echanges.tableur.conversion import Source, read_source
from pipelines.echanges.tableur.ecriture_csv import write_csv
from pipelines.echanges.tableur.ecriture_xlsx import write_classeur
from tests.parsers.echanges.fabrique import LIGNES, compose

RECU_LE = datetime(2026, 9, 1, 8, tzinfo=UTC)


def classeur(fichier: Fichier) -> bytes:
    """The workbook of a file."""
    assert fichier.genre is not None
    return write_classeur(fichier.genre.nom, list_naturels(fichier))


def csv(fichier: Fichier) -> bytes:
    """The CSV of a file."""
    assert fichier.genre is not None
    return write_csv(fichier.genre.nom, list_naturels(fichier))


def sample(genre: str) -> Fichier:
    """A right file."""
    return compose(genre, LIGNES[genre])


def lire(octets: bytes, nom: str = "classeur.xlsx") -> Source:
    """What a conversion reads."""
    return read_source(nom, octets, RECU_LE)


def altered(octets: bytes, alter: Callable[[Any], object]) -> bytes:
    """The workbook once a person has changed it with a program of his own."""
    ouvert = load_workbook(BytesIO(octets))
    alter(ouvert)
    sortie = BytesIO()
    ouvert.save(sortie)
    return sortie.getvalue()


def repacked(octets: bytes, **parties: bytes) -> bytes:
    """The workbook with other parts, `sheet2` being the second sheet."""
    sortie = BytesIO()
    with ZipFile(BytesIO(octets)) as avant, ZipFile(sortie, "w", ZIP_DEFLATED) as apres:
        for nom in avant.namelist():
            court = nom.rpartition("/")[2].removesuffix(".xml")
            apres.writestr(nom, parties.pop(court, avant.read(nom)))
        for nom, contenu in parties.items():
            apres.writestr(f"xl/{nom}.xml", contenu)
    return sortie.getvalue()


def told(source: Source) -> list[tuple[str, str | None, str | None, int | None]]:
    """code, situation, sheet or type of record, row or record of each anomaly."""
    return list(source.anomalies.select("code", "variante", "bloc", "ligne").iter_rows())
