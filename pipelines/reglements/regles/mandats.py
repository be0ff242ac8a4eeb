"""The state of a mandate at a date: what the registry tells, and what the bank answered.

An event of the registry, a decision of the fund and a return of the bank follow each other by date;
on one day the registry speaks last (somebody answered the bank). A cancelled mandate stays so. A
mandate that nothing was collected on for `caducite_mois` has lapsed: dated from the last debit, or
from its signature or activation when there was none since.
Sources: exchange section 7, features F17; EPC rulebooks for the 36 months.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.reglements.regles.etats import A_REMETTRE, REJETE
from specs.banque import REPRESENTER, read_motif
from specs.contrats import codes_of
from specs.registre import read_evenements

BROUILLON, SIGNE, ACTIF, SUSPENDU, CADUC, ANNULE = codes_of(
    "etats_mandat", "etat", "BROUILLON", "SIGNE", "ACTIF", "SUSPENDU", "CADUC", "ANNULE"
)
SIGNATURE, ACTIVATION, SUSPENSION, CHANGEMENT_COMPTE = codes_of(
    "evenements_mandat", "evenement", "SIGNATURE", "ACTIVATION", "SUSPENSION", "CHANGEMENT_COMPTE"
)
(SUSPENSION_PRELEVEMENT,) = codes_of("decisions", "nature", "SUSPENSION_PRELEVEMENT")
ETATS = {nom: evenement.vers for nom, evenement in read_evenements().items() if evenement.vers}
VIVANTS = (SIGNE, ACTIF, SUSPENDU)
EVENEMENT = ["rum", "date", "ordre", "rang", "evenement", "motif"]
DE_LA_BANQUE, DE_LA_CAISSE, DU_REGISTRE = range(3)


def compute_suspensions(
    prelevements: pl.DataFrame, decisions: pl.DataFrame, mandats: pl.DataFrame
) -> pl.DataFrame:
    """Suspensions that no event of the registry says (columns EVENEMENT).

    `prelevements`: those that the debtor's side refused or returned suspend their mandate, but for
    a reason that only asks to present them again; what the fund must hand over again suspends
    nothing. `decisions`: SUSPENSION_PRELEVEMENT, of a company or of one centre.
    """
    refuses = prelevements.filter(pl.col("etat") == REJETE).sort("date_etat", "prelevement")
    dits = refuses.select("code_motif", "date_etat").iter_rows()
    motifs = [read_motif(code or "", jour) for code, jour in dits]
    de_la_banque = refuses.select("rum", date="date_etat").with_columns(
        pl.Series("consequence", [m.consequence for m in motifs], pl.String),
        pl.Series("motif", [_worded(m.code, m.libelle) for m in motifs], pl.String),
        ordre=pl.lit(DE_LA_BANQUE),
    )
    de_la_caisse = (
        decisions.filter(pl.col("nature") == SUSPENSION_PRELEVEMENT)
        .select("siren", "motif", "numero", date="date_effet", du_cdg="cdg")
        .join(mandats.select("rum", "siren", "cdg"), on="siren")
        .filter(pl.col("du_cdg").is_null() | (pl.col("du_cdg") == pl.col("cdg")))
        .sort("rum", "numero")
        .with_columns(ordre=pl.lit(DE_LA_CAISSE))
    )
    suspendent = de_la_banque.filter(pl.col("consequence") != REPRESENTER)
    return pl.concat(
        [
            frame.with_columns(
                pl.int_range(pl.len(), dtype=pl.Int64).alias("rang"),
                pl.lit(SUSPENSION).alias("evenement"),
            ).select(EVENEMENT)
            for frame in (suspendent, de_la_caisse)
        ]
    )


def compute_etats_mandat(
    mandats: pl.DataFrame,
    evenements: pl.DataFrame,
    suspensions: pl.DataFrame,
    prelevements: pl.DataFrame,
    date_arrete: date,
    caducite_mois: int,
) -> pl.DataFrame:
    """State of each mandate at `date_arrete`: rum (key), siren, etat, depuis, motif.

    `mandats`, `evenements`, `prelevements`: contracts `mandats`, `evenements_mandat` and
    `prelevements`; `suspensions`: of `compute_suspensions`.
    """
    tous = (
        pl.concat(
            [
                evenements.with_columns(ordre=pl.lit(DU_REGISTRE)).select(EVENEMENT),
                suspensions,
            ]
        )
        .filter(pl.col("date") <= date_arrete)
        .sort("rum", "date", "ordre", "rang")
    )
    derniers = _last_states(tous)
    presences = _last_collections(mandats, tous, prelevements, date_arrete, caducite_mois)
    caduc = pl.col("etat").is_in(VIVANTS) & (pl.col("caduc_le") <= date_arrete)
    return (
        mandats.select("rum", "siren", "debut")
        .join(derniers, on="rum", how="left")
        .with_columns(pl.col("etat").fill_null(BROUILLON), pl.coalesce("depuis", "debut"))
        .join(presences, on="rum", how="left")
        .with_columns(
            pl.when(caduc).then(pl.lit(CADUC)).otherwise("etat").alias("etat"),
            pl.when(caduc).then("caduc_le").otherwise("depuis").alias("depuis"),
            pl.when(caduc)
            .then(pl.lit(f"{caducite_mois} mois sans prélèvement"))
            .otherwise("motif")
            .alias("motif"),
        )
        .select("rum", "siren", "etat", "depuis", "motif")
        .sort("rum")
    )


def compute_account_changes(
    debiteurs: pl.DataFrame,
    evenements: pl.DataFrame,
    prelevements: pl.DataFrame,
    date_arrete: date,
) -> pl.DataFrame:
    """Mandates (column rum) whose account is no more the one that the debtor's bank knows.

    That is the account of the last debit that was not refused, else of the first that was
    presented: a change that a refused debit announced is announced again. `debiteurs`: rum, compte,
    compte_debite. A debit older than pseudonyms is compared by `compte` and by the events.
    """
    changes = evenements.filter(
        (pl.col("evenement") == CHANGEMENT_COMPTE) & (pl.col("date") <= date_arrete)
    )
    annonces = changes.group_by("rum").agg(pl.col("date").max().alias("annonce"))
    meme = pl.col("compte_debite") == pl.col("connu_debite")
    autre = (pl.col("compte") != pl.col("connu")) | (pl.col("annonce") > pl.col("date_emission"))
    return (
        _known_accounts(prelevements)
        .join(debiteurs, on="rum")
        .join(annonces, on="rum", how="left")
        .filter(pl.coalesce(~meme, autre.fill_null(value=False)))
        .select("rum")
        .sort("rum")
    )


def _known_accounts(prelevements: pl.DataFrame) -> pl.DataFrame:
    """Account by which the debtor's bank knows each mandate, since when it was debited."""
    accepte = pl.col("etat") != REJETE
    compte = pl.struct(connu="compte", connu_debite="compte_debite", date_emission="date_emission")
    return (
        prelevements.filter(pl.col("etat") != A_REMETTRE)
        .sort("date_emission", "prelevement")
        .group_by("rum", maintain_order=True)
        # Without any accepted debit the last one is null: the first holds.
        .agg(pl.coalesce(compte.filter(accepte).last(), compte.first()).alias("connu"))
        .unnest("connu")
    )


