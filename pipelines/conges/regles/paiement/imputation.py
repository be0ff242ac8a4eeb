"""From which counter each day of a request is taken.

Days carried over first, the oldest first, each until its last day; then the leave year in whose
period the day is, main leave, fifth week, children, seniority, splitting. A nature of its own takes
its own counter. Source: choices L-05, L-19, L-31 to L-33, L-53, L-62, L-64, L-75.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.paiement.dus import CINQUIEME, COMPTEURS, PRINCIPAL
from pipelines.conges.regles.paiement.jours import DEMANDE, exercice_of
from pipelines.conges.regles.paiement.methodes import EXERCICE
from specs.contrats import codes_of

(REPORT,) = codes_of("compteurs_conges", "compteur", "REPORT")
CONGE, COMPENSATRICE, SPLITTING = "CP", "CO", "FR"
# Counters of each nature of request: all of them, in the order in which they are taken, or its own.
PROPRES = dict(zip(("5S", "EN", "AN", SPLITTING), COMPTEURS[1:], strict=True))
NATURES = {CONGE: COMPTEURS, **{code: (nom,) for code, nom in PROPRES.items()}}
SEAU = [*EXERCICE, "compteur", "origine"]
PRISES = pl.Schema(
    {
        "siren": pl.String, "demande": pl.String, "salarie": pl.String, "exercice": pl.Int64,
        "compteur": pl.String, "origine": pl.String, "debut": pl.Date, "fin": pl.Date,
        "jours_centiemes": pl.Int64,
    }
)  # fmt: skip


def compute_restes(
    acquis: pl.DataFrame, reports: pl.DataFrame, prises: pl.DataFrame
) -> pl.DataFrame:
    """Days left: SEAU, reste_centiemes, de and a (first and last day that it may be taken).

    `acquis`: salarie, exercice, compteur, acquis_centiemes (REPORT left out). `reports`: salarie,
    exercice, origine, acquis_centiemes, fin (null: not known yet) of the days carried over, which
    their counter of origin no longer has. `prises`: SEAU, jours_centiemes.
    """
    annee = pl.col("exercice").cast(pl.Int32)
    ordinaires = acquis.filter(pl.col("compteur").is_in(COMPTEURS)).select(
        *EXERCICE, "compteur", origine="compteur", acquis="acquis_centiemes",
        de=pl.date(annee, 5, 1), a=pl.date(annee + 1, 4, 30),
    )  # fmt: skip
    reportes = reports.select(
        *EXERCICE, compteur=pl.lit(REPORT), origine="origine", acquis="acquis_centiemes",
        de=pl.date(annee + 1, 5, 1), a=pl.col("fin").fill_null(date.max),
    )  # fmt: skip
    passes = reports.group_by(*EXERCICE, compteur="origine").agg(
        passe=pl.col("acquis_centiemes").sum()
    )
    pris = prises.group_by(SEAU).agg(pris=pl.col("jours_centiemes").sum())
    return (
        pl.concat([ordinaires, reportes])
        .join(passes, on=[*EXERCICE, "compteur"], how="left")
        .join(pris, on=SEAU, how="left")
        .with_columns(
            reste_centiemes=pl.col("acquis")
            - pl.col("pris").fill_null(0)
            - pl.col("passe").fill_null(0)
        )
        .with_columns(_less_excess())
        .select(*SEAU, "reste_centiemes", "de", "a")
        .sort(SEAU)
    )


def _less_excess() -> pl.Expr:
    """What the fifth week gave beyond a right that became smaller is of the main leave (L-54)."""
    cinquieme = pl.col("compteur") == CINQUIEME
    exces = pl.min_horizontal(pl.col("reste_centiemes").filter(cinquieme).sum().over(EXERCICE), 0)
    principal = pl.col("compteur") == PRINCIPAL
    return pl.col("reste_centiemes") + pl.when(principal).then(exces).otherwise(0)


def allocate(
    demandes: pl.DataFrame, jours: pl.DataFrame, restes: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Takings of requests, one at most an employee, and the days that no counter gives.

    `demandes`: siren, demande, salarie, nature, exercice (null: by the date); `jours`: DEMANDE,
    date, centiemes; `restes`: of `compute_restes`. First PRISES, key DEMANDE, exercice, compteur,
    origine; then DEMANDE, date, centiemes, exercice (the leave year that the day belongs to).
    """
    seaux = _eligible(demandes, restes)
    libres = jours.join(demandes.select(DEMANDE), on=DEMANDE, how="semi").sort(*DEMANDE, "date")
    prises = [pl.DataFrame(schema=PRISES)]
    for (_,), seau in seaux.group_by("priorite", maintain_order=True):
        pris = _take(libres, seau)
        prises.append(_sum_up(pris))
        libres = libres.join(
            pris.select(*DEMANDE, "date", "pris"), on=[*DEMANDE, "date"], how="left"
        ).select(*DEMANDE, "date", centiemes=pl.col("centiemes") - pl.col("pris").fill_null(0))
        libres = libres.filter(pl.col("centiemes") > 0).sort(*DEMANDE, "date")
    dites = demandes.select(*DEMANDE, dite="exercice")
    manquants = libres.join(dites, on=DEMANDE).select(
        *DEMANDE, "date", "centiemes", exercice=pl.coalesce("dite", exercice_of(pl.col("date")))
    )
    return pl.concat(prises), manquants


