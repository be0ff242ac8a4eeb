"""The statements of a night, from what is due to what is transferred.

Source: choices L-20 to L-24, L-42, L-43, L-47, L-48, L-51, L-54, L-61, L-63, L-72.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.conges.regles.paiement.controles import Connu, tell
from pipelines.conges.regles.paiement.decomptes import (
    ANNULATION,
    PAIEMENT,
    list_differences,
    pay_part,
    with_left,
)
from pipelines.conges.regles.paiement.dettes import compute_dettes, list_withheld, withhold
from pipelines.conges.regles.paiement.dus import PRISE
from pipelines.conges.regles.paiement.execution import compute_execution
from pipelines.conges.regles.paiement.impot import read_taux_recus
from pipelines.conges.regles.paiement.imputation import COMPENSATRICE
from pipelines.conges.regles.paiement.jours import DEMANDE
from pipelines.conges.regles.paiement.methodes import EXERCICE
from pipelines.conges.regles.paiement.retenues import DIRECT, Retenues, compute_retenues
from pipelines.conges.regles.paiement.valeurs import join_option, month_of
from pipelines.echanges.regles.lignes import EN_SUSPENS
from specs.connaissances import Connaissances
from specs.contrats import codes_of, computed_columns

(DECLARATIF,) = codes_of("decomptes", "mode_retraite", "E")
COLONNES = computed_columns("decomptes")
LIGNES = [nom for nom in computed_columns("lignes_decompte") if nom != "siren"]
GROUPE = pl.concat_str(
    pl.when(pl.col("nature") == COMPENSATRICE)
    .then(pl.concat_str("salarie", pl.lit(" CO "), month_of(pl.col("debut"))))
    .otherwise(pl.concat_str("siren", "demande", "exercice", "tour", separator=" "))
)


@dataclass(frozen=True, slots=True)
class Argent:
    """What payments depend on, beside the rights.

    `reconstitutions`: see `compute_methodes`; `mois`: see `compute_parts`; `comptes`: salarie,
    debut, fin (null: open) of the accounts that may be used; `taux`: see `read_taux_recus`;
    `centres`: siren, salarie, mode_retraite (null: not told); `saisies`: see `withhold`;
    `annulations`: siren, demande, of the decisions; `arrets`: salarie, debut, fin of the stoppages
    notified during a leave; `executions`: see `compute_attestations`;
    `regles`: decompte, of those whose transfer the bank has settled; `heritiers`: siren, demande,
    of the leave that is paid to the heirs, on accounts of their own.
    """

    reconstitutions: pl.DataFrame
    mois: pl.DataFrame
    comptes: pl.DataFrame
    taux: pl.DataFrame
    centres: pl.DataFrame
    saisies: pl.DataFrame
    annulations: pl.DataFrame
    arrets: pl.DataFrame
    executions: pl.DataFrame
    regles: pl.DataFrame
    heritiers: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Emis:
    """`decomptes`, `lignes`: of the night; `attentes`: MOTIFS of the payments that are held."""

    decomptes: pl.DataFrame
    lignes: pl.DataFrame
    attentes: pl.DataFrame


def emit(
    paiements: pl.DataFrame,
    dus: pl.DataFrame,
    parts: pl.DataFrame,
    connu: Connu,
    argent: Argent,
    decomptes: pl.DataFrame,
    lignes: pl.DataFrame,
    nuit: date,
    savoir: Connaissances,
) -> Emis:
    """Payments whose night it is (`list_payments`), then what former ones are owed or owe."""
    tous = pl.concat(
        [
            _first(paiements, parts),
            _after(dus, parts, decomptes, nuit, savoir),
        ],
        how="diagonal",
    )
    prets, attentes = _hold(_with_centre(tous, argent, savoir), argent, savoir)
    situes = _with_totals(
        _with_rates(prets, argent.taux, connu.categories, nuit, savoir), decomptes
    )
    retenues, manques = _withhold(situes, savoir)
    nets = withhold(retenues.paiements, argent.saisies, compute_dettes(decomptes, lignes), savoir)
    finis = with_left(nets, connu.acquis, decomptes).with_columns(
        date_arrete=pl.lit(nuit),
        date_paiement=pl.when("refait").then(pl.lit(nuit)).otherwise("date_paiement"),
    )
    return Emis(
        finis.select(COLONNES),
        pl.concat([retenues.lignes.select(LIGNES), list_withheld(nets).select(LIGNES)]),
        pl.concat([attentes, manques]),
    )


def _first(paiements: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    ce_soir = paiements.filter("part_ce_soir").join(parts, on=EXERCICE, how="left")
    return pay_part(ce_soir.with_columns(pl.col("mois_payes", "mois_emploi").fill_null(0)))


def _after(
    dus: pl.DataFrame,
    parts: pl.DataFrame,
    decomptes: pl.DataFrame,
    nuit: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    """Complements and changed rights, with what the statement of their request says of it."""
    annees = decomptes["exercice"].unique()
    mois = pl.DataFrame({"mois": [f"{nuit:%Y-%m}"]})
    hausse = join_option(mois, "mois", "regularisation", savoir)["regularisation"].item()
    baisses = tuple(annees) if hausse == "hausse_seule" else ()
    differences = list_differences(dus, decomptes, parts, baisses)
    payes = decomptes.filter(pl.col("motif") == PAIEMENT).select(
        *PRISE, "nature", "matricule", "debut", "fin", source="decompte", paye_le="date_paiement"
    )
    au_plus_tot, _ = compute_execution(None, nuit)
    return differences.join(payes, on=PRISE).with_columns(
        date_paiement=pl.lit(au_plus_tot), entier=pl.lit(value=False), refait=pl.lit(value=False),
        taux_origine=pl.lit(None, pl.Int64), ote_du=pl.lit(None, pl.Date),
        ote_au=pl.lit(None, pl.Date),
    )  # fmt: skip


def _with_centre(paiements: pl.DataFrame, argent: Argent, savoir: Connaissances) -> pl.DataFrame:
    mois = paiements.with_columns(mois=month_of(pl.col("date_paiement")))
    choix = join_option(mois, "mois", "mode_retraite", savoir)
    defaut = pl.when(pl.col("mode_par_defaut") == "direct").then(pl.lit(DIRECT)).otherwise(
        pl.lit(DECLARATIF)
    )  # fmt: skip
    return (
        choix.rename({"mode_retraite": "mode_par_defaut"})
        .join(argent.centres, on=["siren", "salarie"], how="left")
        .with_columns(mode_retraite=pl.coalesce("mode_retraite", defaut))
    )


def _hold(
    paiements: pl.DataFrame, argent: Argent, savoir: Connaissances
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those that can leave; the others wait for an account, or, under the option, for the calls."""
    valables = (
        paiements.select("salarie", "date_paiement")
        .unique()
        .join(argent.comptes, on="salarie")
        .filter(
            pl.col("date_paiement") >= pl.col("debut"),
            pl.col("fin").is_null() | (pl.col("date_paiement") <= pl.col("fin")),
        )
        .select("salarie", "date_paiement")
        .unique()
    )
    # Nothing is transferred for what is taken back, nor for what is paid again after a mirror.
    sans_virement = pl.col("refait") | (pl.col("brut_centimes") < 0)
    choix = join_option(paiements, "mois", "defaillance", savoir)
    refuses = choix.filter(
        pl.col("defaillance") == "refus", pl.col("mois_payes") < pl.col("mois_emploi")
    ).select(paiements.columns)
    permis = paiements.join(refuses, on=PRISE, how="anti")
    a_virer = permis.filter(~sans_virement)
    payables = pl.concat(
        [
            permis.filter(sans_virement),
            a_virer.join(argent.heritiers, on=DEMANDE, how="semi"),
            a_virer.join(argent.heritiers, on=DEMANDE, how="anti").join(
                valables, on=["salarie", "date_paiement"], how="semi"
            ),
        ]
    )
    sans = permis.join(payables, on=PRISE, how="anti")
    return payables, pl.concat([tell(refuses, "D113", EN_SUSPENS), tell(sans, "D112", EN_SUSPENS)])


