"""Pictures of a company: sums of published rows that its user reads, month by month.

Each has its table beside it; one that would show nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import polars as pl

from reporting.espace.droits import Acces
from reporting.espace.lecture import scan_siennes
from reporting.espace.trace import Image, Serie
from reporting.lecture import scan_table
from specs.contrats import codes_of
from specs.espace import find_table
from specs.periodes import MOIS_PAR_AN, Mois
from specs.plan_comptable import read_plan_comptable
from warehouse.maison import Maison

(ABATTEMENT,) = codes_of("cumuls_cotisations", "cumul", "ABATTEMENT_INTEMPERIES")
(RECUE,) = codes_of("declarations_attendues", "etat", "RECUE")
EXERCICES = 4  # the last ones
AAAA_MM = "%Y-%m"


def read_images(maison: Maison, acces: Acces, theme: str, mois: Mois) -> list[Image]:
    """Pictures of a theme over the twelve months that end with one; none of what is not read."""
    lues = [read(maison, acces, mois) for read in IMAGES.get(theme, ())]
    return [image for image in lues if image is not None]


def _sum_by(
    maison: Maison, acces: Acces, table: str, filtre: pl.Expr, rang: pl.Expr, **sommes: pl.Expr
) -> Mapping[str, Mapping[str, int]]:
    """Sums of the rows that the user reads, by rank; none without the right."""
    if not acces.can_read(find_table(table)):
        return {}
    lues = scan_siennes(maison, acces, find_table(table)).filter(filtre)
    groupes = lues.group_by(rang.alias("rang")).agg(**sommes).sort("rang").collect()
    return {str(ligne.pop("rang")): ligne for ligne in groupes.to_dicts()}


def _year(mois: Mois) -> tuple[str, ...]:
    return tuple(map(str, Mois.range(mois.shift(1 - MOIS_PAR_AN), mois)))


def _read_compte(maison: Maison, acces: Acces, mois: Mois) -> Image | None:
    """What was called and paid each month, and what was left due at its end."""
    compte = read_plan_comptable().adherents
    sommes = _sum_by(
        maison, acces, "ecritures", pl.col("compte") == compte,
        pl.col("date_comptable").dt.strftime(AAAA_MM),
        debit=pl.col("debit_centimes").sum(), credit=pl.col("credit_centimes").sum(),
    )  # fmt: skip
    if not sommes:
        return None
    rangs = _year(mois)
    soldes = [
        sum(s["debit"] - s["credit"] for quand, s in sommes.items() if quand <= rang)
        for rang in rangs
    ]
    rien = {"debit": 0, "credit": 0}
    return Image(
        "compte", "Le compte, mois par mois", "Mois", "centimes", rangs,
        (
            Serie("À votre débit", tuple(sommes.get(r, rien)["debit"] for r in rangs)),
            Serie("À votre crédit", tuple(sommes.get(r, rien)["credit"] for r in rangs)),
            Serie("Reste dû en fin de mois", tuple(soldes), ligne=True),
        ),
    )  # fmt: skip


def _read_abattement(maison: Maison, acces: Acces, mois: Mois) -> Image | None:
    """What of the abatement of the campaign is used, beside the right so far."""
    consomme = pl.col("cumul_centimes") - pl.col("assiette_cumulee_centimes")
    sommes = _sum_by(
        maison, acces, "cumuls_cotisations", pl.col("cumul") == ABATTEMENT, pl.col("mois_appel"),
        consomme=consomme.sum(), droit=pl.col("droit_centimes").sum(),
    )  # fmt: skip
    rangs = [rang for rang in _year(mois) if rang in sommes]
    if not rangs:
        return None
    return Image(
        "abattement", "L'abattement intempéries de la campagne", "Mois", "centimes", tuple(rangs),
        (
            Serie("Abattement consommé", tuple(sommes[r]["consomme"] for r in rangs)),
            Serie("Droit à ce mois", tuple(sommes[r]["droit"] for r in rangs), ligne=True),
        ),
    )  # fmt: skip


def _read_declarations(maison: Maison, acces: Acces, mois: Mois) -> Image | None:
    """Declarations expected each month: those that count, those that lack."""
    recue = pl.col("etat") == RECUE
    sommes = _sum_by(
        maison, acces, "declarations_attendues", pl.col("mois").is_in(_year(mois)), pl.col("mois"),
        recues=recue.sum(), manquent=(~recue).sum(),
    )  # fmt: skip
    if not sommes:
        return None
    return Image(
        "dsn", "Les DSN attendues, mois par mois", "Mois", "entier", tuple(sommes),
        (
            Serie("Reçues entières", tuple(s["recues"] for s in sommes.values())),
            Serie("Manquent, en tout ou partie", tuple(s["manquent"] for s in sommes.values())),
        ),
    )  # fmt: skip


def _read_conges(maison: Maison, acces: Acces, _mois: Mois) -> Image | None:
    """Days of leave taken and left of the rights that the user reads, by leave year."""
    if not acces.can_read(find_table("droits")):
        return None
    droits = scan_siennes(maison, acces, find_table("droits")).select("salarie", "exercice")
    compteurs = scan_table(maison, "compteurs_conges").join(
        droits, on=["salarie", "exercice"], how="semi"
    )
    pris, reste = pl.col("pris_centiemes").sum(), pl.col("reste_centiemes").sum()
    lus = compteurs.group_by("exercice").agg(pris, reste).sort("exercice").collect()
    lus = lus.tail(EXERCICES)
    if lus.is_empty():
        return None
    return Image(
        "conges", "Les jours de congé, exercice par exercice", "Exercice", "centiemes",
        tuple(map(str, lus["exercice"])),
        (
            Serie("Jours pris", tuple(lus["pris_centiemes"])),
            Serie("Jours restants", tuple(lus["reste_centiemes"])),
        ),
    )  # fmt: skip


def _read_arrets(maison: Maison, acces: Acces, mois: Mois) -> Image | None:
    """Hours lost to bad weather and those indemnified, by month of the year."""
    sommes = _sum_by(
        maison, acces, "jours_intemperies", pl.lit(value=True),
        pl.col("date").dt.strftime(AAAA_MM),
        perdues=pl.col("perdues_centiemes").sum(), payees=pl.col("indemnisees_centiemes").sum(),
    )  # fmt: skip
    rangs, rien = _year(mois), {"perdues": 0, "payees": 0}
    if not sommes.keys() & set(rangs):
        return None
    return Image(
        "arrets", "Les heures d'intempéries, mois par mois", "Mois", "centiemes", rangs,
        (
            Serie("Heures perdues", tuple(sommes.get(r, rien)["perdues"] for r in rangs)),
            Serie("Heures indemnisées", tuple(sommes.get(r, rien)["payees"] for r in rangs)),
        ),
    )  # fmt: skip


Lecture = Callable[[Maison, Acces, Mois], Image | None]
IMAGES: Mapping[str, Sequence[Lecture]] = MappingProxyType(
    {
        "comptes": (_read_compte, _read_abattement),
        "declarations": (_read_declarations,),
        "conges": (_read_conges,),
        "intemperies": (_read_arrets,),
    }
)
