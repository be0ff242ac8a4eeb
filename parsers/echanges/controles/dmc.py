"""Leave requests: what the file, the calendar and the day of reception decide (9: F017; 10: D)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from parsers.echanges.controles.enveloppe import PARIS
from parsers.echanges.controles.examen import Examen, Fait
from parsers.echanges.zones import PIECE
from specs.jours_feries import ALSACE_MOSELLE, feries_at
from specs.options import read_options

DEMANDE = "20"
ANNULATION = "A"
CINQUIEME = "5S"
DIMANCHE, VENDREDI = 7, 5
JOUR, JOUR_ISOLE = 100, 120  # hundredths of a day
RETARD = 30
SANS_TRAVAIL = 5  # more days than ever follow one another without work
UN_JOUR = pl.duration(days=1)


def check_coherence(examen: Examen) -> None:
    """F017: isolated days are of the fifth week."""
    ailleurs = (pl.col("isolated") == "O") & (pl.col("nature") != CINQUIEME)
    examen.tell(examen.lignes, DEMANDE, Fait("F017", "ISOLATED", "isoles", ailleurs))


def check_affaires(examen: Examen) -> None:
    """D108 and D109; a cancellation is not counted again."""
    demandes = examen.lignes.filter(
        (pl.col("action") != ANNULATION) & (pl.col("v_from") < pl.col("v_resume"))
    )
    _check_delay(examen, demandes)
    locaux = pl.col("dept").is_in(ALSACE_MOSELLE)
    for departement, part in ((ALSACE_MOSELLE[0], locaux), ("", ~locaux)):
        _check_days(examen, demandes.filter(part), departement)


def _check_delay(examen: Examen, demandes: pl.DataFrame) -> None:
    jours = [p.recu_le.astimezone(PARIS).date() for p in examen.liasse.pieces]
    recu = pl.Series("recu", jours, pl.Date).gather(demandes[PIECE])
    tard = pl.col("v_resume") < pl.col("recu") - pl.duration(days=RETARD)
    fait = Fait("D108", "RESUME", None, tard, pl.col("recu").dt.strftime("%Y-%m-%d"))
    examen.tell(demandes.with_columns(recu), DEMANDE, fait)


def _check_days(examen: Examen, demandes: pl.DataFrame, departement: str) -> None:
    """D109: the count, DAYS beside it, the last working day before the return.

    A DAYS of 0 is refused by its own rule, and said once.
    """
    if demandes.is_empty():
        return
    feries = _holidays(demandes, departement)
    debut, veille = demandes["v_from"], demandes.select(pl.col("v_resume") - UN_JOUR).to_series()
    ouvrables = _count(debut, veille, DIMANCHE - 1, feries)
    ouvres = _count(debut, veille, VENDREDI, feries)
    isole = pl.col("isolated") == "O"
    comptes = demandes.with_columns(
        ouvrables.alias("ouvrables"),
        pl.when(isole.fill_null(value=False))
        .then(ouvres * JOUR_ISOLE)
        .otherwise(ouvrables * JOUR)
        .alias("compte"),
        _last_worked(veille, feries).alias("dernier"),
    )
    dits = pl.col("v_days").ne_missing(0)
    rien = dits & (pl.col("compte") == 0)
    compte = pl.col("compte").cast(pl.String)
    autre = dits & ~rien & (pl.col("v_days") != pl.col("compte"))
    autre_fin = (pl.col("compte") != 0) & (pl.col("v_to") != pl.col("dernier"))
    examen.tell(
        comptes,
        DEMANDE,
        Fait("D109", "DAYS", "aucun", rien),
        Fait("D109", "DAYS", "compte", autre, compte),
        Fait("D109", "TO", "dernier", autre_fin, pl.col("dernier").dt.strftime("%Y%m%d")),
    )


def _holidays(demandes: pl.DataFrame, departement: str) -> pl.Series:
    """Legal holidays of the years of the requests, in order."""
    debut, fin = demandes.select(
        pl.col("v_from").dt.year().min().alias("debut"), pl.col("v_resume").dt.year().max()
    ).row(0)
    annees = range(debut, fin + 1)
    jours = [jour for annee in annees for jour in feries_at(annee, departement, read_options())]
    return pl.Series("ferie", jours, pl.Date)


def _count(debut: pl.Series, fin: pl.Series, dernier: int, feries: pl.Series) -> pl.Series:
    """Days of the week up to `dernier` (Monday: 1), holidays left out, both ends included."""
    sans = feries.filter(feries.dt.weekday() <= dernier)
    chomes = sans.search_sorted(fin, "right") - sans.search_sorted(debut, "left").cast(pl.Int64)
    return _weekdays(fin, dernier) - _weekdays(debut - timedelta(days=1), dernier) - chomes


def _weekdays(jour: pl.Series, dernier: int) -> pl.Series:
    """Such days up to that one, from Monday 29 December 1969 on."""
    rang = jour.cast(pl.Int32).cast(pl.Int64) + 3
    return rang // 7 * dernier + (rang % 7 + 1).clip(upper_bound=dernier)


def _last_worked(veille: pl.Series, feries: pl.Series) -> pl.Series:
    """The last day up to that one that is neither a Sunday nor a holiday."""
    for _ in range(SANS_TRAVAIL):
        chome = (veille.dt.weekday() == DIMANCHE) | veille.is_in(feries.implode())
        veille = (
            veille.to_frame("jour")
            .select(pl.when(chome).then(pl.col("jour") - UN_JOUR).otherwise("jour"))
            .to_series()
        )
    return veille
