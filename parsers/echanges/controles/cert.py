"""Certificates: what is incoherent (step 9) and the CG codes that the file alone decides (10)."""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from parsers.echanges.controles.examen import Examen, Fait
from parsers.echanges.controles.identite import SALARIE
from parsers.echanges.lignes import PORTEUR
from parsers.echanges.zones import PIECE, RANG

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
    ailleurs = (pl.col("unit") == "H") & pl.col("category").is_in(["E", "C"])
    examen.tell(examen.lignes, CERTIFICAT, Fait("F017", "UNIT", "heures", ailleurs))


def check_affaires(examen: Examen) -> None:
    """CG-002, CG-004, CG-005, CG-006."""
    mois, ouvrables = _touched_months() * MOIS, _working_days() * HEURES_PAR_JOUR
    doubles = pl.col(RANG).is_in(_list_doubles(examen.lignes))
    a_cheval = _period(DEBUT) != _period(FIN)
    examen.tell(
        examen.lignes,
        CERTIFICAT,
        Fait("CG-002", "TO", "periode", a_cheval),
        Fait("CG-002", "FROM", "recouvrement", doubles),
        Fait("CG-004", "MONTHS", "months", pl.col("v_months") > mois, mois.cast(pl.String)),
        Fait("CG-004", "HOURS", "hours", pl.col("v_hours") > ouvrables, ouvrables.cast(pl.String)),
        Fait("CG-005", "GROSS", None, _odd_wage()),
    )
    _check_absences(examen)


def _list_doubles(frame: pl.DataFrame) -> list[int]:
    """Ranks of certificates on the days of another one of the file, employee and establishment."""
    cle = [PIECE, SALARIE, "siret"]
    tries = frame.drop_nulls(cle).sort(*cle, "v_from", RANG)
    avant = FIN.cum_max().shift().over(cle)
    touches = tries.filter((avant >= DEBUT).any().over(cle)).sort(*cle, RANG)
    return _overlapping(touches.select(*cle, RANG, *PERIODE).iter_rows())


def _overlapping(certificats: Iterable[tuple[Any, ...]]) -> list[int]:
    """Ranks of certificates on days of one that is kept and not replaced.

    They come by file, employee and establishment, in their order there. Those that are kept have no
    day in common: in order of dates, only two of them can touch another one.
    """
    refuses: list[int] = []
    qui: list[Any] = []
    gardes: list[tuple[date, date]] = []
    par_reference: dict[str, tuple[date, date]] = {}
    for *siens, rang, reference, remplace, debut, fin in certificats:
        if siens != qui:
            qui, gardes, par_reference = siens, [], {}
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


def _touched_months() -> pl.Expr:
    """Civil months that the dates touch."""
    annees, mois = FIN.dt.year() - DEBUT.dt.year(), FIN.dt.month() - DEBUT.dt.month()
    return annees.cast(pl.Int64) * 12 + mois.cast(pl.Int64) + 1


def _working_days() -> pl.Expr:
    """Days from Monday to Saturday, holidays included."""
    veille = DEBUT - pl.duration(days=1)
    return (FIN - veille).dt.total_days() - (_sundays(FIN) - _sundays(veille))


def _odd_wage() -> pl.Expr:
    """Mean monthly wage of the period below 0.3 or above 3 times the normal wage."""
    en_heures = pl.col("unit") == "H"
    temps = pl.when(en_heures).then("v_hours").otherwise("v_months")
    par_mois = pl.col("v_gross") * pl.when(en_heures).then(HEURES_DU_MOIS).otherwise(MOIS)
    normal = pl.col("v_avg_wage") * temps
    return (temps > 0) & ((par_mois * 10 < normal * 3) | (par_mois > normal * 3))


def _check_absences(examen: Examen) -> None:
    """CG-006: an absence out of its certificate; two absences of one day."""
    certificat = examen.lignes.select(pl.col(RANG).alias(PORTEUR), debut="v_from", fin="v_to")
    absences = examen.frames[ABSENCE].join(certificat, on=PORTEUR, maintain_order="left")
    examen.tell(
        absences.sort(PORTEUR, "v_from", RANG),
        ABSENCE,
        Fait("CG-006", "TO", "dehors", (pl.col("debut") > DEBUT) | (pl.col("fin") < FIN)),
        Fait("CG-006", "FROM", "jour", FIN.cum_max().shift().over(PORTEUR) >= DEBUT),
    )


def _period(jour: pl.Expr) -> pl.Expr:
    """First year of the reference period, 1 April - 31 March."""
    return jour.dt.year() - (jour.dt.month() < AVRIL).cast(pl.Int32)


def _sundays(jour: pl.Expr) -> pl.Expr:
    """Sundays up to that day, from a fixed one on."""
    return (jour.cast(pl.Int32).cast(pl.Int64) + DIMANCHE) // 7
