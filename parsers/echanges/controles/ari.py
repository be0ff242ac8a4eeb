"""Bad-weather declarations: what is incoherent (step 9) and the IN codes that the file decides.

Stops (30), employees (31) and days (32) of a declaration bear the rank of its first stop; a day is
joined with its stop by that rank and STOP_NO.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from parsers.echanges.controles.examen import Examen, Fait
from parsers.echanges.controles.identite import SALARIE
from parsers.echanges.lignes import JOUR_PERDU, PORTEUR, SALARIE_ARRETE
from parsers.echanges.zones import PIECE, RANG
from specs.echanges.regles import ARRET, DECLARATION, JOUR

CANICULE = "CA"
CAUSES_ABROGEES = ("TE", "BR")
ABROGATION = date(2024, 6, 30)  # decree 2024-630: the list of causes is closed
OUTRE_MER = ("97", "98")
ARRET_DU_JOUR = (DECLARATION, "stop_no")
NUMERO = pl.col("stop_no").str.contains("^[0-9]{2}$")
UN_JOUR = pl.duration(days=1)


def check_coherence(examen: Examen) -> None:
    """F017 and IN-007."""
    arrets, salaries, jours = (examen.frames[c] for c in (ARRET, SALARIE_ARRETE, JOUR_PERDU))
    _check_stops(examen, arrets)
    _check_counts(examen, arrets, salaries, jours)
    _check_employees(examen, arrets, salaries, jours)
    _check_days(examen, arrets, jours)


def check_affaires(examen: Examen) -> None:
    """IN-002, IN-003, IN-006 on stops; IN-013 on days (IN-024 is declared)."""
    arrets = examen.frames[ARRET]
    debut, fin = _moment("stop"), _moment("resume")
    cree_le = pl.col("entete_created").str.head(12)
    departement = pl.col("site_insee").str.head(2)
    abrogee = pl.col("cause").is_in(CAUSES_ABROGEES) & (pl.col("v_stop_date") >= ABROGATION)
    examen.tell(
        arrets,
        ARRET,
        Fait("IN-002", "CAUSE", "abrogee", abrogee),
        Fait("IN-003", "SITE_INSEE", None, departement.is_in(OUTRE_MER)),
        Fait("IN-006", "RESUME_DATE", "arret", fin <= debut),
        Fait("IN-006", "RESUME_DATE", "creation", (fin > debut) & (fin > cree_le)),
    )
    _check_schedules(examen)


def _check_stops(examen: Examen, arrets: pl.DataFrame) -> None:
    """Department of the commune; stops numbered and in order; heat alone in its declaration."""
    insee = pl.col("site_insee").str.head(2)
    connue = pl.col("site_insee").str.contains("^[0-9][0-9AB][0-9]{3}$")
    ailleurs = connue & (pl.col("site_dept") != insee) & ~insee.is_in(OUTRE_MER)
    attendu = pl.int_range(1, pl.len() + 1).over(DECLARATION).cast(pl.String).str.zfill(2)
    desordre = pl.col("stop_no") != attendu
    debut = _moment("stop")
    avant = (debut < debut.shift().over(DECLARATION)) & ~desordre
    canicule = pl.col("cause") == CANICULE
    autre = canicule != canicule.first().over(DECLARATION)
    premiere = pl.col("cause").first().over(DECLARATION)
    examen.tell(
        arrets,
        ARRET,
        Fait("F017", "SITE_DEPT", "departement", ailleurs, insee),
        Fait("F017", "STOP_NO", "numero", NUMERO & desordre, attendu),
        Fait("F017", "STOP_NO", "ordre", NUMERO & avant),
        Fait("IN-007", "CAUSE", "causes", autre, premiere),
    )


def _check_counts(
    examen: Examen, arrets: pl.DataFrame, salaries: pl.DataFrame, jours: pl.DataFrame
) -> None:
    """IN-007: N_WORKERS is the number of employees with a day in the stop; none has no day."""
    presents = jours.group_by(ARRET_DU_JOUR).agg(pl.col(PORTEUR).n_unique().alias("presents"))
    comptes = arrets.join(presents, on=ARRET_DU_JOUR, how="left", maintain_order="left")
    seul, compte = pl.col("presents").is_null(), pl.col("presents").cast(pl.String)
    faux = pl.col("v_n_workers") != pl.col("presents")
    examen.tell(
        comptes,
        ARRET,
        Fait("IN-007", "N_WORKERS", "sans_salarie", NUMERO & seul, pl.lit("0")),
        Fait("IN-007", "N_WORKERS", "nombre", NUMERO & faux, compte),
    )
    sans = salaries.filter(~pl.col(RANG).is_in(jours[PORTEUR].unique().implode()))
    examen.constats.add(sans.select(RANG), "IN-007", SALARIE_ARRETE, None, "sans_jour")


def _check_employees(
    examen: Examen, arrets: pl.DataFrame, salaries: pl.DataFrame, jours: pl.DataFrame
) -> None:
    """F017: an employee under another DECL_ID than the last stop's; a day before he is present."""
    derniers = arrets.select(pl.col(RANG).alias("arret"), pl.col("decl_id").alias("attendu"))
    suivis = salaries.join_asof(derniers, left_on=RANG, right_on="arret")
    autre = pl.col("decl_id") != pl.col("attendu")
    examen.tell(suivis, SALARIE_ARRETE, Fait("F017", "DECL_ID", "arret", autre, pl.col("attendu")))
    venus = salaries.select(
        pl.col(RANG).alias(PORTEUR), "v_present_from", pl.col("present_from").alias("attendu")
    )
    suivis = jours.join(venus, on=PORTEUR, maintain_order="left")
    absent = pl.col("v_date") < pl.col("v_present_from")
    examen.tell(suivis, JOUR_PERDU, Fait("F017", "DATE", "present", absent, pl.col("attendu")))


