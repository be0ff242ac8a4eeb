"""What the ledger must say: the lines of every piece, from scratch, debits positive.

Each rule gives both sides of its pieces. Columns of SCHEMA; a piece is known by its journal and its
origin, whatever the number of times that it is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from pipelines.comptabilite.regles.chronologie import Histoire
from pipelines.comptabilite.regles.creances import credits_by_centre
from pipelines.comptabilite.regles.credits import AVOIR, DU, REGLEMENT, REMISE, with_domicile
from pipelines.comptabilite.regles.dus import compute_dus
from pipelines.comptabilite.regles.faits import Faits
from pipelines.comptabilite.regles.retours import (
    RETOUR,
    match_returned_transfers,
    with_known_debit,
)
from specs.contrats import codes_of
from specs.plan_comptable import read_plan_comptable

APPEL, BANQUE, FRAIS, PRELEVEMENT, REPRIS, MAJORATION = codes_of(
    "ecritures", "journal", "APPEL", "BANQUE", "FRAIS", "PRELEVEMENT", "RETOUR", "MAJORATION"
)
SCHEMA = pl.Schema(
    {
        "journal": pl.String,
        "origine": pl.String,
        "siren": pl.String,
        "cdg": pl.String,
        "compte": pl.String,
        "appel": pl.String,
        "cotisation": pl.String,
        "date_valeur": pl.Date,
        "montant_centimes": pl.Int64,
    }
)
PIECE = ["journal", "origine", "siren", "date_valeur"]


def compute_pieces(
    faits: Faits, rejets: pl.DataFrame, histoire: Histoire, date_arrete: date
) -> pl.DataFrame:
    """Lines of every piece as of `date_arrete` (SCHEMA); the lines of a piece add up to zero."""
    sources = (
        _calls(faits),
        _bank(faits),
        _charges(faits),
        _transfers(faits, histoire),
        _returned_transfers(faits),
        _debits(faits),
        _refused_debits(faits, rejets),
        _increases(histoire, date_arrete),
        _decided(histoire, REMISE, read_plan_comptable().remises),
        _decided(histoire, AVOIR, read_plan_comptable().avoirs),
        *_set_off(faits, histoire),
        compute_dus(faits),
    )
    return pl.concat([s.match_to_schema(SCHEMA, missing_columns="insert") for s in sources])


def _balanced(lignes: pl.DataFrame, compte: str) -> pl.DataFrame:
    """These lines of the members' account, and their counterpart on `compte`, one a piece."""
    contrepartie = lignes.group_by(PIECE, maintain_order=True).agg(
        (-pl.col("montant_centimes").sum()).alias("montant_centimes"),
        pl.lit(compte).alias("compte"),
    )
    adherents = lignes.with_columns(pl.lit(read_plan_comptable().adherents).alias("compte"))
    return pl.concat([adherents, contrepartie], how="diagonal")


def _calls(faits: Faits) -> pl.DataFrame:
    """`APPEL`: the members owe, one account a contribution earns."""
    plan = read_plan_comptable()
    compte = pl.col("cotisation").replace_strict(plan.cotisations, default=plan.attente)
    lignes = faits.lignes_appel.join(
        faits.appels.select("appel", "date_exigibilite"), on="appel"
    ).select(
        pl.lit(APPEL).alias("journal"), pl.col("appel").alias("origine"), "siren", "cdg", "appel",
        "cotisation", pl.col("date_exigibilite").alias("date_valeur"), "montant_centimes",
    )  # fmt: skip
    produits = lignes.with_columns(compte.alias("compte"), -pl.col("montant_centimes"))
    du = lignes.drop("cotisation").with_columns(pl.lit(plan.adherents).alias("compte"))
    return pl.concat([du, produits], how="diagonal")


def _movement(journal: pl.Expr) -> list[pl.Expr]:
    """Columns of a piece that a movement of the bank makes."""
    return [journal.alias("journal"), pl.col("encaissement").alias("origine"),
            pl.col("siren"), pl.col("date_valeur")]  # fmt: skip


def _bank(faits: Faits) -> pl.DataFrame:
    """`BANQUE`: the bank settles a debit that the fund issued."""
    plan = read_plan_comptable()
    mouvements = with_known_debit(faits).filter(pl.col("connu") & (pl.col("nature") != RETOUR))
    montant = pl.col("montant_centimes")
    return pl.concat(
        mouvements.select(*_movement(pl.lit(BANQUE)), pl.lit(compte).alias("compte"), sens)
        for compte, sens in ((plan.banque, montant), (plan.prelevements_emis, -montant))
    )


def _charges(faits: Faits) -> pl.DataFrame:
    """`FRAIS`: what a bank kept of a movement, whoever it is for, is borne by the fund."""
    plan = read_plan_comptable()
    frais = pl.col("frais_centimes").fill_null(0)
    retenus = faits.encaissements.filter(frais != 0)
    journal = pl.lit(FRAIS)
    return pl.concat(
        retenus.select(*_movement(journal), pl.lit(compte).alias("compte"), montant_centimes=sens)
        for compte, sens in ((plan.frais_bancaires, frais), (plan.banque, -frais))
    )


