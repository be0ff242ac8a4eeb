"""Reading and checking files, without any state: for the night and for `caisse verifier`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from parsers.anomalies import BLOQUANTE, SCHEMA, SIGNAL
from parsers.messages import described
from pipelines.controle.natures import CONFORME, ILLISIBLE, NON_CONFORME, Bilan, Lu, Tete
from pipelines.metier import Metier, find
from pipelines.recus import Recu, find_nature, list_natures_fichier


@dataclass(frozen=True, slots=True)
class Lecture:
    """Files read together: a report each, their anomalies with messages, and what is kept.

    `anomalies`: `parsers.anomalies.SCHEMA` and message, remede, rang; `tables`: see
    `pipelines.controle.natures.Lu`, those of all the kinds met.
    """

    bilans: tuple[Bilan, ...]
    anomalies: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]


def read_fichiers(recus: Iterable[Recu], metiers: Sequence[Metier]) -> Lecture:
    """Read and check files, each by the kind that recognises it."""
    natures = list_natures_fichier(metiers)
    groupes: dict[str, list[Recu]] = defaultdict(list)
    for recu in recus:
        nature = find_nature(natures, recu)
        if nature is not None:
            groupes[nature.lit].append(recu)
    lus: list[Lu] = [find(lit)(groupe, metiers) for lit, groupe in groupes.items()]
    anomalies = pl.concat([SCHEMA.to_frame(), *(lu.anomalies for lu in lus)])
    tetes = sorted((tete for lu in lus for tete in lu.tetes), key=lambda tete: tete.fichier)
    return Lecture(_summaries(tetes, anomalies), word_anomalies(anomalies, tetes), _gather(lus))


def _gather(lus: Iterable[Lu]) -> dict[str, pl.DataFrame]:
    """Rows by table; several kinds may fill one."""
    parties: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for lu in lus:
        for table, frame in lu.tables.items():
            parties[table].append(frame)
    return {table: pl.concat(frames, how="diagonal") for table, frames in parties.items()}


def _summaries(tetes: Iterable[Tete], anomalies: pl.DataFrame) -> tuple[Bilan, ...]:
    """Verdict of each file: one blocking anomaly refuses it; unread, it is ILLISIBLE."""
    comptes = count_by_severity(anomalies)
    bilans = []
    for tete in tetes:
        bloquantes = comptes.get((tete.fichier, BLOQUANTE), 0)
        lu = tete.lignes is not None
        verdict = (NON_CONFORME if bloquantes else CONFORME) if lu else ILLISIBLE
        bilans.append(
            Bilan(
                fichier=tete.fichier,
                version=tete.version,
                essai=tete.essai,
                verdict=verdict,
                lignes=tete.lignes or 0,
                declarations=tete.declarations,
                anomalies_bloquantes=bloquantes,
                anomalies_signalees=comptes.get((tete.fichier, SIGNAL), 0),
                nature=tete.nature,
                accepte=verdict == CONFORME if tete.accepte is None else tete.accepte,
            )
        )
    return tuple(bilans)


def count_by_severity(anomalies: pl.DataFrame) -> dict[tuple[int, str], int]:
    """How many there are of each severity in each file that has some."""
    nombres = anomalies.group_by("fichier", "severite").agg(pl.col("nombre").sum())
    return {(fichier, severite): n for fichier, severite, n in nombres.iter_rows()}


def word_anomalies(anomalies: pl.DataFrame, fichiers: Iterable[Tete | Bilan]) -> pl.DataFrame:
    """The anomalies (`parsers.anomalies.SCHEMA`) with `rang` in their file, `message`, `remede`."""
    versions = {fichier.fichier: fichier.version for fichier in fichiers}
    gardees = anomalies.sort("fichier", maintain_order=True).with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64).over("fichier") + 1).alias("rang"),
        pl.col("fichier").replace_strict(versions, return_dtype=pl.String).alias("version"),
    )
    parts = [
        described(part.drop("version"), version)
        for (version,), part in gardees.partition_by(
            "version", as_dict=True, maintain_order=True
        ).items()
    ]
    vide = described(gardees.clear().drop("version"), None)
    return pl.concat([vide, *parts]).sort("fichier", "rang")
