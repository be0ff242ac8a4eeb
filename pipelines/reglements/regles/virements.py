"""The transfers to hand over at a date: what is due and open, balanced by account, and what waits.

Amounts of one nature, beneficiary and account (or of one `reunion`) are paid by one transfer when
their balance is positive; else they wait for the next (I-41). An order once handed over never
changes: what comes back is paid by another (L-42). What can't be paid is held, with its reason.
Source: decisions I-40 to I-42, L-21, L-42 to L-44, L-47, L-52; exchange section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.dus import VIREMENT, is_heritier
from pipelines.reglements.regles.comptes_credites import choose_comptes
from pipelines.reglements.regles.echecs import Parametres, compute_echecs
from pipelines.reglements.regles.identifiants import transfer_batch, transfer_identifier
from specs.banque.target import JOUR, add_business_days, next_business_day
from specs.contrats import codes_of, computed_columns

EMIS, PAYE = codes_of("reglements", "etat", "EMIS", "PAYE")
(SANS_COMPTE, PAS_A_JOUR, A_CONFIRMER, COMPTE_REFUSE, REFUSE, DOUBLE, INSCRIPTION, MONTANT) = (
    codes_of(
        "reglements_retenus", "raison",
        "SANS_COMPTE", "PAS_A_JOUR", "A_CONFIRMER", "COMPTE_REFUSE", "REFUSE", "DOUBLE",
        "INSCRIPTION", "MONTANT",
    )
)  # fmt: skip
MAXIMUM_CENTIMES = 99_999_999_999  # SEPA: less than 1 000 000 000.00
CAUSES = {
    SANS_COMPTE: "marquer un compte « remboursements » au registre, ou donner un mandat au centre",
    PAS_A_JOUR: "elle part la nuit où l'entreprise est à jour",
    A_CONFIRMER: "confirmer le titulaire (caisse decider titulaire-confirme)",
    COMPTE_REFUSE: "donner un autre compte, ou le dire valable depuis un jour postérieur au refus",
    REFUSE: "voir le motif avec la banque, puis dire le compte valable depuis un jour postérieur",
    DOUBLE: "rien : elle repart d'elle-même si le débit n'est pas venu",
    MONTANT: "la payer en plusieurs fois, par une autre voie",
}
CLE = ["nature", "siren", "salarie", "cle_paiement"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What the transfers of a shard depend on.

    `dus`: columns of `pipelines.dus`; `reglements` (in their present state), `reglements_dus`:
    contracts; `a_jour`: siren, a_jour; `comptes`: COMPTES of `comptes_credites`.
    """

    dus: pl.DataFrame
    reglements: pl.DataFrame
    reglements_dus: pl.DataFrame
    a_jour: pl.DataFrame
    comptes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Paiements:
    """The new rows of the contracts of these names, but `part`; sorted by key."""

    reglements: pl.DataFrame
    reglements_dus: pl.DataFrame
    reglements_retenus: pl.DataFrame


def compute_paiements(
    situation: Situation, parametres: Parametres, remise: str, date_arrete: date
) -> Paiements:
    """Transfers to hand over at `date_arrete` in the file `remise`, and amounts held."""
    dus = _named(choose_comptes(_due(_open(situation), parametres, date_arrete), situation.comptes))
    lots = _balanced(dus).join(situation.a_jour, on="siren", how="left")
    echecs = compute_echecs(situation.reglements, parametres, date_arrete)
    paye = lots.with_columns(qui=pl.coalesce("salarie", "siren"))
    juges = paye.join(echecs, on=["qui", "compte_credite"], how="left").with_columns(
        raison=_reason(parametres)
    )
    retenue = pl.col("raison").is_not_null()
    reglements = _orders(juges.filter(~retenue), situation.reglements, remise, date_arrete)
    payes = dus.join(reglements.select("reglement", "cle_paiement"), on="cle_paiement")
    return Paiements(
        reglements,
        payes.select(computed_columns("reglements_dus")).sort("reglement", "du"),
        _held(juges.filter(retenue)),
    )


def _open(situation: Situation) -> pl.DataFrame:
    """Amounts to transfer that no living transfer pays; `qui` is paid."""
    vivants = situation.reglements.filter(pl.col("etat").is_in([EMIS, PAYE]))
    payes = situation.reglements_dus.join(vivants, on="reglement", how="semi")
    return (
        situation.dus.filter(pl.col("mode") == VIREMENT)
        .join(payes, on="du", how="anti")
        .with_columns(
            qui=pl.when(is_heritier(pl.col("du")))
            .then("reunion")
            .otherwise(pl.coalesce("salarie", "siren"))
        )
    )


