"""The state of a debit, or of a transfer, from what the bank said of it, reversals undone.

EMIS, then REGLE when its money came; REJETE when the debtor's side refused or returned it;
A_REMETTRE when the fund, its file or a system is the cause: the company owes nothing more for it,
and its calls are handed over again.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from parsers.banque.mouvements import PRELEVEMENT, REJET, RETOUR
from pipelines.reglements.regles.identifiants import batch_identifier
from specs.banque import read_motif
from specs.contrats import codes_of

EMIS, REGLE, REJETE, A_REMETTRE = codes_of(
    "prelevements", "etat", "EMIS", "REGLE", "REJETE", "A_REMETTRE"
)
REFUSES = (REJETE, A_REMETTRE)
PAYE, REJE, RETO = codes_of("reglements", "etat", "PAYE", "REJE", "RETO")
VIREMENT, REVENU = codes_of("decaissements", "nature", "VIREMENT", "RETOUR")
VUS = {VIREMENT: PRELEVEMENT, REVENU: RETOUR}
ETATS_REGLEMENT = {REGLE: PAYE, RETOUR: RETO, REJET: REJE}
MOUVEMENT = ("nature", "extourne", "date_operation", "code_motif")
REFUS = ("refus_le", "refus_code", "collectif")


def compute_etats_prelevements(
    prelevements: pl.DataFrame, encaissements: pl.DataFrame, ecartes: pl.DataFrame
) -> pl.DataFrame:
    """`prelevements` (contract) with etat, code_motif and date_etat as the bank leaves them.

    `encaissements`, `ecartes`: contracts `encaissements` and `mouvements_ecartes`.
    """
    ordres = prelevements.select("remise", ordre="prelevement", lot=batch_identifier())
    mouvements = encaissements.filter(pl.col("prelevement").is_not_null()).select(
        *MOUVEMENT, ordre="prelevement", mouvement="encaissement"
    )
    dits = (
        prelevements.drop("etat", "code_motif", "date_etat")
        .join(
            read_last_words(ordres, mouvements, ecartes),
            left_on="prelevement",
            right_on="ordre",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("collectif").fill_null(value=False))
    )
    mots = dits.select("mot", "code_motif", "date_etat", "collectif").iter_rows()
    etats = pl.Series("etat", [_state(*mot) for mot in mots], pl.String)
    return dits.with_columns(etats).select(prelevements.columns)


def compute_etats_reglements(
    reglements: pl.DataFrame, decaissements: pl.DataFrame, ecartes: pl.DataFrame
) -> pl.DataFrame:
    """`reglements` (contract) with etat, motif, a_remettre and date_etat as the bank leaves them.

    `decaissements`, `ecartes`: contracts `decaissements` and `mouvements_ecartes`.
    """
    mouvements = decaissements.with_columns(
        pl.col("nature").replace_strict(VUS, return_dtype=pl.String)
    ).select(*MOUVEMENT, ordre="reglement", mouvement="decaissement")
    ordres = reglements.select("lot", "remise", ordre="reglement")
    return (
        reglements.drop("etat", "motif", "a_remettre", "date_etat")
        .join(
            read_last_words(ordres, mouvements, ecartes),
            left_on="reglement",
            right_on="ordre",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.col("mot").replace_strict(ETATS_REGLEMENT, default=EMIS).alias("etat"),
            pl.col("collectif").fill_null(value=False).alias("a_remettre"),
            pl.col("code_motif").alias("motif"),
        )
        .select(reglements.columns)
    )


def read_last_words(
    ordres: pl.DataFrame, mouvements: pl.DataFrame, ecartes: pl.DataFrame
) -> pl.DataFrame:
    """What the bank said last of each order of ours: ordre (key), mot, code_motif, date_etat.

    A return that stands wins over a settlement; a refusal without money holds unless a movement
    came since. `collectif`: its whole batch or file was refused.

    Args:
        ordres: ordre, lot, remise.
        mouvements: ordre, mouvement and MOUVEMENT, of nature PRELEVEMENT (settled) or RETOUR.
        ecartes: contract `mouvements_ecartes`.
    """
    retourne = pl.col("retours") > 0
    regle = (pl.col("reglements") > 0) | pl.col("annule_le").is_not_null()
    refuse = pl.col("refus_le").is_not_null()
    credite_le = pl.max_horizontal("regle_le", "annule_le")
    dernier_mot = (
        pl.when(retourne)
        .then(pl.lit(RETOUR))
        .when(regle & (~refuse | (credite_le >= pl.col("refus_le"))))
        .then(pl.lit(REGLE))
        .when(refuse)
        .then(pl.lit(REJET))
    )
    return (
        ordres.select("ordre")
        .join(_moved(mouvements), on="ordre", how="left")
        .join(_refused(ordres, ecartes), on="ordre", how="left")
        .with_columns(dernier_mot.alias("mot"))
        .with_columns(*_last_word())
        .select("ordre", "mot", "code_motif", "date_etat", "collectif")
    )


def _moved(mouvements: pl.DataFrame) -> pl.DataFrame:
    """What moved on each order (key), reversals counted against what they undo.

    Columns reglements and retours (how many stand), their last days and the code of the return.
    """
    nature, annule = pl.col("nature"), pl.col("extourne").fill_null(value=False)
    poids = pl.when(annule).then(-1).otherwise(1)
    jour = pl.col("date_operation")
    return (
        mouvements.filter(nature.is_in([PRELEVEMENT, RETOUR]))
        .sort("date_operation", "mouvement")
        .group_by("ordre", maintain_order=True)
        .agg(
            poids.filter(nature == PRELEVEMENT).sum().alias("reglements"),
            poids.filter(nature == RETOUR).sum().alias("retours"),
            jour.filter((nature == PRELEVEMENT) & ~annule).max().alias("regle_le"),
            jour.filter((nature == RETOUR) & annule).max().alias("annule_le"),
            jour.filter((nature == RETOUR) & ~annule).max().alias("retour_le"),
            pl.col("code_motif").filter((nature == RETOUR) & ~annule).last().alias("retour_code"),
        )
    )


def _refused(ordres: pl.DataFrame, ecartes: pl.DataFrame) -> pl.DataFrame:
    """Orders refused before any money moved, one by one or with all of their batch or file.

    What is said of the order itself wins: a file may be refused whole because of one of them.
    """
    refus = ecartes.filter(pl.col("motif") == REJET).select(
        "origine", "depot", "rang", refus_le="date_operation", refus_code="code_motif"
    )
    portees = (("ordre", False), ("lot", True), ("remise", True))
    noms = pl.concat(
        ordres.select("ordre", origine=pl.col(nom), collectif=pl.lit(collectif))
        for nom, collectif in portees
    )
    return (
        noms.join(refus, on="origine")
        .sort(~pl.col("collectif"), "refus_le", "depot", "rang")
        .group_by("ordre", maintain_order=True)
        .agg(pl.col(REFUS).last())
    )


def _last_word() -> list[pl.Expr]:
    """Reason and day of what was said last of a debit."""
    mot = pl.col("mot")
    return [
        pl.when(mot == RETOUR)
        .then("retour_code")
        .when(mot == REJET)
        .then("refus_code")
        .alias("code_motif"),
        pl.when(mot == RETOUR)
        .then("retour_le")
        .when(mot == REGLE)
        .then(pl.coalesce("regle_le", "annule_le"))
        .when(mot == REJET)
        .then("refus_le")
        .alias("date_etat"),
        (pl.col("collectif") & (mot == REJET)).fill_null(value=False).alias("collectif"),
    ]


def _state(mot: str | None, code: str | None, jour: date | None, collectif: bool) -> str:
    """The state that the last word gives: whose fault a refusal is says which."""
    if mot is None or jour is None:
        return EMIS
    if mot == REGLE:
        return REGLE
    return A_REMETTRE if read_motif(code or "", jour, collectif=collectif).remet else REJETE
