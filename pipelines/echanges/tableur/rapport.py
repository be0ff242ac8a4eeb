"""What the controls say of a file that is converted, line by line, where its author wrote it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from parsers.anomalies import BLOQUANTE
from parsers.messages import described
from pipelines.echanges.tableur.conversion import Lieux, Source
from specs.typographie import format_compte

REMARQUES_ECRITES = 200


def list_remarques(source: Source, nom: str) -> Iterator[str]:
    """A line for the verdict, then two a remark: what is wrong, what to do."""
    dites = described(source.anomalies, None)
    bloquantes, autres = (int(part["nombre"].sum()) for part in _split(dites))
    verdict = source.verdict.replace("_", " ")
    genre = source.fichier.genre.nom if source.fichier and source.fichier.genre else ""
    compte = f"{format_compte(bloquantes, 'bloquante')}, {format_compte(autres, 'signalée')}"
    yield f"{nom} : {verdict} ({', '.join(filter(None, (genre, compte)))})"
    for ligne in dites.head(REMARQUES_ECRITES).iter_rows(named=True):
        lieu = say_place(ligne["ligne"], ligne["bloc"], source.lieux)
        repete = f" ({ligne['nombre']} fois)" if ligne["nombre"] > 1 else ""
        yield f"  {lieu} [{ligne['code']}]{repete} {ligne['message']}"
        yield f"      à faire : {ligne['remede']}"
    if len(dites) > REMARQUES_ECRITES:
        yield f"  {len(dites) - REMARQUES_ECRITES} autres remarques ne sont pas écrites ici."


def _split(dites: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those that refuse something, and the others."""
    bloquante = pl.col("severite") == BLOQUANTE
    return dites.filter(bloquante), dites.filter(~bloquante)


def say_place(rang: int | None, bloc: str | None, lieux: Lieux | None) -> str:
    """A record by its number, or by its sheet and row in a spreadsheet.

    >>> say_place(5, "32", {5: ("jour", 3)})
    'feuille jour, ligne 3'
    """
    if lieux is not None:
        feuille, numero = lieux.get(rang or 0, ("", 0))
        return f"feuille {feuille}, ligne {numero}" if numero else "fichier"
    return f"enregistrement {rang}" if rang and bloc else "fichier"