def _transfers(faits: Faits, histoire: Histoire) -> pl.DataFrame:
    """`BANQUE` or `RETOUR`: a transfer, on the centres that it pays or in which it waits."""
    journal = pl.when(pl.col("nature") == RETOUR).then(pl.lit(REPRIS)).otherwise(pl.lit(BANQUE))
    parts = (
        credits_by_centre(histoire)
        .filter(pl.col("nature") == REGLEMENT)
        .select(
            "cdg",
            encaissement="origine",
            montant_centimes=-(pl.col("impute_centimes") + pl.col("reste_centimes")),
        )
    )
    lignes = (
        faits.encaissements.drop("cdg", "montant_centimes")
        .join(parts, on="encaissement")
        .select(*_movement(journal), "cdg", "montant_centimes")
    )
    return _balanced(lignes, read_plan_comptable().banque)


def _returned_transfers(faits: Faits) -> pl.DataFrame:
    """`BANQUE` then `RETOUR`: a transfer taken back, both in the centre that it came for."""
    paires = match_returned_transfers(faits).drop_nulls()
    centres = with_domicile(
        faits.encaissements.select("encaissement", "siren", "appel", "cdg", "groupe"), faits
    )
    lieux = paires.join(centres, left_on="virement", right_on="encaissement")
    mouvements = faits.encaissements.drop("cdg")
    lignes = [
        lieux.select(encaissement=nom, cdg="domicile")
        .join(mouvements, on="encaissement")
        .select(*_movement(pl.lit(journal)), "cdg", -pl.col("montant_centimes"))
        for nom, journal in (("virement", BANQUE), ("retour", REPRIS))
    ]
    return _balanced(pl.concat(lignes), read_plan_comptable().banque)


def _debit_lines(faits: Faits, journal: str) -> pl.DataFrame:
    """Calls of each debit, as credits of the members."""
    return (
        faits.prelevements_appels.join(faits.appels.select("appel", "cdg"), on="appel")
        .join(faits.prelevements.select("prelevement", "date_echeance"), on="prelevement")
        .select(
            pl.lit(journal).alias("journal"), pl.col("prelevement").alias("origine"), "siren",
            "cdg", "appel", pl.col("date_echeance").alias("date_valeur"),
            -pl.col("montant_centimes"),
        )
    )  # fmt: skip


def _debits(faits: Faits) -> pl.DataFrame:
    """`PRELEVEMENT`: issued debits pay the calls and wait for the bank."""
    return _balanced(_debit_lines(faits, PRELEVEMENT), read_plan_comptable().prelevements_emis)


def _refused_debits(faits: Faits, rejets: pl.DataFrame) -> pl.DataFrame:
    """`RETOUR`: the members owe again what the bank took back, or never settled.

    What the bank takes back beyond the debit, and did not tell as charges, waits for an operator.
    """
    plan = read_plan_comptable()
    dues = (
        _debit_lines(faits, REPRIS)
        .join(rejets.rename({"prelevement": "origine"}), on="origine")
        .with_columns(-pl.col("montant_centimes"), pl.col("date_rejet").alias("date_valeur"))
    )
    total = pl.col("montant_centimes").sum()
    pieces = dues.group_by(PIECE, maintain_order=True).agg(
        total.alias("du"), pl.col("rendu_centimes").first()
    )
    rendu = pl.col("rendu_centimes").fill_null(-pl.col("du"))
    jamais_regle = pl.col("rendu_centimes").is_null()
    banque = (
        pl.when(jamais_regle).then(pl.lit(plan.prelevements_emis)).otherwise(pl.lit(plan.banque))
    )
    return pl.concat(
        [
            dues.drop("date_rejet", "rendu_centimes", "a_remettre").with_columns(
                pl.lit(plan.adherents).alias("compte")
            ),
            pieces.select(*PIECE, banque.alias("compte"), rendu.alias("montant_centimes")),
            pieces.select(
                *PIECE,
                pl.lit(plan.attente).alias("compte"),
                (-rendu - pl.col("du")).alias("montant_centimes"),
            ),
        ],
        how="diagonal",
    )


def _increases(histoire: Histoire, date_arrete: date) -> pl.DataFrame:
    """`MAJORATION`: late increases as they stand, before remissions."""
    lignes = histoire.dettes.select(
        pl.lit(MAJORATION).alias("journal"), pl.col("appel").alias("origine"), "siren", "cdg",
        "appel", pl.lit(date_arrete).alias("date_valeur"),
        pl.col("majorations_brutes").alias("montant_centimes"),
    )  # fmt: skip
    return _balanced(lignes, read_plan_comptable().majorations)


def _decided(histoire: Histoire, nature: str, compte: str) -> pl.DataFrame:
    """`REMISE`: late increases given up; `AVOIR`, `DU`: a free credit, allocated or not."""
    montant = pl.col("impute_centimes")
    if nature != REMISE:
        montant = montant + pl.col("reste_centimes")
    decisions = histoire.credits.select("origine", "nature", "siren", "date_valeur")
    lignes = (
        credits_by_centre(histoire)
        .filter(pl.col("nature") == nature)
        .join(decisions, on=["origine", "nature"])
        .select(
            pl.lit(nature).alias("journal"), "origine", "siren", "cdg", "date_valeur",
            (-montant).alias("montant_centimes"),
        )
    )  # fmt: skip
    return _balanced(lignes, compte)


def _set_off(faits: Faits, histoire: Histoire) -> Iterator[pl.DataFrame]:
    """`DU`: what the fund owes, put on the account of the members instead of being paid."""
    natures = faits.dus.select("nature", origine="du")
    for nature, comptes in read_plan_comptable().dus.items():
        siens = natures.filter(pl.col("nature") == nature)["origine"]
        lignes = _decided(histoire, DU, comptes.charge)
        yield lignes.filter(pl.col("origine").is_in(siens.implode()))
