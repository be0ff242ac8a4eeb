"""What ties two files of a company: an outcome of one may depend on what the other holds.

A tie is a name that several files bear; what a chain of ties reaches is judged together.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

ATTACHES = pl.Schema({"depot": pl.String, "attache": pl.String})
SALARIE_DU_MOIS = ["siren", "salarie", "mois"]


def tie_files(envois: pl.DataFrame) -> pl.DataFrame:
    """ATTACHES of the chains: a file, and the one that it replaces or cancels (I-17)."""
    noms = (envois.select("siren", "depot", nom=nom) for nom in ("file_id", "remplace"))
    return _tie(pl.concat(noms).drop_nulls(), "fichier", "nom")


def tie_stops(arrets: pl.DataFrame) -> pl.DataFrame:
    """ATTACHES of `arrets_lus`: a reference (IN-008), a site in an ISO week (IN-004, IN-005)."""
    semaines = arrets.with_columns(
        semaine=pl.date_ranges(pl.col("stop_date").dt.truncate("1w"), "resume_date", "1w")
    ).explode("semaine")
    return pl.concat(
        [
            _tie(arrets, "référence", "decl_id"),
            _tie(semaines, "chantier", "site_id", "work_cat", "semaine"),
        ]
    )


def tie_employees(jours: pl.DataFrame) -> pl.DataFrame:
    """ATTACHES of SALARIE_DU_MOIS: an employee in a month (IN-013, IN-040)."""
    return _tie(jours, "salarié", *SALARIE_DU_MOIS[1:])


def reach(attaches: pl.DataFrame, depots: Iterable[str]) -> frozenset[str]:
    """These files and all that their ties reach, from one to the next."""
    atteints = pl.DataFrame({"depot": sorted(set(depots))}, {"depot": pl.String})
    while True:
        noms = attaches.join(atteints, on="depot", how="semi").select("attache").unique()
        suivants = attaches.join(noms, on="attache", how="semi").select("depot")
        tous = pl.concat([atteints, suivants]).unique()
        if tous.height == atteints.height:
            return frozenset(tous["depot"])
        atteints = tous


def _tie(frame: pl.DataFrame, nature: str, *noms: str) -> pl.DataFrame:
    """A tie by company and value of these columns."""
    nom = pl.concat_str(
        [pl.lit(nature), *(pl.col(n).cast(pl.String) for n in ("siren", *noms))],
        separator="|",
        ignore_nulls=True,
    )
    return frame.select("depot", attache=nom).unique().match_to_schema(ATTACHES)
