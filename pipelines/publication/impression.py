"""What companies receive on paper: the drawings that a publication gave to print."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.editique.dessins import Dessin, parse_dessin
from pipelines.editique.impression import IMPRIMES, Impressions
from warehouse.maison import Maison
from warehouse.publications import Publication, read_table_publiee
from warehouse.remises import Remise, read_a_imprimer


def list_imprimes(
    maison: Maison, publication: Publication, _avant: Publication | None
) -> pl.DataFrame:
    """IMPRIMES: a document each, named after its box and its name; no employee."""
    membres = read_table_publiee(maison, "adherents", publication.numero)
    sirens = dict(membres.select("numero_adherent", "siren").collect().iter_rows())
    lignes = [
        {
            "nom": nom,
            "document": remise.nom.split("_")[0],
            "siren": sirens[remise.adherent],
            "salarie": None,
            "cle": remise.sha256,
        }
        for nom, remise in _read(maison, publication).items()
    ]
    return pl.DataFrame(lignes, schema=IMPRIMES)


def compose_imprimes(
    maison: Maison, publication: Publication, lignes: pl.DataFrame
) -> Iterator[tuple[str, Dessin]]:
    """The name and the drawing of each of these rows."""
    remises = _read(maison, publication)
    for nom in lignes["nom"]:
        yield nom, parse_dessin(maison.archive.read(remises[nom].sha256))


def _read(maison: Maison, publication: Publication) -> dict[str, Remise]:
    with maison.moteur.connect() as connexion:
        remises = read_a_imprimer(connexion, publication.numero)
    return {f"{remise.adherent}_{remise.nom}": remise for remise in remises}


IMPRESSIONS = Impressions(list_imprimes, compose_imprimes)
