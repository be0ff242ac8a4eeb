"""The wage returns (TDP): which one counts for an establishment and month, which bases it brings.

The last one received counts; a usable DSN of the month always wins, whenever it comes, and the call
is then corrected by difference (C-08). Sources: X-05, X-10; exchange.md 6.2 (TD-001, TD-004); F15.
"""

from __future__ import annotations

import polars as pl

from pipelines.declarations.regles.statuts import (
    EN_ATTENTE,
    HORS_DATES,
    RETENUE,
    is_usable,
    take_open_months,
)
from pipelines.echanges.regles.lignes import (
    EN_SUSPENS,
    RESERVEE,
    SCHEMA_CONSTATS,
    compose_constats,
)
from pipelines.registre import valid_on
from specs.contrats import codes_of, computed_schema

(TDP,) = codes_of("bases", "source", "TDP")
REMPLACEE, ECARTEE = codes_of("releves_tdp", "statut", "REMPLACEE", "ECARTEE")
DSN_EXPLOITABLE, INCONNU = "TD-001", "TD-004"
COLONNES = computed_schema("bases")
MOIS_DE_LA_BASE = ["siret", "mois_appel"]


def compute_releves(
    releves: pl.DataFrame,
    bases: pl.DataFrame,
    declarations: pl.DataFrame,
    etablissements: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contract `releves_tdp` but `part`, and the bases (COLONNES) of those that count or wait.

    `releves`: the same contract, without cdg, statut and motif; `bases`: contract `bases_tdp`;
    `declarations`: contract `declarations`; `etablissements`: siret, cdg, debut, fin. A return of
    an unknown establishment waits (TD-004), as does what is of a month that its dates do not hold
    (CP-11).
    """
    situes = _ranged(releves, declarations, etablissements).rename({"rang": "rang_declaration"})
    portees = situes.filter(pl.col("statut").is_in([RETENUE, EN_ATTENTE]))
    brutes = bases.rename({"releve": "rang_declaration"}).join(
        portees.select("depot", "rang_declaration", "cdg", "statut", "motif"),
        on=["depot", "rang_declaration"],
        maintain_order="left",
    )
    sourcees = as_bases(brutes.with_columns(source=pl.lit(TDP)))
    suivis, retenues = take_open_months(situes, sourcees, etablissements)
    return suivis.rename({"rang_declaration": "rang"}), retenues


def _ranged(
    releves: pl.DataFrame, declarations: pl.DataFrame, etablissements: pl.DataFrame
) -> pl.DataFrame:
    """Each return with `cdg`, and what becomes of it before its bases are looked at."""
    usables = find_usable(declarations).with_columns(declaree=True)
    derniere = pl.col("depot") == pl.col("depot").last().over(MOIS_DE_LA_BASE)
    causes = {
        REMPLACEE: ~derniere,
        INCONNU: pl.col("cdg").is_null(),
        DSN_EXPLOITABLE: pl.col("declaree"),
        HORS_DATES: ~valid_on(pl.col("mois_appel")),
    }
    cause = pl.coalesce(pl.when(vraie).then(pl.lit(nom)) for nom, vraie in causes.items())
    statuts = {REMPLACEE: REMPLACEE, DSN_EXPLOITABLE: ECARTEE}
    statuts |= dict.fromkeys((INCONNU, HORS_DATES), EN_ATTENTE)
    return (
        releves.sort("recu_le", "depot", "rang")
        .join(etablissements.select("siret", "cdg", "debut", "fin"), on="siret", how="left")
        .join(usables.drop("depot_dsn"), on=MOIS_DE_LA_BASE, how="left", maintain_order="left")
        .with_columns(cause.alias("motif"))
        .with_columns(pl.col("motif").replace(statuts).fill_null(RETENUE).alias("statut"))
        .with_columns(pl.when(pl.col("motif") != REMPLACEE).then("motif"))
        .drop("debut", "fin", "declaree")
        .sort("depot", "rang")
    )


def find_usable(declarations: pl.DataFrame) -> pl.DataFrame:
    """Months of which a usable DSN counts, with its deposit: siret, mois_appel, depot_dsn."""
    usables = declarations.filter(is_usable(), pl.col("mois_appel").is_not_null())
    return usables.group_by(MOIS_DE_LA_BASE).agg(depot_dsn=pl.col("depot").max())


def compute_constats(
    releves: pl.DataFrame, bases: pl.DataFrame, declarations: pl.DataFrame
) -> pl.DataFrame:
    """What is said of each return (SCHEMA_CONSTATS), from what `compute_releves` made of it."""
    place = ["siren", "depot", "rang"]
    ecartes = releves.filter(pl.col("statut") == ECARTEE).drop("depot_dsn")
    ecartes = ecartes.join(find_usable(declarations), on=MOIS_DE_LA_BASE, maintain_order="left")
    attendent = releves.filter(pl.col("statut") == EN_ATTENTE)
    retenue = bases.filter(pl.col("motif") == HORS_DATES).select("depot", rang="rang_declaration")
    partiels = releves.filter(pl.col("statut") == RETENUE).join(
        retenue.unique(), on=["depot", "rang"], how="semi"
    )
    dits = [
        compose_constats(ecartes.select(*place, code="motif", valeur="depot_dsn"), RESERVEE),
        compose_constats(attendent.select(*place, code="motif", valeur="siret"), EN_SUSPENS),
        compose_constats(
            partiels.select(*place, code=pl.lit(HORS_DATES), valeur="siret"), RESERVEE
        ),
    ]
    return pl.concat([SCHEMA_CONSTATS.to_frame(), *dits]).sort("depot", "rang")


def as_bases(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of the contract `bases` but `part`; what the frame does not say is null."""
    return frame.select(
        pl.col(nom) if nom in frame.columns else pl.lit(None, type_).alias(nom)
        for nom, type_ in COLONNES.items()
    )
