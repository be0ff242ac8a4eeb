"""Certificates: what is incoherent (step 9) and the CG codes that the file alone decides (10)."""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from parsers.echanges.controles.examen import Examen
from parsers.echanges.controles.identite import SALARIE
from parsers.echanges.lignes import PORTEUR
from parsers.echanges.zones import RANG

CERTIFICAT, ABSENCE = "10", "11"
PERIODE = ("cert_ref", "replaces_cert", "v_from", "v_to")
AVRIL = 4
HEURES_PAR_JOUR = 1_200  # hundredths
HEURES_DU_MOIS = 15_167
MOIS = 100
DEBUT, FIN = pl.col("v_from"), pl.col("v_to")
DIMANCHE = 4  # the first of January 1970 was a Thursday: day 3 is a Sunday


def check_coherence(examen: Examen) -> None:
    """F017: a certificate in hours is that of an ouvrier."""
    frame = examen.lignes
    trouves = frame.filter((pl.col("unit") == "H") & pl.col("category").is_in(["E", "C"]))
    examen.constats.add(trouves.select(RANG, valeur="unit"), "F017", CERTIFICAT, "UNIT", "heures")


def check_affaires(examen: Examen) -> None:
    """CG-002, CG-004, CG-005, CG-006."""
    frame = examen.lignes
    _check_periods(examen, frame)
    _check_times(examen, frame)
    _check_wages(examen, frame)
    _check_absences(examen)


def _check_periods(examen: Examen, frame: pl.DataFrame) -> None:
    """CG-002: one reference period; no other certificate of the establishment on the same days."""
    a_cheval = frame.filter(_period(DEBUT) != _period(FIN))
    trouves = a_cheval.select(RANG, valeur="to")
    examen.constats.add(trouves, "CG-002", CERTIFICAT, "TO", "periode")
    cle = [SALARIE, "siret"]
    tries = frame.filter(pl.all_horizontal(pl.col(c).is_not_null() for c in cle)).sort(
        *cle, "v_from", RANG
    )
    avant = FIN.cum_max().shift().over(cle)
    touches = tries.filter((avant >= DEBUT).any().over(cle)).sort(*cle, RANG)
    rangs = _overlapping(touches.select(*cle, RANG, *PERIODE).iter_rows())
    doubles = frame.filter(pl.col(RANG).is_in(rangs)).select(RANG, valeur="from")
    examen.constats.add(doubles, "CG-002", CERTIFICAT, "FROM", "recouvrement")


def _overlapping(certificats: Iterable[tuple[Any, ...]]) -> list[int]:
    """Ranks of certificates on days of one that is kept and not replaced.

    They come by employee and establishment, in their order in the file. Those that are kept have
    no day in common: in order of dates, only two of them can touch another one.
    """
    refuses: list[int] = []
    qui: tuple[str, str] | None = None
    gardes: list[tuple[date, date]] = []
    par_reference: dict[str, tuple[date, date]] = {}
    for salarie, siret, rang, reference, remplace, debut, fin in certificats:
        if (salarie, siret) != qui:
            qui, gardes, par_reference = (salarie, siret), [], {}
        if remplace in par_reference:
            del gardes[bisect_left(gardes, par_reference.pop(remplace))]
        place = bisect(gardes, (debut, fin))
        voisins = gardes[max(place - 1, 0) : place + 1]
        if any(debut <= autre[1] and autre[0] <= fin for autre in voisins):
            refuses.append(rang)
        else:
            gardes.insert(place, (debut, fin))
            par_reference[reference] = (debut, fin)
    return refuses


def _check_times(examen: Examen, frame: pl.DataFrame) -> None:
    """CG-004: months beyond those that the dates touch, hours beyond 12 a working day."""
    touches = (FIN.dt.year() - DEBUT.dt.year()) * 12 + FIN.dt.month() - DEBUT.dt.month() + 1
    ouvrables = (
        (FIN - DEBUT).dt.total_days() + 1 - (_sundays(FIN) - _sundays(DEBUT - pl.duration(days=1)))
    )
    for champ, unite, plafond in (
        ("MONTHS", MOIS, touches),
        ("HOURS", HEURES_PAR_JOUR, ouvrables),
    ):
        au_plus = plafond.cast(pl.Int64) * unite
        trouves = frame.filter(pl.col(f"v_{champ.lower()}") > au_plus).select(
            RANG, valeur=champ.lower(), attendu=au_plus.cast(pl.String)
        )
        examen.constats.add(trouves, "CG-004", CERTIFICAT, champ, champ.lower())


def _check_wages(examen: Examen, frame: pl.DataFrame) -> None:
    """CG-005: mean monthly wage of the period below 0.3 or above 3 times the normal wage."""
    en_heures = pl.col("unit") == "H"
    temps = pl.when(en_heures).then("v_hours").otherwise("v_months")
    par_mois = pl.col("v_gross") * pl.when(en_heures).then(HEURES_DU_MOIS).otherwise(MOIS)
    normal = pl.col("v_avg_wage") * temps
    hors = (par_mois * 10 < normal * 3) | (par_mois > normal * 3)
    trouves = frame.filter((temps > 0) & hors).select(RANG, valeur="gross")
    examen.constats.add(trouves, "CG-005", CERTIFICAT, "GROSS")


def _check_absences(examen: Examen) -> None:
    """CG-006: an absence out of its certificate; two absences of one day."""
    certificat = examen.lignes.select(pl.col(RANG).alias(PORTEUR), debut="v_from", fin="v_to")
    absences = examen.frames[ABSENCE].join(certificat, on=PORTEUR, maintain_order="left")
    dehors = (pl.col("debut") > DEBUT) | (pl.col("fin") < FIN)
    trouves = absences.filter(dehors).select(RANG, valeur="to")
    examen.constats.add(trouves, "CG-006", ABSENCE, "TO", "dehors")
    tries = absences.sort(PORTEUR, "v_from", RANG)
    memes = tries.filter(FIN.cum_max().shift().over(PORTEUR) >= DEBUT).sort(RANG)
    examen.constats.add(memes.select(RANG, valeur="from"), "CG-006", ABSENCE, "FROM", "jour")


def _period(jour: pl.Expr) -> pl.Expr:
    """First year of the reference period, 1 April - 31 March."""
    return jour.dt.year() - (jour.dt.month() < AVRIL).cast(pl.Int32)


def _sundays(jour: pl.Expr) -> pl.Expr:
    """Sundays up to that day, from a fixed one on."""
    return (jour.cast(pl.Int32).cast(pl.Int64) + DIMANCHE) // 7
