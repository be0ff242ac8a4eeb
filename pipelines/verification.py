"""Control of any file by all that the fund does, without any state (`caisse verifier`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from parsers.anomalies import by_kind
from pipelines.controle.lecture import Lecture, read_fichiers
from pipelines.controle.natures import Bilan
from pipelines.metier import find
from pipelines.metiers import METIERS
from pipelines.recus import Recu, find_nature, list_natures_fichier
from specs.octets import Octets
from warehouse.instants import format_instant

CHAMPS = ("code", "severite", "ligne", "bloc", "rubrique", "valeur", "message", "remede")


def verify_fichiers(
    fichiers: Iterable[tuple[int, Octets]],
    adherent: str | None = None,
    noms: Mapping[int, str] | None = None,
    maintenant: datetime | None = None,
) -> Lecture:
    """Read and check files, each under its number; `adherent`: the box that they came from.

    `noms`: their names, by number. They are judged as received at `maintenant` (None: now).
    """
    instant = format_instant(maintenant or datetime.now(UTC))
    recus = (Recu(n, octets, (noms or {}).get(n, ""), adherent, instant) for n, octets in fichiers)
    return read_fichiers(recus, METIERS)


def find_corrections(
    recu: Recu, nature: str, anomalies: pl.DataFrame
) -> list[dict[str, Any] | None]:
    """What a machine may put right in a file of this kind: by anomaly, what its reader says."""
    lue = find_nature(list_natures_fichier(METIERS), recu)
    if lue is None or not lue.corrige:
        return [None] * len(anomalies)
    trouvees: list[dict[str, Any] | None] = find(lue.corrige)(recu, nature, anomalies)
    return trouvees


def describe_fichier(fichier: str, recu: Recu, bilan: Bilan, lecture: Lecture) -> dict[str, Any]:
    """What a control says of a file, for machines: `specs/schemas/verifier.json`.

    `fichier`: how it is named there. What has no object of its own, of a file with very many
    anomalies, is counted.
    """
    siennes = _select(bilan, lecture)
    trouvees = find_corrections(recu, bilan.nature, siennes)
    anomalies = [
        {champ: anomalie[champ] for champ in CHAMPS} | ({"correction": trouvee} if trouvee else {})
        for anomalie, trouvee in zip(siennes.iter_rows(named=True), trouvees, strict=True)
    ]
    contenu: dict[str, Any] = {
        "fichier": fichier,
        "nature": bilan.nature,
        "mode": {True: "essai", False: "reel", None: "inconnu"}[bilan.essai],
        "version": bilan.version,
        "verdict": bilan.verdict,
        "anomalies": anomalies,
    }
    total = bilan.anomalies_bloquantes + bilan.anomalies_signalees
    if total > len(anomalies):
        contenu |= {"anomalies_total": total, "groupes": list_groupes(bilan, lecture)}
    return contenu


def list_groupes(bilan: Bilan, lecture: Lecture) -> list[dict[str, Any]]:
    """Every anomaly of a file, counted by code and rubric."""
    return list(by_kind(_select(bilan, lecture)).iter_rows(named=True))


def _select(bilan: Bilan, lecture: Lecture) -> pl.DataFrame:
    return lecture.anomalies.filter(pl.col("fichier") == bilan.fichier)
