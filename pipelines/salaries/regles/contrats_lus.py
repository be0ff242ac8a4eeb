"""The contracts that conforming DSN tell: as declared, and the values that a change replaces.

Sources: blocks S21.G00.40, 41, 62, 86; L-57 (category), L-68 (excluded contracts).
"""

from __future__ import annotations

from functools import reduce

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

OUVRIER, ETAM, CADRE = codes_of("contrats_lus", "categorie", "O", "E", "C")
CATEGORIES = {"07": OUVRIER, "06": ETAM, "05": ETAM, "04": CADRE, "03": CADRE}  # 40.002
# Columns by rubric of block 40, then of block 41 where it has the former value.
RUBRIQUES = {
    "contrat": ("009", None),
    "ancien_contrat": (None, "014"),
    "ancien_siret": (None, "012"),
    "changement": (None, "001"),
    "debut": ("001", "021"),
    "fin_prevue": ("010", None),
    "nature": ("007", "004"),
    "dispositif": ("008", "005"),
    "statut": ("002", "002"),
    "statut_retraite": ("003", "003"),
    "metier": ("005", "020"),
    "classification": ("041", "058"),
    "convention": ("017", "011"),
    "unite": ("011", "006"),
    "quotite_reference_centiemes": ("012", "022"),
    "quotite_centiemes": ("013", "007"),
    "modalite": ("014", "008"),
    "caisse": ("022", "023"),
    "lieu_travail": ("019", "013"),
}
DECLARES = {nom: f"S21.G00.40.{n}" for nom, (n, _) in RUBRIQUES.items() if n}
ANCIENS = {nom: f"S21.G00.41.{n}" for nom, (_, n) in RUBRIQUES.items() if n}
ANCIENNETES = {"anciennete_entreprise": "07", "anciennete_branche": "02"}  # 86.001
FIN = {"fin": "S21.G00.62.001", "motif_fin": "S21.G00.62.002"}
SCHEMA = schema_lue("contrats_lus")
PLACES = with_places(SCHEMA)


def compute_contrats(blocs: Blocs, _caisse: Caisse) -> pl.DataFrame:
    """One row a block 40, and one a block 41 that replaces one of these values (`changement`).

    Columns: `SCHEMA`; `caisse` is the two characters of the fund, `categorie` what the
    status says (L-57), `fin` that of block 62, `anciennete_*` those of block 86 for the contract.
    """
    if "S21.G00.40" not in blocs:
        return SCHEMA.to_frame()
    declares = as_rows(blocs["S21.G00.40"], DECLARES, PLACES)
    return (
        pl.concat([_with_end(_with_seniority(declares, blocs), blocs), _former(declares, blocs)])
        .drop("identifiant")
        .join(compute_identifiants(blocs), on=INDIVIDU, how="left")
        .with_columns(
            pl.col("caisse").str.head(2),
            categorie=pl.col("statut").replace_strict(
                CATEGORIES, default=None, return_dtype=pl.String
            ),
            contrat=without_nir(pl.col("contrat")),
            ancien_contrat=without_nir(pl.col("ancien_contrat")),
        )
        .select(SCHEMA.names())
    )


def _former(declares: pl.DataFrame, blocs: Blocs) -> pl.DataFrame:
    """Former values, on the number of the contract as it is declared; none that says nothing."""
    if "S21.G00.41" not in blocs:
        return declares.clear()
    contrats = declares.select("fichier", "contrat", parent="occurrence")
    dites = [nom for nom in ANCIENS if nom != "changement"]
    return (
        as_rows(blocs["S21.G00.41"], ANCIENS, PLACES)
        .filter(pl.any_horizontal(pl.col(dites).is_not_null()))
        .drop("contrat")
        .join(contrats, on=["fichier", "parent"])
        .select(declares.columns)
    )


def _with_end(declares: pl.DataFrame, blocs: Blocs) -> pl.DataFrame:
    """`fin` and its reason, where a block 62 hangs from the contract."""
    types = {"S21.G00.62.001": pl.Date(), "S21.G00.62.002": pl.String()}
    fins = find_bloc(blocs, "S21.G00.62", types).select("fichier", occurrence="parent", **FIN)
    cle = ["fichier", "occurrence"]
    return (
        declares.drop(FIN)
        .join(fins.unique(cle, keep="first", maintain_order=True), on=cle, how="left")
        .select(declares.columns)
    )


def _with_seniority(declares: pl.DataFrame, blocs: Blocs) -> pl.DataFrame:
    """Seniority in the company and in the branch, where a block 86 names the contract."""
    cle = ["fichier", "parent", "contrat"]
    types = {f"S21.G00.86.00{n}": pl.String() for n in (1, 2, 5)} | {"S21.G00.86.003": pl.Int64()}
    dites = find_bloc(blocs, "S21.G00.86", types).rename({"S21.G00.86.005": "contrat"})

    def join(contrats: pl.DataFrame, anciennete: tuple[str, str]) -> pl.DataFrame:
        nom, type_ = anciennete
        siennes = (
            dites.filter(pl.col("S21.G00.86.001") == type_)
            .unique(cle, keep="first", maintain_order=True)
            .select(*cle, pl.col("S21.G00.86.003").alias(nom), **{f"{nom}_unite": "S21.G00.86.002"})
        )
        return contrats.drop(nom, f"{nom}_unite").join(siennes, on=cle, how="left")

    return reduce(join, ANCIENNETES.items(), declares).select(declares.columns)
