"""Anomalies put into words: the message and the remedy of each row."""

from __future__ import annotations

import polars as pl

from specs.dsn import VERSIONS, read_norme
from specs.messages import read_message, render_message

CHAMPS = ("rubrique", "bloc", "valeur", "attendu", "nombre", "ligne")


def described(anomalies: pl.DataFrame, version: str | None) -> pl.DataFrame:
    """`anomalies` (see `parsers.anomalies`) with `message` and `remede`, in French.

    `version` gives the labels of rubrics and blocks; None or unknown: no label.
    """
    libelles = _labels(version) if version in VERSIONS else {}
    lignes = list(anomalies.iter_rows(named=True))
    messages = [
        render_message(
            ligne["code"],
            ligne["variante"],
            libelle=libelles.get(ligne["rubrique"] or ligne["bloc"] or ""),
            **{champ: ligne[champ] for champ in CHAMPS},
        )
        for ligne in lignes
    ]
    remedes = [read_message(ligne["code"], ligne["variante"]).remede for ligne in lignes]
    return anomalies.with_columns(
        pl.Series("message", messages, pl.String), pl.Series("remede", remedes, pl.String)
    )


def _labels(version: str | None) -> dict[str, str]:
    norme = read_norme(version or "")
    return dict(norme.rubriques.select("rubrique", "libelle").iter_rows()) | dict(
        norme.blocs.select("bloc", "libelle").iter_rows()
    )
