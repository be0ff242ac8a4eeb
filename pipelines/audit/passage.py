"""All the audits, one after the other: the rows that are wrong, whose they are, the time taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter_ns
from typing import TYPE_CHECKING

import polars as pl

from pipelines.audit.audits import Audit
from specs.typographie import format_compte

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Beyond, rows are not read: those that are suffice to hold or to refuse, the next run shows more.
LIGNES_LUES, LIGNES_MONTREES = 10_000, 3


class AuditRefuse(RuntimeError):  # noqa: N818 - named in French
    """Rows that are wrong: the message names the audits and shows some of their rows."""


@dataclass(frozen=True, slots=True)
class Constat:
    """What an audit found: `fautes`, its rows in their order, at most LIGNES_LUES of them."""

    audit: str
    duree_ms: int
    fautes: pl.DataFrame


def run_audits(connexion: DuckDBPyConnection, audits: Sequence[Audit]) -> list[Constat]:
    """Every audit, whatever the others find."""
    return [_run(connexion, audit) for audit in audits]


def _run(connexion: DuckDBPyConnection, audit: Audit) -> Constat:
    debut = perf_counter_ns()
    fautes = connexion.execute(f"from ({audit.requete}) order by all limit {LIGNES_LUES}")
    colonnes = [nom for nom, *_ in fautes.description or ()]
    lignes = pl.DataFrame(fautes.fetchall(), colonnes, orient="row", infer_schema_length=None)
    return Constat(audit.nom, (perf_counter_ns() - debut) // 1_000_000, lignes)


def find_fautives(constats: Sequence[Constat]) -> frozenset[str]:
    """SIREN of the companies that the rows name."""
    return frozenset(s for c in constats for s in c.fautes["siren"].drop_nulls())


def describe_refus(constats: Sequence[Constat], siren: str | None = None) -> AuditRefuse:
    """What the audits that found something say, of one company or of all."""
    textes = []
    for constat in constats:
        siennes = constat.fautes
        if siren is not None:
            siennes = siennes.filter(pl.col("siren") == siren)
        if siennes.height:
            compte = format_compte(siennes.height, "écart")
            textes.append(f"{constat.audit}, {compte} : {_show(siennes)}")
    return AuditRefuse("audit refusé : " + " ; ".join(textes))


def _show(fautes: pl.DataFrame) -> str:
    """The first rows, what is null left out."""
    lignes = (
        " ".join(f"{nom}={valeur}" for nom, valeur in ligne.items() if valeur is not None)
        for ligne in fautes.head(LIGNES_MONTREES).iter_rows(named=True)
    )
    suite = ["..."] if fautes.height > LIGNES_MONTREES else []
    return ", ".join([*(f"({ligne})" for ligne in lignes), *suite])
