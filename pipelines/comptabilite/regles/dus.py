"""What the fund owes and pays, in the ledger: amounts due, transfers, what the bank says of them.

An amount due is booked the night that makes it; a transfer once its day of emission is past, as a
debit is. The account of what is to be paid clears to zero when the bank has paid, that of issued
transfers too. What comes back is to be paid again.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.comptabilite.regles.faits import Faits
from pipelines.dus import COMPENSATION
from specs.contrats import codes_of
from specs.plan_comptable import read_plan_comptable

DU, VIREMENT, DEBIT, RETOUR, FRAIS = codes_of(
    "ecritures", "journal", "DU", "VIREMENT", "DEBIT", "RETOUR", "FRAIS"
)
(REJE,) = codes_of("reglements", "etat", "REJE")
(REVENU,) = codes_of("decaissements", "nature", "RETOUR")
PIECE = ("journal", "origine", "siren", "date_valeur")


def is_booked(nature: pl.Expr) -> pl.Expr:
    """Whether amounts of this nature are booked with the accounts of the members."""
    return nature.is_in(sorted(read_plan_comptable().dus))


def compute_dus(faits: Faits) -> pl.DataFrame:
    """`DU`, `VIREMENT`, `DEBIT`, `RETOUR`, `FRAIS`: lines of their pieces, balanced.

    Columns of PIECE, compte, montant_centimes (debits positive). An amount that is set off is a
    credit of the members: `pieces` gives its lines.
    """
    return pl.concat([*_owed(faits), *_issued(faits), *_refused(faits), *_moved(faits)])


def _owed(faits: Faits) -> Iterator[pl.DataFrame]:
    dus = faits.dus.filter(is_booked(pl.col("nature")), pl.col("mode") != COMPENSATION)
    piece = dus.with_columns(
        journal=pl.lit(DU), origine=pl.col("du"), date_valeur=pl.col("date_arrete")
    )
    yield _side(piece, _account("charge"), pl.col("montant_centimes"))
    yield _side(piece, _account("a_payer"), -pl.col("montant_centimes"))


def _issued(faits: Faits) -> Iterator[pl.DataFrame]:
    piece = _transfers(faits).with_columns(
        journal=pl.lit(VIREMENT), date_valeur=pl.col("date_execution")
    )
    yield _side(piece, _account("a_payer"), pl.col("montant_centimes"))
    yield _side(piece, _issued_account(), -pl.col("montant_centimes"))


def _refused(faits: Faits) -> Iterator[pl.DataFrame]:
    """A transfer that the bank refused before any money moved is to be paid again."""
    piece = (
        _transfers(faits)
        .filter(pl.col("etat") == REJE)
        .with_columns(journal=pl.lit(RETOUR), date_valeur=pl.col("date_etat"))
    )
    yield _side(piece, _issued_account(), pl.col("montant_centimes"))
    yield _side(piece, _account("a_payer"), -pl.col("montant_centimes"))


def _moved(faits: Faits) -> Iterator[pl.DataFrame]:
    """What the bank paid, gave back or kept; amounts of its account, credits positive."""
    mouvements = faits.decaissements.join(
        _transfers(faits).select("reglement", nature_payee="nature"), on="reglement"
    ).with_columns(origine=pl.col("decaissement"))
    revenu = pl.col("nature") == REVENU
    piece = mouvements.with_columns(
        journal=pl.when(revenu).then(pl.lit(RETOUR)).otherwise(pl.lit(DEBIT)),
        contrepartie=pl.when(revenu)
        .then(_account("a_payer", "nature_payee"))
        .otherwise(_issued_account()),
    )
    banque = pl.lit(read_plan_comptable().banque)
    yield _side(piece, banque, pl.col("montant_centimes"))
    yield _side(piece, pl.col("contrepartie"), -pl.col("montant_centimes"))
    frais = mouvements.filter(pl.col("frais_centimes") != 0).with_columns(journal=pl.lit(FRAIS))
    yield _side(frais, pl.lit(read_plan_comptable().frais_bancaires), pl.col("frais_centimes"))
    yield _side(frais, banque, -pl.col("frais_centimes"))


def _transfers(faits: Faits) -> pl.DataFrame:
    """Transfers that are booked; their name is the origin of their pieces."""
    return faits.reglements.filter(is_booked(pl.col("nature"))).with_columns(
        origine=pl.col("reglement")
    )


def _account(role: str, nature: str = "nature") -> pl.Expr:
    comptes = {nom: getattr(du, role) for nom, du in read_plan_comptable().dus.items()}
    return pl.col(nature).replace_strict(comptes, return_dtype=pl.String)


def _issued_account() -> pl.Expr:
    return pl.lit(read_plan_comptable().virements_emis)


def _side(piece: pl.DataFrame, compte: pl.Expr, montant: pl.Expr) -> pl.DataFrame:
    return piece.select(*PIECE, compte.alias("compte"), montant.alias("montant_centimes"))