def _eligible(demandes: pl.DataFrame, restes: pl.DataFrame) -> pl.DataFrame:
    """Counters that each request may take, with their `priorite` (from 1)."""
    natures = pl.DataFrame(
        [(n, c, rang) for n, noms in NATURES.items() for rang, c in enumerate(noms)],
        {"nature": pl.String, "origine": pl.String, "place": pl.Int64},
        orient="row",
    )
    report = pl.col("compteur") == REPORT
    # Splitting days alone may be taken for one more year (L-62); by the date, the oldest first.
    seul = (pl.col("nature") == SPLITTING) & ~report
    return (
        demandes.select(*DEMANDE, "salarie", "nature", dite="exercice")
        .join(restes.filter(pl.col("reste_centiemes") > 0), on="salarie")
        .join(natures, on=["nature", "origine"])
        .filter(pl.col("dite").is_null() | (pl.col("dite") == pl.col("exercice")))
        .with_columns(a=pl.when(seul).then(pl.col("a").dt.offset_by("1y")).otherwise("a"))
        .sort(*DEMANDE, ~report, "exercice", "place")
        .with_columns(priorite=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(DEMANDE))
        .sort("priorite", *DEMANDE)
    )


def _take(libres: pl.DataFrame, seau: pl.DataFrame) -> pl.DataFrame:
    """The first days that a counter, valid on them, can give: with `pris`, in hundredths."""
    valables = (
        libres.join(seau, on=DEMANDE, maintain_order="left")
        .filter(pl.col("date").is_between("de", "a"))
        .with_columns(cumul=pl.col("centiemes").cum_sum().over(DEMANDE))
    )
    reste = pl.col("reste_centiemes") - (pl.col("cumul") - pl.col("centiemes"))
    return valables.with_columns(
        pris=pl.min_horizontal("centiemes", pl.max_horizontal(reste, 0))
    ).filter(pl.col("pris") > 0)


def _sum_up(pris: pl.DataFrame) -> pl.DataFrame:
    return (
        pris.group_by(*DEMANDE, *SEAU)
        .agg(
            debut=pl.col("date").min(),
            fin=pl.col("date").max(),
            jours_centiemes=pl.col("pris").sum(),
        )
        .select(PRISES.names())
    )


def take_all(demandes: pl.DataFrame, restes: pl.DataFrame) -> pl.DataFrame:
    """PRISES of compensations: every day left of the leave years that are still open (L-53).

    `demandes`: siren, demande, salarie, nature, exercice (null: all), `effet` (day of the
    decision). The dates are those of the payment, not known yet.
    """
    return (
        demandes.select(*DEMANDE, "salarie", "effet", dite="exercice")
        .join(restes.filter(pl.col("reste_centiemes") > 0), on="salarie")
        .filter(
            pl.col("dite").is_null() | (pl.col("dite") == pl.col("exercice")),
            pl.col("a") >= pl.col("effet"),
        )
        .select(
            *DEMANDE, *SEAU, debut=pl.lit(None, pl.Date), fin=pl.lit(None, pl.Date),
            jours_centiemes="reste_centiemes",
        )
        .select(PRISES.names())
    )  # fmt: skip
