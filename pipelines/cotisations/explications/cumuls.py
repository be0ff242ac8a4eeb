"""What a company has used of its abatement, or of a threshold, and what each line bears of it.

The position is the published one (`cumuls_cotisations`); how it is shared is computed again by the
rule of the night, from the published bases (rules/decisions C-05 and C-06).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.cotisations.explications.references import refer_montant_annuel
from pipelines.cotisations.explications.valeurs import CumulExplique, EtapeCampagne, PartAssiette
from pipelines.cotisations.regles.assiettes import LIGNE, value_assiettes
from pipelines.cotisations.regles.campagnes import (
    CALCUL,
    ETAPE,
    PORTEUR,
    Campagnes,
    compute_campagnes,
)
from pipelines.cotisations.regles.cumuls import AU_DELA, describe_series, with_periods
from pipelines.cotisations.regles.parts import share_assiettes
from pipelines.cotisations.regles.valeurs import known_periods, period_months
from pipelines.explications.valeurs import Ecart
from pipelines.registre import Registre
from specs.connaissances import Connaissances
from specs.periodes import MOIS_PAR_AN, Mois

PERIODE = ["cumul", "periode"]
POSITION = (
    "base_centimes",
    "cumul_centimes",
    "droit_centimes",
    "assiette_cumulee_centimes",
    "assiette_centimes",
    "abattement_centimes",
    "strategie",
)


@dataclass(frozen=True, slots=True)
class Partages:
    """`positions`: contract `cumuls_cotisations` with the first month of the period (an index).

    `parts`: LIGNE, cumul, periode, base_centimes (0 for a credit alone), part_centimes;
    `campagnes`: what they come from, for those followed by month of attachment.
    """

    positions: pl.DataFrame
    parts: pl.DataFrame
    campagnes: Campagnes


def compute_partages(
    nourries: pl.DataFrame,
    declares: pl.DataFrame,
    cumuls: pl.DataFrame,
    registre: Registre,
    savoir: Connaissances,
) -> Partages:
    """Sharing of every month of a company.

    `nourries`: of `gather_bases`, on all its bases; `declares`: of `declared_months`; `cumuls`: the
    published positions.
    """
    sommes = nourries.group_by(LIGNE).agg(pl.col("quantite").sum())
    situees = with_periods(value_assiettes(sommes, registre, savoir), savoir)
    periodes = known_periods(situees["mois_rattachement"], savoir)
    bornes = periodes.select(*PERIODE, "premier", "dernier")
    positions = cumuls.join(bornes, on=PERIODE)
    series = describe_series(situees, registre.adherents, savoir)
    campagnes = compute_campagnes(situees, declares, series)
    portees = share_assiettes(situees, positions, campagnes)
    mois = period_months(portees["mois_rattachement"], savoir)
    formes = situees.select("cotisation", "cumul").unique()
    parts = (
        portees.join(formes, on="cotisation")
        .join(mois, on=["cumul", "mois_rattachement"])
        .join(situees.select(*LIGNE, "base_centimes"), on=LIGNE, how="left")
        .with_columns(pl.col("base_centimes").fill_null(0))
        .sort(LIGNE)
    )
    return Partages(positions, parts, campagnes)


def find_abattement(
    partages: Partages, cle: dict[str, str], partie: str, base_centimes: int | None
) -> int | None:
    """What a line does not owe of its base; None when its share is not known.

    A line beyond the amount bears its part, its twin within it leaves that part to it.
    """
    memes = ["cdg", "mois_appel", "mois_rattachement"]
    propres = [*memes, "cotisation"] if partie == AU_DELA else memes
    siennes = partages.parts.filter(
        pl.col("cumul") == cle["cumul"], *(pl.col(nom) == cle[nom] for nom in propres)
    )
    if base_centimes is None or (siennes.is_empty() and base_centimes):
        return None
    part = int(siennes["part_centimes"].sum())
    return base_centimes - part if partie == AU_DELA else part


def explain_cumul(
    partages: Partages, cle: dict[str, str], savoir: Connaissances
) -> CumulExplique | None:
    """Position of the company at the month of call, for the period of the month of a line."""
    periode = period_months([cle["mois_rattachement"]], savoir).filter(
        pl.col("cumul") == cle["cumul"]
    )["periode"][0]
    memes = (pl.col("cumul") == cle["cumul"], pl.col("periode") == periode)
    du_mois = (*memes, pl.col("mois_appel") == cle["mois_appel"])
    bareme = savoir.baremes[cle["cumul"]]
    for position in partages.positions.filter(*du_mois).iter_rows(named=True):
        return CumulExplique(
            cumul=cle["cumul"],
            libelle=bareme.libelle,
            periode=periode,
            montant_annuel=refer_montant_annuel(bareme, month_of(position["premier"])),
            **{nom: position[nom] for nom in POSITION},
            partage=tuple(
                PartAssiette(**part)
                for part in partages.parts.filter(*du_mois)
                .select(list(PartAssiette.__dataclass_fields__))
                .iter_rows(named=True)
            ),
            etapes=tuple(_steps(partages.campagnes, cle | {"periode": periode})),
        )
    return None


def _steps(campagnes: Campagnes, cle: dict[str, str]) -> Iterator[EtapeCampagne]:
    """The month of attachment of a line in the computation before that of its call, then in it."""
    appel = pl.col("calcul").eq(cle["mois_appel"]) | ~pl.col("corrigee")
    calculs = campagnes.calculs.filter(appel | pl.col("suivant").eq(cle["mois_appel"]))
    portee = [pl.col(nom) == cle[nom] for nom in ("siren", "cumul", "periode", "mois_rattachement")]
    porteur = [pl.col(nom) == cle[nom] for nom in PORTEUR]
    parts = campagnes.parts.filter(*portee, *porteur).select(*ETAPE, "part_centimes")
    etapes = (
        campagnes.etapes.filter(*portee)
        .join(calculs, on=CALCUL)
        .join(parts, on=ETAPE, how="left")
        .with_columns(
            pl.col("part_centimes").fill_null(0),
            pl.when("corrigee").then("calcul").otherwise(pl.lit(cle["mois_appel"])),
        )
        .sort("calcul")
        .select("calcul", *list(EtapeCampagne.__dataclass_fields__)[1:])
    )
    return (EtapeCampagne(*etape) for etape in etapes.iter_rows())


def first_month(cumul: str, mois: Mois, savoir: Connaissances) -> Mois:
    """First month of the period of a cumul that holds `mois`."""
    periodes = known_periods([str(mois)], savoir).filter(pl.col("cumul") == cumul)
    return month_of(periodes["premier"][0])


def month_of(rang: int) -> Mois:
    """The month of an index of `month_index`."""
    annee, numero = divmod(rang, MOIS_PAR_AN)
    return Mois(annee, numero + 1)


def check_cumul(objet: str, cumul: CumulExplique) -> Iterator[Ecart]:
    """Figures of the position that do not follow from one another, or from the bases."""
    au_dela = max(0, cumul.cumul_centimes - cumul.droit_centimes)
    attendus = [
        ("base du mois de l'entreprise", _sum_bases(cumul), cumul.base_centimes),
        ("assiette cumulée", au_dela, cumul.assiette_cumulee_centimes),
        ("assiette du mois", _sum_parts(cumul), cumul.assiette_centimes),
    ]
    for quoi, recalcule, publie in attendus:
        if recalcule != publie:
            yield Ecart(objet, quoi, recalcule, publie)


def _sum_bases(cumul: CumulExplique) -> int:
    return sum(part.base_centimes for part in cumul.partage)


def _sum_parts(cumul: CumulExplique) -> int:
    return sum(part.part_centimes for part in cumul.partage)