def _check_days(examen: Examen, arrets: pl.DataFrame, jours: pl.DataFrame) -> None:
    """F017: a day of no stop, days out of order. IN-007: a day out of its stop."""
    bornes = arrets.unique(ARRET_DU_JOUR, keep="first").select(
        *ARRET_DU_JOUR, "v_stop_date", "v_resume_date", pl.col(RANG).alias("arret")
    )
    suivis = jours.join(bornes, on=ARRET_DU_JOUR, how="left", maintain_order="left")
    jour = pl.col("v_date")
    place = pl.when(jour.is_not_null() & NUMERO).then(pl.concat_str("date", "stop_no"))
    dehors = (jour < pl.col("v_stop_date") - UN_JOUR) | (jour > pl.col("v_resume_date"))
    examen.tell(
        suivis,
        JOUR_PERDU,
        Fait("F017", "STOP_NO", "sans_arret", NUMERO & pl.col("arret").is_null()),
        Fait("F017", "DATE", "ordre", place <= place.shift().over(PORTEUR)),
        Fait("IN-007", "DATE", "dehors", dehors),
    )


def _check_schedules(examen: Examen) -> None:
    """IN-013: days beyond the schedule, with those of the file that come before, on all sites."""
    examen = examen.without_refused()
    jours = examen.frames[JOUR_PERDU]
    jours = jours.filter(~examen.constats.fautifs(JOUR, jours[RANG]))
    qui = examen.frames[SALARIE_ARRETE].select(pl.col(RANG).alias(PORTEUR), SALARIE)
    perdues = pl.col("v_lost") - pl.col("v_replaced").fill_null(0)
    jours = jours.join(qui, on=PORTEUR, maintain_order="left").with_columns(
        perdues.alias("perdues")
    )
    cle = [PIECE, SALARIE, "v_date"]
    trop = pl.col("perdues").sum().over(cle) > pl.col("v_schedule").min().over(cle)
    suspects = jours.filter(pl.col(SALARIE).is_not_null() & trop).sort(*cle, RANG)
    rangs: list[int] = []
    retenues, vu = 0, list[Any]()
    for *celui, rang, heures, horaire in suspects.select(
        *cle, RANG, "perdues", "v_schedule"
    ).iter_rows():
        retenues = retenues if vu == celui else 0
        vu = celui
        if retenues + heures > horaire:
            rangs.append(rang)
        else:
            retenues += heures
    examen.tell(jours, JOUR_PERDU, Fait("IN-013", "DATE", None, pl.col(RANG).is_in(rangs)))


def _moment(prefixe: str) -> pl.Expr:
    """Day and hour of a stop, in digits; null when one of them is not of its form."""
    heure = pl.col(f"{prefixe}_time")
    juste = pl.col(f"v_{prefixe}_date").is_not_null() & heure.str.contains("^[0-9]{4}$")
    return pl.when(juste).then(pl.concat_str(f"{prefixe}_date", heure))
