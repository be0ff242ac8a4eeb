"""What pays say that leave and bad weather need: amounts, hours, bonuses, rate of withholding tax.

Sources: blocks S21.G00.50, 51, 52, 53; rules of leave, 5.1 (R), 5.2 (hours of the threshold);
decisions L-09, L-24, L-58; bad weather, IN-040 (hours of stops). Which codes: `specs/caisse.yaml`.
"""

from __future__ import annotations

import polars as pl

from pipelines.individus import (
    INDIVIDU,
    Blocs,
    as_rows,
    compute_identifiants,
    find_bloc,
    schema_lue,
    with_places,
    without_nir,
)
from specs.caisse import Caisse
from specs.contrats import codes_of

REMUNERATION, ACTIVITE, PRIME, TAUX = codes_of(
    "remunerations_lues", "nature", "REMUNERATION", "ACTIVITE", "PRIME", "TAUX_PRELEVEMENT"
)
HEURE = "10"  # a unit of 40.011 and of 53.003
PPM_DU_CENTIEME = 100  # 50.006 is in percents, with two decimals
BLOCS = {
    REMUNERATION: "S21.G00.51",
    ACTIVITE: "S21.G00.53",
    PRIME: "S21.G00.52",
    TAUX: "S21.G00.50",
}
RUBRIQUES = {
    REMUNERATION: {
        "code": "S21.G00.51.011",
        "contrat": "S21.G00.51.010",
        "debut": "S21.G00.51.001",
        "fin": "S21.G00.51.002",
        "mesure_centiemes": "S21.G00.51.012",
        "montant_centimes": "S21.G00.51.013",
    },
    ACTIVITE: {
        "code": "S21.G00.53.001",
        "mesure_centiemes": "S21.G00.53.002",
        "unite": "S21.G00.53.003",
    },
    PRIME: {
        "code": "S21.G00.52.001",
        "contrat": "S21.G00.52.006",
        "debut": "S21.G00.52.003",
        "fin": "S21.G00.52.004",
        "montant_centimes": "S21.G00.52.002",
    },
    TAUX: {
        "code": "S21.G00.50.007",
        "debut": "S21.G00.50.001",
        "fin": "S21.G00.50.001",
        "taux_prelevement_ppm": "S21.G00.50.006",
    },
}
SCHEMA = schema_lue("remunerations_lues")
PLACES = with_places(SCHEMA)


def compute_remunerations(blocs: Blocs, caisse: Caisse) -> pl.DataFrame:
    """One row an element of pay whose code the fund reads (columns: `SCHEMA`).

    An activity has the contract and the period of its pay, and the unit of the contract when it
    says none; hours of a pay are in hours. The rate of withholding tax is of the day of payment.
    """
    lus = {n: _elements(blocs, n, caisse) for n, bloc in BLOCS.items() if bloc in blocs}
    if not lus:
        return SCHEMA.to_frame()
    if ACTIVITE in lus:
        lus[ACTIVITE] = _with_pay(lus[ACTIVITE], blocs)
    mesure = pl.col("mesure_centiemes").is_not_null() & pl.col("unite").is_null()
    return (
        pl.concat(lus.values())
        .drop("identifiant", "parent")
        .join(compute_identifiants(blocs), on=INDIVIDU, how="left")
        .with_columns(
            pl.col("taux_prelevement_ppm") * PPM_DU_CENTIEME,
            contrat=without_nir(pl.col("contrat")),
            unite=pl.when(mesure & (pl.col("nature") == REMUNERATION))
            .then(pl.lit(HEURE))
            .otherwise("unite"),
        )
        .select(SCHEMA.names())
    )


def _elements(blocs: Blocs, nature: str, caisse: Caisse) -> pl.DataFrame:
    """The elements of a block whose code is read."""
    rubriques = RUBRIQUES[nature]
    lu = pl.col(rubriques["code"]).is_in(caisse.elements_de_paie[nature])
    elements = as_rows(blocs[BLOCS[nature]].filter(lu), rubriques, PLACES)
    return elements.with_columns(nature=pl.lit(nature))


def _with_pay(activites: pl.DataFrame, blocs: Blocs) -> pl.DataFrame:
    """Activities with what the pay that they hang from and its contract say."""
    dates = {"S21.G00.51.001": pl.Date(), "S21.G00.51.002": pl.Date()}
    paies = find_bloc(blocs, "S21.G00.51", {"S21.G00.51.010": pl.String(), **dates}).select(
        "fichier",
        parent="occurrence",
        contrat="S21.G00.51.010",
        debut="S21.G00.51.001",
        fin="S21.G00.51.002",
    )
    types = {"S21.G00.40.009": pl.String(), "S21.G00.40.011": pl.String()}
    cle = [*INDIVIDU, "contrat"]
    unites = (
        find_bloc(blocs, "S21.G00.40", types)
        .select(*INDIVIDU, contrat="S21.G00.40.009", du_contrat="S21.G00.40.011")
        .unique(cle, keep="first", maintain_order=True)
    )
    return (
        activites.drop("contrat", "debut", "fin")
        .join(paies, on=["fichier", "parent"], how="left")
        .join(unites, on=cle, how="left")
        .with_columns(pl.coalesce("unite", "du_contrat"))
        .select(activites.columns)
    )
