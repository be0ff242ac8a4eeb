"""A tax year in plain words: what is to be declared, from which payments."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.explications.lecture import Lecteur
from pipelines.explications.texte import tell_section
from pipelines.explications.valeurs import Rangee
from specs.typographie import format_date, format_euros


def tell_annee(lecteur: Lecteur, rangee: Rangee) -> Iterator[str]:
    """What is to be declared to the tax administration of a year: the payments that make it."""
    annee = rangee["annee"]
    yield f"{format_euros(rangee['net_imposable_centimes'])} à déclarer aux impôts pour {annee}"
    yield (
        "La caisse envoie ce montant à l'administration fiscale : il est en principe déjà dans"
        " votre déclaration de revenus. Il s'ajoute à vos salaires."
    )
    siens = lecteur.read("decomptes", pl.col("salarie") == rangee["salarie"]).collect()
    payes = siens.filter(pl.col("date_paiement").dt.year() == annee).sort(
        "date_paiement", "decompte"
    )
    if payes["net_imposable_centimes"].sum() == rangee["net_imposable_centimes"]:
        yield from tell_section("Les paiements de l'année", map(_tell_paid, payes.to_dicts()))
    else:
        yield (
            "Un paiement compte l'année où la banque l'a vraiment versé : l'un des vôtres a changé"
            " d'année."
        )
    yield from tell_section("L'impôt déjà payé", _tell_tax(rangee))


def _tell_paid(ligne: Rangee) -> str:
    return (
        f"{format_date(ligne['date_paiement'])} :"
        f" {format_euros(ligne['net_imposable_centimes'])} à déclarer, pour"
        f" {format_euros(ligne['net_centimes'])} reçus."
    )


def _tell_tax(rangee: Rangee) -> Iterator[str]:
    yield (
        f"{format_euros(rangee['pas_centimes'])} ont été retenus et versés aux impôts : ils se"
        " déduisent de ce que vous devez."
    )
