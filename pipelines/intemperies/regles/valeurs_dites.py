"""What a line of a declaration gives, beside what it declares and what it gave before.

What it gave before stays said until the value changes again. When it changes under the same file,
a stop that was declared or put right since does it, here or at another employer, and the line is
told so (IN-025). Source: exchange.md 6.2 (M3: declared, computed, present); choice I-12.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.echanges.regles.lignes import SCHEMA_VALEURS, compose_constats
from pipelines.intemperies.regles.calcul import Publies
from pipelines.intemperies.regles.declarations import DECLARATION, LIGNE, Declarations
from pipelines.intemperies.regles.jugement import REFUSEE
from specs.contrats import codes_of

CENTIMES, HEURES = codes_of("valeurs_echange", "unite", "CT", "CH")
(SIGNAL,) = codes_of("constats_echange", "severite", "signal")
DEPLACEES = "IN-025"
PLACE = ["depot", "rang"]
# Of the days: what is declared (a column of `Declarations.jours`, or nothing), what is computed.
PAR_JOUR = {
    "HEURES_PERDUES": ("perdues_centiemes", "perdues_centiemes"),
    "CARENCE": ("waiting", "carence_centiemes"),
    "HEURES_INDEMNISEES": ("indemnified", "indemnisees_centiemes"),
    "HEURES_A_10": (None, "premieres_centiemes"),
}
COMPTEES = ("CARENCE", "HEURES_INDEMNISEES", "HEURES_A_10")
# Of the parts: unit, column.
PAR_PART = {
    "INDEMNITE": (CENTIMES, "indemnite_calculee_centimes"),
    "BASE_REMBOURSEMENT": (CENTIMES, "indemnite_retenue_centimes"),
    "COTISATION_CONGES": (CENTIMES, "cotisation_conges_centimes"),
    "HEURES_CONGES": (HEURES, "heures_conges_centiemes"),
}
REMBOURSEMENT = "REMBOURSEMENT"
DITES = pl.Schema(
    {
        "siren": pl.String, "declaration": pl.String, "salarie": pl.String, "nom": pl.String,
        "unite": pl.String, "declare": pl.Int64, "calcule": pl.Int64,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Avant:
    """What was published of these companies.

    `valeurs`, `constats`: contracts `valeurs_echange` and `constats_echange`; `lignes`:
    `lignes_intemperies`.
    """

    valeurs: pl.DataFrame
    constats: pl.DataFrame
    lignes: pl.DataFrame


def compute_valeurs(
    declarations: Declarations, lignes: pl.DataFrame, suites: Publies, avant: Avant
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """SCHEMA_VALEURS, then SCHEMA_CONSTATS of the lines whose hours another stop has moved.

    `lignes`: those of `Jugement`; `suites`: of `settle`, `remboursements` holding every row.
    """
    situees = lignes.filter(pl.col("suite") != REFUSEE).select(
        *LIGNE, *PLACE, "chaine", "indemnity"
    )
    dites = pl.concat(
        [
            *_of_days(declarations, suites.jours),
            *_of_parts(situees, suites.indemnites),
            _refunded(situees, suites.remboursements),
        ]
    )
    actuelles = dites.join(situees.select(*LIGNE, *PLACE), on=LIGNE)
    valeurs = _with_present(actuelles, avant)
    dits = _moved(valeurs, avant)
    return (
        valeurs.with_columns(trace=pl.format("{}-{}", *PLACE))
        .select(SCHEMA_VALEURS.names())
        .sort(*PLACE, "nom"),
        compose_constats(dits.with_columns(code=pl.lit(DEPLACEES), severite=pl.lit(SIGNAL))),
    )


def _of_days(declarations: Declarations, jours: pl.DataFrame) -> list[pl.DataFrame]:
    calculees = jours.group_by(LIGNE).agg(
        pl.col(c).sum().alias(n) for n, (_, c) in PAR_JOUR.items()
    )
    declarees = declarations.jours.group_by(LIGNE).agg(
        pl.col(c).sum().alias(f"{n}_declare") for n, (c, _) in PAR_JOUR.items() if c
    )
    sommes = calculees.join(declarees, on=LIGNE, how="left")
    rien = pl.lit(None, pl.Int64)
    return [
        sommes.select(
            *LIGNE, nom=pl.lit(nom), unite=pl.lit(HEURES),
            declare=pl.col(f"{nom}_declare") if declaree else rien, calcule=nom,
        ).match_to_schema(DITES)
        for nom, (declaree, _) in PAR_JOUR.items()
    ]  # fmt: skip


def _of_parts(lignes: pl.DataFrame, indemnites: pl.DataFrame) -> list[pl.DataFrame]:
    """Nothing of a line a part of which waits for a value."""
    versees = lignes.select(*LIGNE, "indemnity")
    return [
        indemnites.group_by(LIGNE)
        .agg(calcule=pl.col(c).sum(), connue=pl.col(c).is_not_null().all())
        .filter("connue")
        .join(versees, on=LIGNE)
        .select(
            *LIGNE, nom=pl.lit(nom), unite=pl.lit(unite),
            declare=pl.col("indemnity") if nom == "INDEMNITE" else pl.lit(None, pl.Int64),
            calcule="calcule",
        ).match_to_schema(DITES)
        for nom, (unite, c) in PAR_PART.items()
    ]  # fmt: skip


def _refunded(lignes: pl.DataFrame, remboursements: pl.DataFrame) -> pl.DataFrame:
    rendus = remboursements.group_by(*LIGNE, "chaine").agg(pl.col("montant_centimes").sum())
    return (
        lignes.join(rendus, on=[*LIGNE, "chaine"], how="left")
        .select(
            *LIGNE, nom=pl.lit(REMBOURSEMENT), unite=pl.lit(CENTIMES),
            declare=pl.lit(None, pl.Int64), calcule=pl.col("montant_centimes").fill_null(0),
        ).match_to_schema(DITES)
    )  # fmt: skip


def _with_present(valeurs: pl.DataFrame, avant: Avant) -> pl.DataFrame:
    """With `present`, and `change` (under the same file, tonight)."""
    publiees = avant.valeurs.join(
        avant.lignes.select(*DECLARATION, "salarie", *PLACE), on=["siren", *PLACE]
    ).select(*LIGNE, "nom", depot_avant="depot", calcule_avant="calcule", present_avant="present")
    suivies = valeurs.join(publiees, on=[*LIGNE, "nom"], how="left")
    meme_fichier = (pl.col("depot_avant") == pl.col("depot")).fill_null(value=False)
    reste = meme_fichier & (pl.col("calcule") == pl.col("calcule_avant"))
    return suivies.with_columns(
        present=pl.when(reste).then("present_avant").otherwise("calcule_avant"),
        change=meme_fichier & (pl.col("calcule") != pl.col("calcule_avant")),
    )


def _moved(valeurs: pl.DataFrame, avant: Avant) -> pl.DataFrame:
    """siren, PLACE of the lines whose hours another stop moved, tonight or before."""
    comptees = valeurs.filter(pl.col("nom").is_in(COMPTEES))
    dites = avant.constats.filter(pl.col("code") == DEPLACEES).select(PLACE).unique()
    encore = comptees.join(dites, on=PLACE, how="semi")
    return (
        pl.concat([comptees.filter("change"), encore]).select("siren", *PLACE).unique().sort(PLACE)
    )
