"""From the gross to the net: one line a withholding, each rounded once.

Source: Code de la sécurité sociale, L136-2, L136-8, L242-1; choices L-06, L-22, L-23, L-24, L-48,
L-50, L-51, L-71, L-73.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.conges.regles.paiement.impot import compute_pas
from pipelines.conges.regles.paiement.plafonds import compute_plafonds, share_ceiling
from pipelines.conges.regles.paiement.valeurs import (
    PSS,
    Series,
    join_option,
    join_valeurs,
    month_of,
    name_missing,
)
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.montants import rounded_product

VPLA, VDEP, RCT1, RCT2, CEG1, CEG2, CET, PREV, CSGD, CSGN, CRDS, PAS = CODES = codes_of(
    "lignes_decompte", "code", "VPLA", "VDEP", "RCT1", "RCT2", "CEG1", "CEG2", "CET", "PREV",
    "CSGD", "CSGN", "CRDS", "PAS",
)  # fmt: skip
(DIRECT,) = codes_of("decomptes", "mode_retraite", "D")
OUVRIER, ETAM, CADRE = "OEC"
CATEGORIES = {OUVRIER: "ouvrier", ETAM: "etam", CADRE: "cadre"}
TOUJOURS: Series = {
    "mensuel": (PSS, "montant_mensuel_centimes"),
    "taux_vpla": (VPLA, "taux_ppm"),
    "taux_vdep": (VDEP, "taux_ppm"),
    "part_assiette": ("CSG_CONGES", "part_assiette_ppm"),
    "plafonds_abattus": ("CSG_CONGES", "plafonds_abattus"),
    "taux_csg": ("CSG_CONGES", "taux_ppm"),
    "taux_csgd": ("CSG_CONGES", "taux_deductible_ppm"),
    "taux_crds": (CRDS, "taux_ppm"),
}
EN_DIRECT: Series = {
    **{f"rct1_{mot}": (RCT1, f"taux_{mot}_ppm") for mot in CATEGORIES.values()},
    **{f"prev_{mot}": (PREV, f"taux_{mot}_ppm") for mot in CATEGORIES.values()},
    "taux_rct2": (RCT2, "taux_ppm"),
    "taux_ceg1": (CEG1, "taux_ppm"),
    "taux_ceg2": (CEG2, "taux_ppm"),
    "taux_cet": (CET, "taux_ppm"),
}
COTISATIONS = (VPLA, VDEP, RCT1, RCT2, CEG1, CEG2, CET, PREV)
TETE = ["decompte", "salarie"]


@dataclass(frozen=True, slots=True)
class Retenues:
    """Payments and their lines.

    `paiements`: what came in and what is withheld, or `manque`; `lignes`: of those that wait for
    nothing, contract `lignes_decompte` but part.
    """

    paiements: pl.DataFrame
    lignes: pl.DataFrame


def compute_retenues(paiements: pl.DataFrame, savoir: Connaissances) -> Retenues:
    """The lines and the net of payments, in their order (that of the frame).

    `paiements`, one row a decompte (key): salarie, categorie, mode_retraite, debut, fin (calendar
    days), entier (compensation: whole ceiling of the month), date_paiement, brut_centimes,
    groupe_plafond and brut_du_groupe (see `share_ceiling`), brut_du_mois and imposable_du_mois
    (payments before, of the employee and the month of payment; mirrors left out), taux_pas_ppm
    (received from the tax administration; null: none).
    Adds `net_avant_retenues_centimes` (before seizures and overpayments) and the columns of the
    contract `decomptes` that it explains; `manque` names the value that a payment waits for.
    """
    mois = paiements.with_columns(mois=month_of(pl.col("date_paiement")))
    mois = _with_whole_ceiling(mois, savoir)
    dates = join_valeurs(mois, "mois", {**TOUJOURS, **EN_DIRECT}, savoir)
    plafonds = compute_plafonds(dates, savoir)
    assis = share_ceiling(dates.join(plafonds, on="decompte", how="left", maintain_order="left"))
    calcules = _with_totals(_with_contributions(_with_csg(assis)))
    imposes = compute_pas(calcules, savoir)
    finis = _with_net(imposes)
    return Retenues(finis, _list_lines(finis.filter(pl.col("manque").is_null())))


def _with_whole_ceiling(paiements: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """Under the option, the whole ceiling of the month, shared by what is paid in it."""
    choisis = join_option(paiements, "mois", "plafond_conge", savoir)
    entier = pl.col("plafond_conge") == "entier"
    partage = pl.concat_str("salarie", pl.lit(" "), "mois")
    return choisis.with_columns(
        entier=pl.col("entier") | entier,
        groupe_plafond=pl.when(entier).then(partage).otherwise("groupe_plafond"),
        brut_du_groupe=pl.when(entier).then("brut_du_mois").otherwise("brut_du_groupe"),
    )


def _with_csg(paiements: pl.DataFrame) -> pl.DataFrame:
    """The base of the month's cumulated gross with the payment, less the same without it (L-51)."""
    du_mois = ["salarie", "mois"]
    avec = pl.col("brut_du_mois") + pl.col("brut_centimes").cum_sum().over(du_mois)
    return paiements.with_columns(
        assiette_csg=_csg_base(avec) - _csg_base(avec - pl.col("brut_centimes"))
    ).with_columns(
        csg_centimes=rounded_product(pl.col("assiette_csg"), pl.col("taux_csg")),
        montant_csgd=rounded_product(pl.col("assiette_csg"), pl.col("taux_csgd")),
        montant_crds=rounded_product(pl.col("assiette_csg"), pl.col("taux_crds")),
    )


