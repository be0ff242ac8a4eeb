"""The lines of exchange files: which are in force, and what becomes of each (pure).

Source: exchange.md 6.1 and 6.2; X-04, X-10 to X-12, X-20.
"""

from __future__ import annotations

import polars as pl

from specs.contrats import codes_of
from specs.echanges.tables import read_cles_prises
from specs.messages import read_message, render_message

EN_VIGUEUR, REFUSEE, REMPLACEE, ANNULEE = codes_of(
    "lignes_en_vigueur", "statut", "EN_VIGUEUR", "REFUSEE", "REMPLACEE", "ANNULEE"
)
ACCEPTEE, RESERVE, ATTENTE = codes_of(
    "lignes_echange", "verdict", "ACCEPTEE", "ACCEPTEE_RESERVE", "EN_ATTENTE"
)
BLOQUANTE, RESERVEE, EN_SUSPENS = codes_of(
    "constats_echange", "severite", "bloquante", "reserve", "attente"
)
ANNULATION = "A"
LIGNE = ["depot", "rang"]
CLE = ["siren", "genre", "mode"]
RANGE = ["depot", "convention", "recu_le"]
PAR_GRAVITE = {EN_SUSPENS: 1, RESERVEE: 2, BLOQUANTE: 3}
VERDICTS = {1: ATTENTE, 2: RESERVE, 3: REFUSEE}

SCHEMA_CONSTATS = pl.Schema(
    {
        "siren": pl.String,
        "depot": pl.String,
        "rang": pl.Int64,
        "code": pl.String,
        "severite": pl.String,
        "message": pl.String,
        "remede": pl.String,
        "date": pl.Date,
    }
)
SCHEMA_VALEURS = pl.Schema(
    {
        "siren": pl.String,
        "depot": pl.String,
        "rang": pl.Int64,
        "nom": pl.String,
        "unite": pl.String,
        "declare": pl.Int64,
        "calcule": pl.Int64,
        "present": pl.Int64,
        "trace": pl.String,
    }
)


def compute_suites(envois: pl.DataFrame) -> pl.DataFrame:
    """Each file accepted with what took its place: envois, and `remplace_par`, `suite` (R, A).

    `envois`: depot (key), siren, genre, mode, file_id, operation, remplace. The last of a chain has
    nothing after it.
    """
    suites = envois.filter(pl.col("remplace").is_not_null()).select(
        *CLE, file_id="remplace", remplace_par="depot", suite="operation"
    )
    return envois.join(suites, on=[*CLE, "file_id"], how="left", maintain_order="left")


def compute_lignes(envois: pl.DataFrame, lignes: pl.DataFrame) -> pl.DataFrame:
    """Contract `lignes_en_vigueur`, but its places: the lines of these files before their business.

    `envois`: of `compute_suites`, with RANGE; `lignes`: contract `lignes_lues`.
    """
    suites = envois.select(*RANGE, "remplace_par", "suite")
    statut = (
        pl.when("refusee")
        .then(pl.lit(REFUSEE))
        .when(pl.col("suite") == ANNULATION)
        .then(pl.lit(ANNULEE))
        .when(pl.col("suite").is_not_null())
        .then(pl.lit(REMPLACEE))
        .otherwise(pl.lit(EN_VIGUEUR))
    )
    return (
        lignes.rename({"genre": "nature"})
        .join(suites, on="depot")
        .with_columns(statut=statut, code=pl.lit(None, pl.String))
    )


def compute_verdicts(lignes: pl.DataFrame, constats: pl.DataFrame) -> pl.DataFrame:
    """`lignes` (contract `lignes_en_vigueur`) with the `verdict` that their constats make.

    `constats`: contract `constats_echange`. The most severe decides.
    """
    gravite = pl.col("severite").replace_strict(PAR_GRAVITE, default=0, return_dtype=pl.Int64)
    pires = constats.group_by(LIGNE).agg(gravite.max().alias("gravite"))
    reserve = pl.when("reservee").then(PAR_GRAVITE[RESERVEE]).otherwise(0)
    decide = pl.col("gravite").replace_strict(VERDICTS, default=ACCEPTEE, return_dtype=pl.String)
    en_vigueur = pl.col("statut") == EN_VIGUEUR
    return (
        lignes.join(pires, on=LIGNE, how="left", maintain_order="left")
        .with_columns(pl.max_horizontal(pl.col("gravite").fill_null(0), reserve))
        .with_columns(verdict=pl.when(en_vigueur).then(decide).otherwise("statut"))
        .drop("gravite")
    )


def compute_cles_prises(lignes: pl.DataFrame) -> pl.DataFrame:
    """Lines whose key another accepted line of the same convention took before: constats.

    `lignes`: of `compute_verdicts`; those of a test are judged as if real. A line that was refused,
    replaced or cancelled takes no key (X-12). Columns: those of the contract `constats_echange` but
    part and ordre.
    """
    codes = read_cles_prises()
    prises = (
        lignes.filter(
            pl.col("verdict").is_in([ACCEPTEE, RESERVE, ATTENTE]),
            pl.col("nature").is_in([*codes]),
        )
        .sort("recu_le", "depot", "rang")
        .with_columns(
            premiere=pl.col("depot").first().over("siren", "convention", "nature", "cle"),
            rang_cle=pl.int_range(pl.len()).over("siren", "convention", "nature", "cle"),
        )
        .filter((pl.col("rang_cle") > 0) & ~_same_declaration())
    )
    return compose_constats(
        prises.select("siren", *LIGNE, code=pl.col("nature").replace_strict(codes), valeur="cle")
    )


def _same_declaration() -> pl.Expr:
    """The lines of one declaration of bad weather share its key."""
    return pl.col("declaration").is_not_null() & (pl.col("premiere") == pl.col("depot"))


def compose_constats(trouves: pl.DataFrame, severite: str = BLOQUANTE) -> pl.DataFrame:
    """Constats from siren, depot, rang, code and what is known of the rest.

    That is severite, and of the words: variante, valeur, attendu, date.
    """
    lignes = [
        {
            "siren": trouve["siren"],
            "depot": trouve["depot"],
            "rang": trouve["rang"],
            "code": trouve["code"],
            "severite": trouve.get("severite", severite),
            "message": render_message(
                trouve["code"],
                trouve.get("variante"),
                valeur=trouve.get("valeur"),
                attendu=trouve.get("attendu"),
            ),
            "remede": read_message(trouve["code"], trouve.get("variante")).remede,
            "date": trouve.get("date"),
        }
        for trouve in trouves.iter_rows(named=True)
    ]
    return pl.DataFrame(lignes, SCHEMA_CONSTATS)


def ordered(frame: pl.DataFrame, *suite: str) -> pl.DataFrame:
    """The rows with their `ordre` on their line, in the order of `suite`."""
    triees = frame.sort(*LIGNE, *suite, nulls_last=True)
    return triees.with_columns(ordre=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(LIGNE))
