"""What each line of call bears of what is beyond a cumul of its company.

Tranches of the professional contribution (C-06): month of call by month of call. Abatement of the
weather contribution (C-05): by month of attachment (`regles_campagnes`).
"""

from __future__ import annotations

import polars as pl

from pipelines.cotisations.regles.assiettes import LIGNE
from pipelines.cotisations.regles.campagnes import Campagnes, share_campagnes
from pipelines.cotisations.regles.cumuls import MOIS, SERIE
from pipelines.cotisations.regles.plus_fort_reste import cut_by_weight

ORDRE = ["cdg", "mois_rattachement", "cotisation"]


def share_assiettes(
    lignes: pl.DataFrame, cumuls: pl.DataFrame, campagnes: Campagnes
) -> pl.DataFrame:
    """What each line bears of the assiettes of its company (key LIGNE): part_centimes.

    `lignes`: LIGNE, SERIE, base_centimes; `cumuls`: of `compute_cumuls`. Every line that they cover
    is there, and rows without base that give something back.
    """
    tranches = lignes.join(campagnes.calculs, on=SERIE, how="anti")
    return pl.concat([share_campagnes(lignes, campagnes), _share_by_call(tranches, cumuls)])


def _share_by_call(lignes: pl.DataFrame, cumuls: pl.DataFrame) -> pl.DataFrame:
    """The assiette of each month of call over its lines with a positive base, else over the size.

    A month whose bases are all of zero has no assiette to share.
    """
    base = pl.col("base_centimes")
    positive = (base > 0).any().over(MOIS)
    du_mois = lignes.join(cumuls.select(*MOIS, "assiette_centimes"), on=MOIS).with_columns(
        pl.when(positive).then(base.clip(0)).otherwise(base.abs()).alias("poids")
    )
    porte = pl.col("poids").sum().over(MOIS) > 0
    coupees = cut_by_weight(du_mois.filter(porte), "assiette_centimes", MOIS, ORDRE)
    nulles = du_mois.filter(~porte).with_columns(part_centimes=pl.lit(0, pl.Int64))
    return pl.concat([frame.select(*LIGNE, "part_centimes") for frame in (coupees, nulles)])
