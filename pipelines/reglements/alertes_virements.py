"""What the payments ask operators to look at: rows of the published alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from pipelines.reglements.alertes import compose_alertes
from pipelines.reglements.regles.virements import CAUSES, EMIS, PAS_A_JOUR, PAYE
from specs.contrats import codes_of, valeurs_of
from specs.typographie import format_compte, format_euros
from warehouse.maison import Maison

PAIEMENT, EN_DOUBLE = codes_of("alertes", "nature", "PAIEMENT", "PAIEMENT_EN_DOUBLE")


def read_alertes_virements(maison: Maison, date_arrete: date) -> pl.DataFrame:
    """Contract `alertes`: amounts that can't be paid, amounts that two transfers pay.

    An amount that waits for its company to be up to date is none.
    """
    lignes = [*_held(maison), *_doubled(maison)]
    return compose_alertes(maison, date_arrete, (PAIEMENT, EN_DOUBLE), lignes)


def _held(maison: Maison) -> Iterator[dict[str, Any]]:
    raisons = valeurs_of("reglements_retenus", "raison")
    retenus = (
        maison.lac.read("reglements_retenus")
        .filter(pl.col("raison") != PAS_A_JOUR)
        .group_by("siren", "raison")
        .agg(pl.len(), pl.col("montant_centimes").sum(), pl.col("cause").min())
        .sort("siren", "raison")
        .collect()
    )
    for siren, raison, nombre, montant, cause in retenus.iter_rows():
        yield {
            "alerte": f"paiement-{siren}-{raison}",
            "nature": PAIEMENT,
            "siren": siren,
            "etape": "virements",
            "cause": (
                f"{format_compte(nombre, 'paiement retenu')}, {format_euros(montant)} :"
                f" {raisons[raison]} ;"
                f" {CAUSES.get(raison, cause)}"
            ),
            "dure": True,
        }


def _doubled(maison: Maison) -> Iterator[dict[str, Any]]:
    """Amounts that two transfers pay, both issued or debited: the bank undid a refusal too late."""
    vivants = maison.lac.read("reglements").filter(pl.col("etat").is_in([EMIS, PAYE]))
    doubles = (
        maison.lac.read("reglements_dus")
        .join(vivants.select("reglement"), on="reglement", how="semi")
        .group_by("du", "siren")
        .agg(pl.col("reglement").sort())
        .filter(pl.col("reglement").list.len() > 1)
        .sort("du")
        .collect()
    )
    for du, siren, noms in doubles.iter_rows():
        yield {
            "alerte": f"paiement-double-{du}",
            "nature": EN_DOUBLE,
            "siren": siren,
            "etape": "virements",
            "cause": (
                f"{du} : {' et '.join(noms)} sont émis ou débités tous les deux ; demander à la"
                " banque le rappel du dernier, ou son remboursement"
            ),
            "dure": True,
        }
