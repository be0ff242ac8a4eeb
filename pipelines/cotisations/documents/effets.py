"""What the new calls say of a deposit, as values for its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.cotisations.documents.valeurs import EffetAppel, LigneAppel
from specs.baremes import read_baremes

MOIS_CDG = ["cdg", "mois_appel"]
CHAMPS_LIGNE = (
    "mois_rattachement",
    "cotisation",
    "base_brute_centimes",
    "heures_centiemes",
    "refaction_ppm",
    "coefficient_ppm",
    "base_centimes",
    "abattement_centimes",
    "taux_ppm",
    "montant_centimes",
)


def compute_effets(
    declarations: pl.DataFrame, appels: pl.DataFrame, lignes: pl.DataFrame, *, essai: bool
) -> tuple[EffetAppel, ...]:
    """New calls of the management centres and months that these declarations name.

    A test names no call: it has none.
    """
    vises = declarations.filter(pl.col("statut") == "RETENUE").select(MOIS_CDG).unique()
    triees = lignes.sort("mois_rattachement", "cotisation")
    concernes = appels.join(vises, on=MOIS_CDG, how="semi").sort("appel")
    return tuple(
        EffetAppel(
            cdg=appel["cdg"],
            mois_appel=appel["mois_appel"],
            appel=None if essai else appel["appel"],
            nature=appel["nature"],
            date_exigibilite=appel["date_exigibilite"],
            lignes=tuple(
                compose_ligne(ligne)
                for ligne in triees.filter(pl.col("appel") == appel["appel"]).iter_rows(named=True)
            ),
        )
        for appel in concernes.iter_rows(named=True)
    )


def compose_ligne(ligne: Mapping[str, Any], **provenance: Any) -> LigneAppel:  # noqa: ANN401
    """A line of call (contract `lignes_appel`), with whatever is known of its provenance."""
    return LigneAppel(
        libelle=read_baremes()[ligne["cotisation"]].libelle,
        **{champ: ligne[champ] for champ in CHAMPS_LIGNE},
        **provenance,
    )
