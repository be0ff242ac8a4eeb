"""Which days count: what refuses a declaration, an employee's line, a day; what waits.

What was refused the first time stays so; a line that was accepted once gets its days back. Source:
intemperies section 7; choices I-26 to I-28, I-37.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.intemperies.regles.chevauchements import find_excess, find_neighbours, find_overlaps
from pipelines.intemperies.regles.declarations import (
    DECLARATION,
    JOUR,
    LIGNE,
    Declarations,
)
from pipelines.intemperies.regles.jours import ATTEND, REFUSE, Connu, check_jours
from pipelines.intemperies.regles.valeurs import INDEMNITE, read_valeur
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.periodes import Mois

ACCEPTEE, EN_ATTENTE, SANS_JOUR, REFUSEE = codes_of(
    "lignes_intemperies", "suite", "ACCEPTEE", "EN_ATTENTE", "SANS_JOUR", "REFUSEE"
)
INCONNU, CHEVAUCHE, VOISINE, HEURES, EXCES = "IN-010", "IN-004", "IN-005", "IN-011", "IN-013"


@dataclass(frozen=True, slots=True)
class Jugement:
    """What tonight makes of the declarations in force.

    `jours`: theirs, with `compte` (counted) and `attend` (counted, not refunded yet). `constats`:
    CONSTATS of `jours`. `refusees`: DECLARATION, code. `lignes`: those of `Declarations` with
    `suite` and `heures_suffisantes`. `voisines`: DECLARATION of IN-005.
    """

    jours: pl.DataFrame
    constats: pl.DataFrame
    refusees: pl.DataFrame
    lignes: pl.DataFrame
    voisines: pl.DataFrame


def judge_declarations(
    declarations: Declarations,
    connu: Connu,
    arrets_publies: pl.DataFrame,
    lignes_publiees: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
) -> Jugement:
    """What tonight makes of the declarations of some companies.

    `arrets_publies`, `lignes_publiees`: contracts `arrets_intemperies`, `lignes_intemperies`.
    """
    refusees = _refused(declarations.arrets, arrets_publies)
    tombees = refusees.select(DECLARATION)
    constats = check_jours(declarations.jours, declarations.arrets, connu, date_arrete, savoir)
    lignes = _with_hours(declarations, savoir)
    ecartees = pl.concat(
        [
            lignes.filter(~pl.col("heures_suffisantes")).select(LIGNE),
            lignes_publiees.filter(pl.col("suite") == REFUSEE)
            .join(lignes, on=[*LIGNE, "depot"], how="semi")
            .select(LIGNE),
        ]
    )
    attente = constats.filter(pl.col("effet") == ATTEND, pl.col("code") == INCONNU).select(JOUR)
    possibles = (
        declarations.jours.join(tombees, on=DECLARATION, how="anti")
        .join(ecartees, on=LIGNE, how="anti")
        .join(constats.filter(pl.col("effet") == REFUSE), on=JOUR, how="anti")
    )
    exces = find_excess(possibles.join(attente, on=JOUR, how="anti"))
    dits = exces.select(
        *JOUR, code=pl.lit(EXCES), variante=pl.lit(None, pl.String), effet=pl.lit(REFUSE)
    )
    retenus = possibles.join(exces, on=JOUR, how="anti")
    jours = _with_counted(declarations.jours, retenus, attente, constats)
    return Jugement(
        jours,
        pl.concat([constats, dits]).sort(*JOUR, "code", "effet", "variante"),
        refusees,
        _with_outcome(lignes, jours, retenus, lignes_publiees),
        find_neighbours(declarations.arrets.join(tombees, on=DECLARATION, how="anti")),
    )


def _refused(arrets: pl.DataFrame, publies: pl.DataFrame) -> pl.DataFrame:
    """DECLARATION and code of those refused: they stay so until another file bears them."""
    avant = (
        publies.filter(pl.col("code").is_not_null())
        .join(arrets, on=[*DECLARATION, "depot"], how="semi")
        .select(*DECLARATION, "code")
        .unique()
    )
    tombees = find_overlaps(arrets, avant.select(DECLARATION))
    nouvelles = tombees.select(*DECLARATION, code=pl.lit(CHEVAUCHE))
    return pl.concat([avant, nouvelles]).sort(DECLARATION)


def _with_hours(declarations: Declarations, savoir: Connaissances) -> pl.DataFrame:
    """`lignes` and whether the certified hours reach those of the month of the first lost day."""
    premiers = declarations.jours.group_by(LIGNE).agg(pl.col("date").min().alias("premier"))
    lignes = declarations.lignes.join(premiers, on=LIGNE, how="left").with_columns(
        mois=pl.col("premier").dt.strftime("%Y-%m")
    )
    minima = pl.DataFrame(
        [
            (m, read_valeur(savoir, INDEMNITE, "heures_minimum_centiemes", Mois.parse(m)))
            for m in lignes["mois"].drop_nulls().unique().sort()
        ],
        {"mois": pl.String, "minimum": pl.Int64},
        orient="row",
    )
    suffisantes = (pl.col("hours_2m") >= pl.col("minimum")).fill_null(value=False)
    return (
        lignes.join(minima, on="mois", how="left")
        .with_columns(heures_suffisantes=suffisantes)
        .drop("mois", "minimum", "premier")
    )


def _with_counted(
    jours: pl.DataFrame, retenus: pl.DataFrame, attente: pl.DataFrame, constats: pl.DataFrame
) -> pl.DataFrame:
    """`compte`: in the counters; `attend`: its part is not refunded yet (I-37)."""
    comptes = retenus.join(attente, on=JOUR, how="anti").select(*JOUR, compte=pl.lit(value=True))
    suspendus = constats.filter(pl.col("effet") == ATTEND, pl.col("code") != INCONNU).select(
        *JOUR, attend=pl.lit(value=True)
    )
    return (
        jours.join(comptes, on=JOUR, how="left")
        .join(suspendus.unique(), on=JOUR, how="left")
        .with_columns(pl.col("compte", "attend").fill_null(value=False))
    )


def _with_outcome(
    lignes: pl.DataFrame, jours: pl.DataFrame, retenus: pl.DataFrame, publiees: pl.DataFrame
) -> pl.DataFrame:
    comptees = jours.filter("compte").select(LIGNE).unique().with_columns(ok=pl.lit(value=True))
    possibles = retenus.select(LIGNE).unique().with_columns(possible=pl.lit(value=True))
    avant = publiees.filter(pl.col("suite") != REFUSEE).select(*LIGNE, "chaine", "suite")
    suite = (
        pl.when("ok")
        .then(pl.lit(ACCEPTEE))
        .when("possible")
        .then(pl.lit(EN_ATTENTE))
        .when(pl.col("suite").is_not_null())
        .then(pl.lit(SANS_JOUR))
        .otherwise(pl.lit(REFUSEE))
    )
    return (
        lignes.join(comptees, on=LIGNE, how="left")
        .join(possibles, on=LIGNE, how="left")
        .join(avant, on=[*LIGNE, "chaine"], how="left")
        .with_columns(suite=suite)
        .drop("ok", "possible")
        .sort(LIGNE)
    )
