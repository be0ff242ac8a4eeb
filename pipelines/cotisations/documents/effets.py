"""What the new calls say of a deposit, as values for its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.cotisations.documents.valeurs import DejaAppele, EffetAppel, LigneAppel
from specs.baremes import read_baremes

MOIS_CDG = ["cdg", "mois_appel"]
LIGNE = (*MOIS_CDG, "mois_rattachement", "cotisation")
SOMMES = ("base_centimes", "abattement_centimes", "montant_centimes")
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
    declarations: pl.DataFrame,
    appels: pl.DataFrame,
    lignes: pl.DataFrame,
    presentes: pl.DataFrame | None = None,
) -> tuple[EffetAppel, ...]:
    """New calls of the management centres and months that these declarations name.

    `presentes`: of a test, the lines called so far, which each of its lines would change; it names
    no call.
    """
    vises = declarations.filter(pl.col("statut") == "RETENUE").select(MOIS_CDG).unique()
    deja = {} if presentes is None else _sum_called(presentes)
    triees = lignes.sort("mois_rattachement", "cotisation")
    concernes = appels.join(vises, on=MOIS_CDG, how="semi").sort("appel")
    return tuple(
        EffetAppel(
            cdg=appel["cdg"],
            mois_appel=appel["mois_appel"],
            appel=None if presentes is not None else appel["appel"],
            nature=appel["nature"],
            date_exigibilite=appel["date_exigibilite"],
            lignes=tuple(
                compose_ligne(ligne, deja=deja.get(tuple(ligne[nom] for nom in LIGNE)))
                for ligne in triees.filter(pl.col("appel") == appel["appel"]).iter_rows(named=True)
            ),
        )
        for appel in concernes.iter_rows(named=True)
    )


def _sum_called(lignes: pl.DataFrame) -> dict[tuple[object, ...], DejaAppele]:
    """What is called so far, by centre, months and contribution."""
    sommes = lignes.group_by(LIGNE).agg(pl.col(SOMMES).sum())
    return {
        rangee[: len(LIGNE)]: DejaAppele(*rangee[len(LIGNE) :])
        for rangee in sommes.select(*LIGNE, *SOMMES).iter_rows()
    }


def compose_ligne(ligne: Mapping[str, Any], **provenance: Any) -> LigneAppel:  # noqa: ANN401
    """A line of call (contract `lignes_appel`), with whatever is known of its provenance."""
    return LigneAppel(
        libelle=read_baremes()[ligne["cotisation"]].libelle,
        **{champ: ligne[champ] for champ in CHAMPS_LIGNE},
        **provenance,
    )
