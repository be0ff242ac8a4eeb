"""What a change of activity of a centre means for its weather contribution, before it is made.

No amount follows from the activity that the registry knows: a base is called at the rate of the
code under which it is declared (34: structural and public works, 35: finishing trades). The
activity says which code the fund expects; this tells what that code would have cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from pipelines.cotisations.regles.valeurs import known_values
from specs.baremes import TAUX
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.montants import rounded_product
from specs.periodes import MOIS_PAR_AN

GOTP, SO = codes_of("profils_cdg", "activite", "GOTP", "SO")
# The weather contribution of each activity.
COTISATIONS: Mapping[str, str] = MappingProxyType({GOTP: "CI_GOTP", SO: "CI_SO"})
CHANGEMENTS = pl.Schema(
    {"cdg": pl.String, "debut": pl.Date, "activite_avant": pl.String, "activite": pl.String}
)
EFFETS = pl.Schema(
    {
        "cdg": pl.String,
        "debut": pl.Date,
        "activite_avant": pl.String,
        "activite": pl.String,
        "taux_avant_ppm": pl.Int64,
        "taux_ppm": pl.Int64,
        "premier_mois": pl.String,
        "dernier_mois": pl.String,
        "montant_avant_centimes": pl.Int64,
        "montant_centimes": pl.Int64,
    }
)


def compute_effets(
    changements: pl.DataFrame, lignes: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """Rates of both activities when each change begins, and what was called at each (EFFETS).

    `changements` (CHANGEMENTS, key and order: cdg, debut); `lignes`: contract `lignes_appel`. The
    amounts are those of the last twelve months of attachment that the centre was called under the
    former activity, from `premier_mois` to `dernier_mois`: as called, then at the rates of the new
    one. Null without such a month; a rate that no source gives is null too.
    """
    siens = _with_cotisations(changements).with_columns(mois=pl.col("debut").dt.strftime("%Y-%m"))
    appelees = _called(siens, lignes)
    valeurs = known_values({*siens["mois"], *appelees["mois"]}, savoir)
    taux = valeurs.select("cotisation", "mois", TAUX)
    avant = taux.rename({"cotisation": "cotisation_avant", TAUX: "taux_avant_ppm"})
    autrement = appelees.join(taux, on=["cotisation", "mois"], how="left").group_by("cdg", "debut")
    montants = autrement.agg(
        pl.col("mois").min().alias("premier_mois"),
        pl.col("mois").max().alias("dernier_mois"),
        pl.col("montant_avant_centimes").sum(),
        pl.when(pl.col(TAUX).is_not_null().all())
        .then(rounded_product(pl.col("assiette_centimes"), pl.col(TAUX)).sum())
        .alias("montant_centimes"),
    )
    return (
        siens.join(avant, on=["cotisation_avant", "mois"], how="left")
        .join(taux, on=["cotisation", "mois"], how="left")
        .join(montants, on=["cdg", "debut"], how="left")
        .select(EFFETS.names())
        .sort("cdg", "debut")
    )


def _with_cotisations(changements: pl.DataFrame) -> pl.DataFrame:
    return changements.with_columns(
        pl.col("activite_avant").replace_strict(COTISATIONS).alias("cotisation_avant"),
        pl.col("activite").replace_strict(COTISATIONS).alias("cotisation"),
    )


def _called(siens: pl.DataFrame, lignes: pl.DataFrame) -> pl.DataFrame:
    """Of each change, the last months called before under its former activity, all calls added up.

    Columns: cdg, debut, cotisation (the new one), mois, assiette and montant_avant_centimes.
    """
    par_mois = lignes.group_by("cdg", "cotisation", "mois_rattachement").agg(
        (pl.col("base_centimes") - pl.col("abattement_centimes")).sum().alias("assiette_centimes"),
        pl.col("montant_centimes").sum().alias("montant_avant_centimes"),
    )
    a_elle = par_mois.rename({"cotisation": "cotisation_avant", "mois_rattachement": "mois_appele"})
    appeles = siens.join(a_elle, on=["cdg", "cotisation_avant"]).filter(
        pl.col("mois_appele") < pl.col("mois")
    )
    rang = pl.col("mois_appele").rank("ordinal", descending=True).over("cdg", "debut")
    return appeles.filter(rang <= MOIS_PAR_AN).select(
        "cdg",
        "debut",
        "cotisation",
        "assiette_centimes",
        "montant_avant_centimes",
        mois="mois_appele",
    )