def _with_rates(
    paiements: pl.DataFrame,
    taux: pl.DataFrame,
    categories: pl.DataFrame,
    nuit: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    """With the category and the rate received; none where tax is not given back (L-54, L-73).

    What is made again keeps the rate of the payment that it replaces, within its year.
    """
    rend = (pl.col("brut_centimes") < 0) & _another_year("date_paiement")
    refait = pl.col("refait")
    recu = pl.coalesce(pl.when(refait).then("taux_origine"), "taux_pas_ppm")
    nul = rend | (refait & _another_year("nuit"))
    return (
        read_taux_recus(taux, paiements.with_columns(nuit=pl.lit(nuit)), savoir)
        .with_columns(taux_pas_ppm=pl.when(nul).then(0).otherwise(recu))
        .join(categories, on=EXERCICE, how="left", maintain_order="left")
    )


def _another_year(jour: str) -> pl.Expr:
    autre = pl.col("paye_le").dt.year() != pl.col(jour).dt.year()
    return autre.fill_null(value=False)


def _with_totals(paiements: pl.DataFrame, decomptes: pl.DataFrame) -> pl.DataFrame:
    """Numbered, in their order, with what was paid before of the month and of the ceiling."""
    mois = ["salarie", "mois"]
    avant = decomptes.with_columns(mois=month_of(pl.col("date_paiement")), groupe_plafond=GROUPE)
    du_mois = (
        avant.filter(pl.col("motif") != ANNULATION)
        .group_by(mois)
        .agg(
            brut_du_mois=pl.col("brut_centimes").sum(),
            imposable_du_mois=pl.col("net_imposable_centimes").sum(),
        )
    )
    du_groupe = avant.group_by("groupe_plafond").agg(brut_du_groupe=pl.col("brut_centimes").sum())
    nuls = ["brut_du_mois", "imposable_du_mois", "brut_du_groupe"]
    return (
        _number(paiements, decomptes)
        .with_columns(groupe_plafond=GROUPE)
        .join(du_mois, on=mois, how="left", maintain_order="left")
        .join(du_groupe, on="groupe_plafond", how="left", maintain_order="left")
        .with_columns(
            pl.when("refait").then(0).otherwise(pl.col(nom).fill_null(0)).alias(nom) for nom in nuls
        )
    )


def _number(paiements: pl.DataFrame, decomptes: pl.DataFrame) -> pl.DataFrame:
    """`decompte`: the request's line, the leave year, a rank; what has no request is its own."""
    unite = [*DEMANDE, "exercice"]
    faits = decomptes.filter(pl.col("motif") != ANNULATION).group_by(unite).agg(
        faits=pl.len().cast(pl.Int64), racine=pl.col("decompte").min()
    )  # fmt: skip
    tries = paiements.sort("salarie", "date_paiement", ~pl.col("refait"), "ordre", *PRISE, "motif")
    annee = (pl.col("exercice") % 100).cast(pl.String).str.zfill(2)
    racine = pl.concat_str("depot", pl.lit("-"), "rang", pl.lit("-"), annee)
    rang = pl.col("faits").fill_null(0) + pl.int_range(1, pl.len() + 1).over(unite)
    return (
        tries.join(faits, on=unite, how="left", maintain_order="left")
        .with_columns(rang_decompte=rang, annule=pl.lit(None, pl.String))
        .with_columns(
            decompte=pl.when(pl.col("depot").is_not_null())
            .then(pl.concat_str(racine, "rang_decompte"))
            .when(pl.col("source").is_not_null())
            .then(pl.concat_str("racine", pl.lit("."), "rang_decompte"))
            .otherwise("demande")
        )
    )


def _withhold(paiements: pl.DataFrame, savoir: Connaissances) -> tuple[Retenues, pl.DataFrame]:
    """The lines, once those that wait for a value are set aside, and these, as MOTIFS."""
    essai = compute_retenues(paiements, savoir)
    attend = essai.paiements.filter(pl.col("manque").is_not_null())
    motifs = pl.concat(
        [tell(groupe, str(manque), EN_SUSPENS)
         for (manque,), groupe in attend.group_by("manque", maintain_order=True)]
        or [tell(attend, "")]
    )  # fmt: skip
    if attend.is_empty():
        return essai, motifs
    prets = paiements.join(
        attend.select("decompte"), on="decompte", how="anti", maintain_order="left"
    )
    return compute_retenues(prets, savoir), motifs
