"""What two declarations say of the same site, or of the same day of an employee.

The earlier received stands. Source: choices I-16, I-24, I-26, I-28; IN-004, IN-005, IN-013.
"""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from pipelines.intemperies.regles.declarations import DECLARATION, JOUR

LIEU = ["siren", "chantier", "travaux"]
MOMENT = pl.concat_str("debut", pl.lit(" "), "debut_heure")
REPRISE = pl.concat_str("reprise", pl.lit(" "), "reprise_heure")


def find_overlaps(arrets: pl.DataFrame, refusees: pl.DataFrame) -> pl.DataFrame:
    """IN-004: DECLARATION of those whose stop overlaps one that was accepted before.

    `arrets`: of `Declarations`; intervals are half-open. `refusees`: DECLARATION of those refused
    otherwise, which stand in nobody's way.
    """
    debout = arrets.join(refusees, on=DECLARATION, how="anti")
    if debout.height <= 1:
        return debout.select(DECLARATION).clear()
    siens = debout.select(*LIEU, "declaration", "recue_avant", debute=MOMENT, reprend=REPRISE)
    paires = (
        siens.join(siens, on=LIEU, suffix="_avant")
        .filter(
            pl.col("declaration") != pl.col("declaration_avant"),
            pl.col("recue_avant") > pl.col("recue_avant_avant"),
            pl.col("debute") < pl.col("reprend_avant"),
            pl.col("debute_avant") < pl.col("reprend"),
        )
        .sort("recue_avant", "siren", "declaration", "declaration_avant")
    )
    tombees: set[tuple[str, str]] = set()
    for siren, declaration, avant in paires.select(*DECLARATION, "declaration_avant").iter_rows():
        if (siren, avant) not in tombees:
            tombees.add((siren, declaration))
    return pl.DataFrame(
        sorted(tombees), {"siren": pl.String, "declaration": pl.String}, orient="row"
    )


def find_neighbours(arrets: pl.DataFrame) -> pl.DataFrame:
    """IN-005: DECLARATION of those that share a site and an ISO week with one received before."""
    if arrets.height <= 1:
        return arrets.select(DECLARATION).clear()
    semaines = arrets.select(
        *LIEU,
        "declaration",
        "recue_avant",
        semaine=pl.date_ranges(pl.col("debut").dt.truncate("1w"), "reprise", "1w"),
    ).explode("semaine")
    premiere = pl.col("declaration").sort_by("recue_avant").first().over(*LIEU, "semaine")
    return (
        semaines.filter(pl.col("declaration") != premiere)
        .select(DECLARATION)
        .unique()
        .sort(DECLARATION)
    )


def find_excess(jours: pl.DataFrame) -> pl.DataFrame:
    """IN-013: JOUR of those whose hours, with the accepted ones of the date, exceed the schedule.

    `jours`: JOUR, recue_avant, perdues_centiemes, horaire_centiemes; those that nothing refuses.
    """
    date = ["siren", "salarie", "date"]
    total = pl.col("perdues_centiemes").sum().over(date)
    suspects = jours.filter(total > pl.col("horaire_centiemes").min().over(date)).sort(
        *date, "recue_avant", "declaration", "arret"
    )
    acceptees: dict[tuple[object, ...], int] = defaultdict(int)
    refusees = []
    for *cle, arret, declaration, perdues, horaire in suspects.select(
        *date, "arret", "declaration", "perdues_centiemes", "horaire_centiemes"
    ).iter_rows():
        if acceptees[tuple(cle)] + perdues > horaire:
            siren, salarie, jour = cle
            refusees.append((siren, declaration, arret, salarie, jour))
        else:
            acceptees[tuple(cle)] += perdues
    schema = {nom: pl.Date if nom == "date" else pl.String for nom in JOUR}
    return pl.DataFrame(refusees, schema, orient="row")
