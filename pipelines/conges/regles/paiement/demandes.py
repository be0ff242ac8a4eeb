"""Which version of each request is in force: new lines, changes, cancellations.

Source: exchange.md, `ACTION`, D114; choices L-38, X-04, X-12.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.conges.regles.paiement.controles import tell
from pipelines.conges.regles.paiement.jours import DEMANDE
from specs.contrats import codes_of

RECUE, ACCEPTEE, REFUSEE, EN_ATTENTE, PAYEE, SOLDEE, ANNULEE = codes_of(
    "demandes_conges", "etat",
    "RECUE", "ACCEPTEE", "REFUSEE", "EN_ATTENTE", "PAYEE", "SOLDEE", "ANNULEE",
)  # fmt: skip
NOUVELLE, MODIFIEE, RETIREE = "N", "M", "A"  # ACTION
OUVERTES, PAYEES = [RECUE, ACCEPTEE, EN_ATTENTE], [PAYEE, SOLDEE]
PLACE = ["depot", "rang"]
LUES = pl.Schema(
    {
        "siren": pl.String, "demande": pl.String, "depot": pl.String, "rang": pl.Int64,
        "recue_le": pl.String, "recu_jour": pl.Date, "action": pl.String, "salarie": pl.String,
        "matricule": pl.String, "exercice": pl.Int64, "nature": pl.String, "debut": pl.Date,
        "reprise": pl.Date, "isole": pl.Boolean, "departement": pl.String,
        "salaire_centimes": pl.Int64, "jours_demandes": pl.Int64,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Versions:
    """The requests as they stand tonight.

    `tenues`: LUES in force with `etat` (as published, RECUE for a new version); `retirees`: LUES
    by which their company cancels tonight; `motifs`: MOTIFS of the lines that can't be taken, with
    PLACE.
    """

    tenues: pl.DataFrame
    retirees: pl.DataFrame
    motifs: pl.DataFrame


def compute_versions(lues: pl.DataFrame, publiees: pl.DataFrame) -> Versions:
    """From LUES (the lines in force of every file) and `demandes_conges` as published.

    A request that was paid stays as it is. A line refused when it was judged takes no reference;
    one whose file was replaced or cancelled neither.
    """
    la = lues.select(*DEMANDE, *PLACE).with_columns(la=pl.lit(value=True))
    avant = (
        publiees.select(*DEMANDE, *PLACE, "recue_le", "etat")
        .join(la, on=[*DEMANDE, *PLACE], how="left")
        .with_columns(
            # What its file alone withdrew takes no reference: it may come again.
            ferme=pl.col("etat").is_in(PAYEES)
            | ((pl.col("etat") == ANNULEE) & pl.col("la").fill_null(value=False)),
            ouvert=pl.col("etat").is_in(OUVERTES),
        )
    )
    en_vigueur = avant.filter("la").drop("la")
    # One that its company cancelled is both: its line stands, and closes it.
    connues = pl.concat([en_vigueur, avant.filter("ferme").drop("la")]).unique(DEMANDE)
    nouvelles = (
        _later(lues, connues)
        .sort(*DEMANDE, "recue_le", *PLACE)
        .join(
            connues.select(*DEMANDE, "ferme", "ouvert"),
            on=DEMANDE,
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("ferme", "ouvert").fill_null(value=False))
    )
    jugees = _judge_actions(nouvelles)
    dernieres = jugees.filter("valable").unique(DEMANDE, keep="last", maintain_order=True)
    tenues = en_vigueur.filter(pl.col("etat") != ANNULEE)
    gardees = (
        lues.join(tenues.select(*DEMANDE, *PLACE, "etat"), on=[*DEMANDE, *PLACE])
        .join(dernieres, on=DEMANDE, how="anti")
    )  # fmt: skip
    versions = dernieres.filter(pl.col("action") != RETIREE).select(
        LUES.names(), etat=pl.lit(RECUE)
    )
    return Versions(
        pl.concat([gardees.select(*LUES.names(), "etat"), versions]).sort(DEMANDE),
        dernieres.filter(pl.col("action") == RETIREE).select(LUES.names()),
        _tell_refused(jugees),
    )


def _later(lues: pl.DataFrame, avant: pl.DataFrame) -> pl.DataFrame:
    """Lines received after the published one of their request, when that one still stands."""
    dits = avant.select(*DEMANDE, vue="recue_le", depot_vu="depot", rang_vu="rang")
    vue = ("vue", "depot_vu", "rang_vu")
    apres, egal = pl.lit(value=False), pl.lit(value=True)
    for nom, deja in zip(("recue_le", *PLACE), vue, strict=True):
        apres = apres | (egal & (pl.col(nom) > pl.col(deja)))
        egal = egal & (pl.col(nom) == pl.col(deja))
    return (
        lues.join(dits, on=DEMANDE, how="left", maintain_order="left")
        .filter(pl.col("vue").is_null() | apres)
        .drop(vue)
    )


def _judge_actions(nouvelles: pl.DataFrame) -> pl.DataFrame:
    """With `valable`: a first N, or a change of what is known, open, and not cancelled before."""
    creee = pl.col("action") == NOUVELLE
    deja = (creee.cast(pl.Int64).cum_sum() - creee.cast(pl.Int64)).over(DEMANDE) > 0
    connue = pl.col("ouvert") | deja
    retire = (pl.col("action") == RETIREE) & connue
    retiree = (retire.cast(pl.Int64).cum_sum() - retire.cast(pl.Int64)).over(DEMANDE) > 0
    libre = ~pl.col("ferme") & ~retiree
    return nouvelles.with_columns(
        creee=creee, valable=libre & pl.when(creee).then(~connue).otherwise(connue)
    )


def _tell_refused(jugees: pl.DataFrame) -> pl.DataFrame:
    """D114 of the changes that change nothing; a second N is told with the keys of the file."""
    refusees = jugees.filter(~pl.col("valable"), ~pl.col("creee"))
    return pl.concat([tell(refusees, "D114"), refusees.select(PLACE)], how="horizontal")