def _last_states(evenements: pl.DataFrame) -> pl.DataFrame:
    """State that the last event leaves, since when and why; a cancellation is the last word."""
    etat = pl.col("evenement").replace_strict(ETATS, default=None, return_dtype=pl.String)
    suites = evenements.with_columns(etat.alias("etat")).drop_nulls("etat")
    annule = pl.col("etat") == ANNULE
    apres = annule.cast(pl.Int8).cum_max().over("rum") == 1
    retenus = suites.filter(annule | ~apres)
    premiere = (pl.col("etat") != pl.col("etat").shift(1)).over("rum").fill_null(value=True)
    return (
        retenus.filter(premiere)
        .group_by("rum", maintain_order=True)
        .agg(
            pl.col("etat").last(),
            pl.col("date").last().alias("depuis"),
            pl.col("motif").last(),
        )
    )


def _last_collections(
    mandats: pl.DataFrame,
    evenements: pl.DataFrame,
    prelevements: pl.DataFrame,
    date_arrete: date,
    caducite_mois: int,
) -> pl.DataFrame:
    """Day when each mandate lapses if nothing more is collected: rum, caduc_le."""
    preuves = pl.concat(
        [
            mandats.select("rum", jour="date_signature").drop_nulls(),
            evenements.filter(pl.col("evenement").is_in([SIGNATURE, ACTIVATION])).select(
                "rum", jour="date"
            ),
            prelevements.select("rum", jour="date_echeance"),
        ]
    ).filter(pl.col("jour") <= date_arrete)
    return preuves.group_by("rum").agg(
        pl.col("jour").max().dt.offset_by(f"{caducite_mois}mo").alias("caduc_le")
    )


def _worded(code: str, libelle: str) -> str:
    return f"{code} : {libelle}" if code else libelle