def _csg_base(brut: pl.Expr) -> pl.Expr:
    seuil = pl.col("mensuel") * pl.col("plafonds_abattus")
    abattu = rounded_product(pl.min_horizontal(brut, seuil), pl.col("part_assiette"))
    return pl.when(seuil.is_not_null()).then(abattu + pl.max_horizontal(brut - seuil, 0))


def _with_contributions(paiements: pl.DataFrame) -> pl.DataFrame:
    """Old age, and in direct mode pension and provident; above the ceiling, the second tranche."""
    direct = pl.col("mode_retraite") == DIRECT
    plafonnee, brut = pl.col("assiette_plafonnee_centimes"), pl.col("brut_centimes")
    exces = brut - plafonnee
    depasse = direct & (exces != 0)
    du_salarie = {
        nom: pl.coalesce(
            pl.when(pl.col("categorie") == code).then(pl.col(f"{nom}_{mot}"))
            for code, mot in CATEGORIES.items()
        )
        for nom in ("rct1", "prev")
    }
    assiettes = {
        VPLA: (plafonnee, pl.col("taux_vpla"), pl.lit(value=True)),
        VDEP: (brut, pl.col("taux_vdep"), pl.lit(value=True)),
        RCT1: (plafonnee, du_salarie["rct1"], direct),
        RCT2: (exces, pl.col("taux_rct2"), depasse),
        CEG1: (plafonnee, pl.col("taux_ceg1"), direct),
        CEG2: (exces, pl.col("taux_ceg2"), depasse),
        CET: (brut, pl.col("taux_cet"), depasse),
        PREV: (brut, du_salarie["prev"], direct & (du_salarie["prev"] != 0)),
    }
    return paiements.with_columns(
        _line(code, pl.when(due).then(assiette), taux, rounded_product(assiette, taux))
        for code, (assiette, taux, due) in assiettes.items()
    )


def _line(code: str, assiette: pl.Expr, taux: pl.Expr, montant: pl.Expr) -> pl.Expr:
    """A line as one column; null when the withholding is not made."""
    due = assiette.is_not_null()
    ligne = pl.struct(
        assiette_centimes=assiette, taux_ppm=taux.cast(pl.Int64), montant_centimes=montant
    )
    return pl.when(due).then(ligne).alias(code)


def _amount(code: str) -> pl.Expr:
    return pl.col(code).struct.field("montant_centimes").fill_null(0)


def _with_totals(paiements: pl.DataFrame) -> pl.DataFrame:
    """The taxable net, and what is missing for it."""
    direct = pl.col("mode_retraite") == DIRECT
    manque = pl.coalesce(
        name_missing(TOUJOURS),
        pl.when(pl.col("plafond_centimes").is_null()).then(
            pl.lit(f"{PSS} (montant_mensuel_centimes)")
        ),
        pl.when(direct).then(name_missing(EN_DIRECT)),
        pl.when(direct & pl.col("categorie").is_null()).then(pl.lit("categorie")),
    )
    csgn = pl.col("csg_centimes") - pl.col("montant_csgd")
    assiette = pl.col("assiette_csg")
    return paiements.with_columns(
        _line(CSGD, assiette, pl.col("taux_csgd"), pl.col("montant_csgd")),
        _line(CSGN, assiette, pl.col("taux_csg") - pl.col("taux_csgd"), csgn),
        _line(CRDS, assiette, pl.col("taux_crds"), pl.col("montant_crds")),
        manque=manque,
        vieillesse_centimes=_amount(VPLA) + _amount(VDEP),
        crds_centimes=pl.col("montant_crds"),
        net_imposable_centimes=pl.when(manque.is_null()).then(
            pl.col("brut_centimes")
            - pl.sum_horizontal(map(_amount, COTISATIONS))
            - pl.col("montant_csgd")
        ),
    )


def _with_net(paiements: pl.DataFrame) -> pl.DataFrame:
    imposable, taux = pl.col("net_imposable_centimes"), pl.col("taux_applique_ppm")
    avec = paiements.with_columns(
        _line(PAS, imposable, taux, pl.col("pas_centimes")),
        manque=pl.coalesce("manque", "manque_pas"),
    )
    net = imposable - _amount(CSGN) - pl.col("crds_centimes") - pl.col("pas_centimes")
    return avec.with_columns(net_avant_retenues_centimes=net)


def _list_lines(paiements: pl.DataFrame) -> pl.DataFrame:
    """One row a withholding made, in the order of CODES."""
    lignes = [
        paiements.filter(pl.col(code).is_not_null())
        .select(*TETE, pl.lit(rang, pl.Int64).alias("rang"), pl.lit(code).alias("code"), code)
        .unnest(code)
        for rang, code in enumerate(CODES, 1)
    ]
    return pl.concat(lignes).sort("decompte", "rang")
