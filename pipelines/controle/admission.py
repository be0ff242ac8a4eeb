"""What the house decides of files that were read: their convention, their rights, what came before.

A kind of file says how (`NatureFichier.admet`). What it refuses is told instead of what the file
alone was told: a step that fails is the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
from sqlalchemy import Connection

from parsers.anomalies import BLOQUANTE, SIGNAL
from pipelines.controle.lecture import Lecture, count_by_severity, word_anomalies
from pipelines.controle.natures import NON_CONFORME, Bilan
from pipelines.metier import Metier, find
from pipelines.recus import list_natures_fichier
from warehouse.journal import Depot
from warehouse.maison import Maison


@dataclass(frozen=True, slots=True)
class Doublon:
    """A file that repeats another one: the deposit that it repeats, and the reason in French."""

    original: str
    motif: str


@dataclass(frozen=True, slots=True)
class Admission:
    """What a kind of file decides of those of a lot, by the caller's number.

    `refus`: `parsers.anomalies.SCHEMA`, of the files that it refuses whole. `lignes`: the same, of
    lines that it refuses and of signals, beside what is already told. `refusees`: fichier, rang of
    these lines. `doublons`: what repeats another file. `inscrit`: what is written of those that it
    takes, in the transaction that moves the deposits.
    """

    refus: pl.DataFrame
    lignes: pl.DataFrame
    refusees: pl.DataFrame
    doublons: Mapping[int, Doublon] = field(default_factory=dict)
    inscrit: Callable[[Connection], None] | None = None

    def agrees(self, autre: Admission) -> bool:
        """Whether the same is decided, of the same files: what is written is then the same."""
        return self.doublons == autre.doublons and all(
            frame.equals(autres)
            for frame, autres in (
                (self.refus, autre.refus),
                (self.lignes, autre.lignes),
                (self.refusees, autre.refusees),
            )
        )


def admit(
    maison: Maison, depots: Sequence[Depot], lecture: Lecture, metiers: Sequence[Metier]
) -> dict[str, Admission]:
    """What the house decides of the files of each kind, as it stands now."""
    natures = [nature for nature in list_natures_fichier(metiers) if nature.admet]
    return {nature.nom: find(nature.admet)(maison, depots, lecture) for nature in natures}


def apply_admissions(lecture: Lecture, admissions: Iterable[Admission]) -> Lecture:
    """The reading with what is decided of it."""
    for admission in admissions:
        lecture = _applied(lecture, admission)
    return lecture


def _applied(lecture: Lecture, admission: Admission) -> Lecture:
    refuses = set(admission.refus["fichier"]) | admission.doublons.keys()
    if not refuses and admission.lignes.is_empty():
        return lecture
    dites = lecture.anomalies.filter(~pl.col("fichier").is_in(sorted(refuses)))
    ajoutees = pl.concat([admission.refus, admission.lignes])
    sans_mots = dites.select(ajoutees.columns)
    anomalies = word_anomalies(pl.concat([sans_mots, ajoutees]), lecture.bilans)
    comptes = count_by_severity(anomalies)
    bilans = tuple(_judged(b, comptes, refuses) for b in lecture.bilans)
    return replace(lecture, bilans=bilans, anomalies=anomalies, tables=_marked(lecture, admission))


def _judged(bilan: Bilan, comptes: Mapping[tuple[int, str], int], refuses: set[int]) -> Bilan:
    refuse = bilan.fichier in refuses
    return replace(
        bilan,
        verdict=NON_CONFORME if refuse and bilan.accepte else bilan.verdict,
        accepte=bilan.accepte and not refuse,
        anomalies_bloquantes=comptes.get((bilan.fichier, BLOQUANTE), 0),
        anomalies_signalees=comptes.get((bilan.fichier, SIGNAL), 0),
    )


def _marked(lecture: Lecture, admission: Admission) -> Mapping[str, pl.DataFrame]:
    """The rows that were read, the lines refused here among them."""
    if admission.refusees.is_empty():
        return lecture.tables
    ici = admission.refusees.unique().with_columns(ici=pl.lit(value=True))
    lignes = lecture.tables["lignes_lues"].join(
        ici, on=["fichier", "rang"], how="left", maintain_order="left"
    )
    refusee = pl.col("refusee") | pl.col("ici").fill_null(value=False)
    return {**lecture.tables, "lignes_lues": lignes.with_columns(refusee=refusee).drop("ici")}