def _due(dus: pl.DataFrame, parametres: Parametres, date_arrete: date) -> pl.DataFrame:
    """Those that leave tonight, with `date_execution`: the last night that can hold their day."""
    au_plus_tot = add_business_days(date_arrete, parametres.delai_jours_ouvres)
    demain = add_business_days(date_arrete + JOUR, parametres.delai_jours_ouvres)
    partent = dus.filter(pl.col("execution").is_null() | (pl.col("execution") < demain))
    jours = [
        next_business_day(max(jour or au_plus_tot, au_plus_tot)) for jour in partent["execution"]
    ]
    return partent.with_columns(pl.Series("date_execution", jours, pl.Date))


def _named(dus: pl.DataFrame) -> pl.DataFrame:
    """With `cle_paiement`: what is paid together."""
    ensemble = pl.coalesce("reunion", "compte", "compte_credite", "cdg", pl.lit("-"))
    return dus.with_columns(cle_paiement=pl.format("{} {} {}", "nature", "qui", ensemble))


def _balanced(dus: pl.DataFrame) -> pl.DataFrame:
    """One row a transfer, of a positive balance."""
    compte = ("compte", "compte_credite", "debut", "cause", "attend")
    return (
        dus.sort("du")
        .group_by(CLE, maintain_order=True)
        .agg(
            pl.col("qui", "origine", *compte).first(),
            pl.col("reunion").is_not_null().first().alias("seule"),
            pl.col("si_a_jour").any(),
            pl.col("montant_centimes").sum(),
            pl.col("date_execution").max(),
        )
        .filter(pl.col("montant_centimes") > 0)
    )


def _reason(parametres: Parametres) -> pl.Expr:
    """Why an amount is held; null when it is paid."""
    # An account told valid since a day after the failure is another one.
    ancien = pl.col("debut") > pl.col("echoue_le")
    refuse = ~ancien.fill_null(value=False) & pl.col("echoue_le").is_not_null()
    trop = (pl.col("refus") > parametres.refus_maximum) | (
        pl.col("remises") > parametres.remises_maximum
    )
    raisons = (
        (pl.col("compte_credite").is_null(), SANS_COMPTE),
        (pl.col("si_a_jour") & ~pl.col("a_jour").fill_null(value=True), PAS_A_JOUR),
        (pl.col("attend"), A_CONFIRMER),
        (refuse & pl.col("compte_en_cause"), COMPTE_REFUSE),
        (refuse & trop, REFUSE),
        (refuse & pl.col("en_double"), DOUBLE),
        (pl.col("cause").is_not_null(), INSCRIPTION),
        (pl.col("montant_centimes") > MAXIMUM_CENTIMES, MONTANT),
    )
    return pl.coalesce(
        pl.when(condition.fill_null(value=False)).then(pl.lit(raison))
        for condition, raison in raisons
    )


def _held(retenus: pl.DataFrame) -> pl.DataFrame:
    quoi_faire = pl.col("raison").replace_strict(CAUSES, default=None, return_dtype=pl.String)
    return (
        retenus.with_columns(cause=pl.coalesce(quoi_faire, "cause"))
        .select(computed_columns("reglements_retenus"))
        .sort("cle_paiement")
    )


def _orders(
    lots: pl.DataFrame, publies: pl.DataFrame, remise: str, date_arrete: date
) -> pl.DataFrame:
    """Rows of `reglements`; the origin of what is balanced is the notice of the night (I-41)."""
    avis = pl.format("{}-{}-{}", "nature", "siren", pl.lit(f"{date_arrete:%y%m%d}"))
    nul = pl.lit(None, pl.String)
    return (
        transfer_identifier(lots.sort("cle_paiement"), publies, date_arrete)
        .with_columns(
            origine=pl.when("seule").then("origine").otherwise(avis),
            etat=pl.lit(EMIS),
            motif=nul,
            a_remettre=pl.lit(value=False),
            date_etat=pl.lit(None, pl.Date),
            bout_en_bout="reglement",
            remise=pl.lit(remise),
            date_emission=pl.lit(date_arrete),
        )
        .with_columns(lot=transfer_batch())
        .select(computed_columns("reglements"))
        .sort("reglement")
    )
