"""Everything called for a civil year or a campaign: pure rules on the published calls."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.cotisations.documents.valeurs import AppelCompris, LigneRecapitulatif, Recapitulatif
from pipelines.editique.valeurs import Entreprise
from specs.baremes import read_baremes
from specs.periodes import Mois, campagne, parse_periode

SOMMES = ["base_centimes", "abattement_centimes", "montant_centimes"]


def list_periodes(mois: Mois) -> tuple[str, str]:
    """The civil year and the campaign of a month."""
    return f"{mois.annee:04}", campagne(mois)


def compose_recapitulatif(
    appels: pl.DataFrame,
    lignes: pl.DataFrame,
    entreprise: Entreprise,
    periode: str,
    date_arrete: date,
    publication: int,
) -> Recapitulatif:
    """Summary of the calls of one company; complementary calls add to the months they correct.

    `appels` and `lignes`: contracts `appels` and `lignes_appel`. PeriodeRefusee for another period.
    """
    debut, fin = map(str, parse_periode(periode))
    siennes = lignes.filter(pl.col("mois_rattachement").is_between(pl.lit(debut), pl.lit(fin)))
    if entreprise.cdg is not None:
        siennes = siennes.filter(pl.col("cdg") == entreprise.cdg)
    return Recapitulatif(
        entreprise=entreprise,
        periode=periode,
        debut=debut,
        fin=fin,
        lignes=_sum_lines(siennes),
        appels=_included_calls(appels, siennes),
        date_arrete=date_arrete,
        publication=publication,
    )


def _sum_lines(lignes: pl.DataFrame) -> tuple[LigneRecapitulatif, ...]:
    cle = ["cdg", "mois_rattachement", "cotisation"]
    baremes = read_baremes()
    return tuple(
        LigneRecapitulatif(libelle=baremes[ligne["cotisation"]].libelle, **ligne)
        for ligne in lignes.group_by(cle).agg(pl.col(SOMMES).sum()).sort(cle).iter_rows(named=True)
    )


def _included_calls(appels: pl.DataFrame, lignes: pl.DataFrame) -> tuple[AppelCompris, ...]:
    """Calls that have a line in the period, and the sum of these lines."""
    parts = lignes.group_by("appel").agg(pl.col("montant_centimes").sum().alias("part_centimes"))
    colonnes = list(AppelCompris.__dataclass_fields__)
    compris = appels.join(parts, on="appel").select(colonnes).sort("mois_appel", "cdg", "appel")
    return tuple(AppelCompris(**appel) for appel in compris.iter_rows(named=True))
