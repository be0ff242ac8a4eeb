"""The identities that conforming DSN tell: those declared, and those that a change replaces.

Sources: blocks S21.G00.30 and S21.G00.31; service rubrics 30.300, 305, 306 (certified identity).
"""

from __future__ import annotations

import polars as pl

from pipelines.individus import INDIVIDU, Blocs, as_rows, schema_lue, without_nir
from pipelines.salaries.regles.etat_civil import birth_and_surname, date_de_naissance
from specs.caisse import Caisse

# What each block tells: a declared identity, the former values of one that changed.
RUBRIQUES = {
    "S21.G00.30": {
        "nir": "S21.G00.30.001",
        "ntt": "S21.G00.30.020",
        "nir_certifie": "S21.G00.30.300",
        "code_certification": "S21.G00.30.305",
        "indice_certification": "S21.G00.30.306",
        "nom": "S21.G00.30.002",
        "nom_usage": "S21.G00.30.003",
        "prenoms": "S21.G00.30.004",
        "naissance": "S21.G00.30.006",
        "sexe": "S21.G00.30.005",
        "matricule": "S21.G00.30.019",
    },
    "S21.G00.31": {
        "changement": "S21.G00.31.001",
        "nir": "S21.G00.31.008",
        "nom": "S21.G00.31.009",
        "prenoms": "S21.G00.31.010",
        "naissance": "S21.G00.31.011",
    },
}
SCHEMA = schema_lue("identites_lues", "temporaire", "certifie")


def compute_identites(blocs: Blocs, _caisse: Caisse) -> pl.DataFrame:
    """One row a block 30, and one a block 31, which tells the former values (`changement`).

    Columns: `SCHEMA`. `identifiant` is the NIR, or the temporary number; the surnames are in
    `etat_civil` (of birth) and `etat_civil_usage` (usual) with the birth (see `etat_civil`). A
    change that leaves out the birth or the surname leaves it as it is declared.
    """
    dites = [(b, rubriques) for b, rubriques in RUBRIQUES.items() if b in blocs]
    if not dites:
        return SCHEMA.to_frame()
    lues = [as_rows(blocs[bloc], rubriques, SCHEMA) for bloc, rubriques in dites]
    identites = pl.concat(lues).with_columns(date_de_naissance(pl.col("naissance")))
    naissance, nom = (pl.coalesce(c, _declared(c)) for c in ("naissance", "nom"))
    return identites.with_columns(
        identifiant=pl.coalesce("nir", "ntt"),
        etat_civil=birth_and_surname(naissance, nom),
        etat_civil_usage=birth_and_surname(naissance, pl.col("nom_usage")),
        matricule=without_nir(pl.col("matricule")),
    )


def _declared(colonne: str) -> pl.Expr:
    """The value of the block 30 of the individual, which comes first."""
    return pl.col(colonne).first().over(INDIVIDU)
