"""The print queue: a folder a publication in `impression/` of the home, PDFs and their manifest.

What a business has printed is what a publication has and the one before had not: told again, it is
the same, and so are its bytes. A folder is filled beside, shard by shard, and takes its name once
its manifest is written: what bears a number is whole. The first night that prints starts with its
own publication.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from zlib import crc32

import polars as pl

from pipelines.editique.dessins import Dessin
from pipelines.metier import Metier, find
from warehouse.disque import PROVISOIRE, write_whole
from warehouse.maison import Maison
from warehouse.publications import Publication, read_publication

DOSSIER, EN_COURS, DERNIERE = "impression", ".en-cours", ".derniere"
MANIFESTE = "manifeste.csv"
CHIFFRES = 6  # of the number of a publication
LOT = 200  # drawings held at once
# `nom`: of the file, one for ever; `document`: its kind; `cle`: what it is about.
IMPRIMES = pl.Schema(dict.fromkeys(("nom", "document", "siren", "salarie", "cle"), pl.String()))
OFFRE = "offre"  # beside these, the rank of the business that lists them


@dataclass(frozen=True, slots=True)
class Impressions:
    """What a business has printed.

    `liste`: from the house, a publication and the one before to IMPRIMES; `compose`: from the
    house, the publication and rows of these to the name and the drawing of each. `redits`: kinds of
    document that an employee may have again.
    """

    liste: Callable[[Maison, Publication, Publication | None], pl.DataFrame]
    compose: Callable[[Maison, Publication, pl.DataFrame], Iterator[tuple[str, Dessin]]]
    redits: frozenset[str] = frozenset()


def plan_impressions(maison: Maison, metiers: Sequence[Metier]) -> list[int]:
    """Shards with a document to print, sorted; what has none is passed over."""
    for publication in _pending(maison):
        lignes = _list(maison, metiers, publication)
        restent = _missing(maison, publication, lignes)
        if restent.height:
            return sorted(set(_shards(maison, restent)))
        _close(maison, publication, lignes)
    return []


def print_part(maison: Maison, metiers: Sequence[Metier], part: int) -> int:
    """Draw the documents of a shard, the publications in their order; how many."""
    faits = 0
    for publication in _pending(maison):
        lignes = _list(maison, metiers, publication)
        restent = _missing(maison, publication, lignes)
        siens = restent.filter(pl.Series(_shards(maison, restent), dtype=pl.Int64) == part)
        faits += _draw_all(maison, metiers, publication, siens)
        if _missing(maison, publication, lignes).height:
            return faits  # of the other shards
        _close(maison, publication, lignes)
    return faits


def _pending(maison: Maison) -> Iterator[Publication]:
    """Publications that are not in the queue yet, the oldest first."""
    with maison.moteur.connect() as connexion:
        courante = read_publication(connexion)
        if courante is None:
            return
        derniere = _read_derniere(maison) or courante.numero - 1
        numeros = range(derniere + 1, courante.numero + 1)
        attendues = [read_publication(connexion, numero) for numero in numeros]
    yield from (publication for publication in attendues if publication)


def _offered(metiers: Sequence[Metier]) -> list[Impressions]:
    return [find(metier.impressions) for metier in metiers if metier.impressions]


def _list(maison: Maison, metiers: Sequence[Metier], publication: Publication) -> pl.DataFrame:
    with maison.moteur.connect() as connexion:
        avant = read_publication(connexion, publication.numero - 1)
    listes = [
        offre.liste(maison, publication, avant).with_columns(pl.lit(rang).alias(OFFRE))
        for rang, offre in enumerate(_offered(metiers))
    ]
    vide = IMPRIMES.to_frame().with_columns(pl.lit(0).alias(OFFRE))
    return pl.concat([vide, *listes]).sort("nom")


def _draw_all(
    maison: Maison, metiers: Sequence[Metier], publication: Publication, siens: pl.DataFrame
) -> int:
    """Every drawing of these rows, by the business that lists them, each written whole."""
    dossier = _folder(maison, publication, EN_COURS)
    dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    compositions = (
        dessin
        for rang, offre in enumerate(_offered(metiers))
        for dessin in offre.compose(maison, publication, siens.filter(pl.col(OFFRE) == rang))
    )

    def draw(nom: str, dessin: Dessin) -> None:
        write_whole(dossier / nom, dessin.draw())

    faits = 0
    with ThreadPoolExecutor(os.cpu_count()) as fils:  # typst frees the interpreter
        while lot := list(islice(compositions, LOT)):
            faits += sum(1 for _ in fils.map(lambda dit: draw(*dit), lot))
    return faits


def _missing(maison: Maison, publication: Publication, lignes: pl.DataFrame) -> pl.DataFrame:
    if _folder(maison, publication).exists():
        return lignes.clear()
    dossier = _folder(maison, publication, EN_COURS)
    faits = [chemin.name for chemin in dossier.iterdir()] if dossier.exists() else []
    return lignes.filter(~pl.col("nom").is_in(faits))


def _shards(maison: Maison, lignes: pl.DataFrame) -> list[int]:
    nombre = maison.reglages.nombre_parts
    destinataires = lignes.select(pl.coalesce("salarie", "siren")).to_series()
    return [crc32(nom.encode()) % nombre for nom in destinataires]


def _close(maison: Maison, publication: Publication, lignes: pl.DataFrame) -> None:
    """Write the manifest, name the folder; what another process did meanwhile stays."""
    if lignes.height and not _folder(maison, publication).exists():
        dossier = _folder(maison, publication, EN_COURS)
        with suppress(FileNotFoundError):  # closed by another shard
            for reste in dossier.glob(f"{PROVISOIRE}*"):  # of a process that was killed
                reste.unlink()
            write_whole(dossier / MANIFESTE, _render_manifest(lignes))
            dossier.rename(_folder(maison, publication))
    racine = maison.reglages.dossier / DOSSIER
    racine.mkdir(mode=0o700, exist_ok=True)
    write_whole(racine / DERNIERE, str(publication.numero).encode())


def _render_manifest(lignes: pl.DataFrame) -> bytes:
    """`fichier;document;siren;salarie`: the pseudonym of whom each is for, no name."""
    texte = io.StringIO()
    ecrivain = csv.writer(texte, delimiter=";", lineterminator="\n")
    ecrivain.writerow(("fichier", "document", "siren", "salarie"))
    ecrivain.writerows(lignes.select("nom", "document", "siren", "salarie").iter_rows())
    return texte.getvalue().encode()


def _folder(maison: Maison, publication: Publication, suite: str = "") -> Path:
    numero = f"{publication.numero:0{CHIFFRES}}"
    return maison.reglages.dossier / DOSSIER / f"{numero}{suite}"


def _read_derniere(maison: Maison) -> int | None:
    chemin = maison.reglages.dossier / DOSSIER / DERNIERE
    return int(chemin.read_text()) if chemin.exists() else None
