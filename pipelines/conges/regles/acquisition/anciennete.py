"""Days of seniority, from the block 86 of March, or from the days of entry.

Source: rules of leave, 4; L-01, L-35.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.acquis import CADRE, ETAM, OUVRIER
from pipelines.conges.regles.acquisition.calendrier import MARS, period_end
from pipelines.conges.regles.acquisition.contrats import DSN
from pipelines.conges.regles.acquisition.derniers import EMPLOYE
from pipelines.conges.regles.acquisition.valeurs import ANCIENNETE, read_valeurs
from specs.connaissances import Connaissances
from specs.periodes import AVRIL, MOIS_PAR_AN

JOURS, MOIS, ANNEES = "01", "02", "03"  # units of S21.G00.86.002
OUVRIERS = tuple(f"ouvrier_{n}" for n in (3, 2, 1))
ETAM_CADRES = tuple(f"etam_{n}" for n in (2, 1))
SERIES = (
    *(f"{rang}_{quoi}" for rang in (*OUVRIERS, *ETAM_CADRES) for quoi in ("annees", "jours")),
    *(f"{rang}_annees_branche" for rang in ETAM_CADRES),
)
CERTIFIEES = {"entreprise": "entry_firm", "branche": "entry_branch"}
QUARTS = 1461  # days of four years


def compute_anciennete(
    derniers: pl.DataFrame, certs: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """EMPLOYE (key), jours_anciennete: of who is under contract on 31 March.

    `derniers`: of `compute_derniers`, `emploi` being the day of entry; `certs`: certificates in
    force. One that reaches 31 March says more than the DSN; else block 86 of March, else the entry
    that another certificate tells, else the first day of the contract.
    """
    valeurs = read_valeurs(derniers["exercice"], savoir, ANCIENNETE, *SERIES)
    sues = derniers.join(
        _entries(certs), on=[*EMPLOYE, "siren"], how="left", maintain_order="left"
    ).join(valeurs, on="exercice", maintain_order="left")
    declaree = (pl.col("source") == DSN) & (pl.col("mois").dt.month() == MARS)
    connues = sues.with_columns(
        expression
        for nom, entree in CERTIFIEES.items()
        for expression in _known(nom, entree, declaree)
    )
    ouvriers = _steps(
        [(_at_least("entreprise", f"{rang}_annees"), f"{rang}_jours") for rang in OUVRIERS]
    )
    autres = _steps(
        [
            (
                _more_than("entreprise", f"{rang}_annees")
                | _more_than("branche", f"{rang}_annees_branche"),
                f"{rang}_jours",
            )
            for rang in ETAM_CADRES
        ]
    )
    jours = (
        pl.when("present", pl.col("categorie") == OUVRIER)
        .then(ouvriers)
        .when("present", pl.col("categorie").is_in([ETAM, CADRE]))
        .then(autres)
        .otherwise(0)
    )
    return connues.select(*EMPLOYE, jours_anciennete=jours).sort(EMPLOYE)


def _entries(certs: pl.DataFrame) -> pl.DataFrame:
    """EMPLOYE, siren, entry_firm, entry_branch, jusqu_en_mars: of the last certificate told."""
    return (
        certs.sort("to", "ordre")
        .unique([*EMPLOYE, "siren"], keep="last", maintain_order=True)
        .select(
            *EMPLOYE, "siren", *CERTIFIEES.values(),
            jusqu_en_mars=pl.col("to") == period_end(pl.col("exercice")),
        )
    )  # fmt: skip


def _known(nom: str, entree: str, declaree: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """`<nom>_valeur` and `<nom>_unite`, or `<nom>_entree`: one of the two tells the seniority."""
    dite = declaree & pl.col(f"anciennete_{nom}").is_not_null()
    certifiee = pl.col("jusqu_en_mars").fill_null(value=False) & pl.col(entree).is_not_null()
    du_bloc = dite & ~certifiee
    a_defaut = pl.col("emploi") if nom == "entreprise" else pl.lit(None, pl.Date)
    return (
        pl.when(du_bloc).then(f"anciennete_{nom}").alias(f"{nom}_valeur"),
        pl.when(du_bloc).then(f"anciennete_{nom}_unite").alias(f"{nom}_unite"),
        pl.when(~du_bloc).then(pl.coalesce(entree, a_defaut)).alias(f"{nom}_entree"),
    )


def _in_units(annees: str) -> tuple[tuple[str, pl.Expr], ...]:
    """So many years in each unit: 365.25 days a year, rounded down."""
    ans = pl.col(annees)
    return ((JOURS, ans * QUARTS // 4), (MOIS, ans * MOIS_PAR_AN), (ANNEES, ans))


def _at_least(nom: str, annees: str) -> pl.Expr:
    """Whether so many years are reached on the evening of 31 March."""
    entree_limite = pl.date(pl.col("exercice") - pl.col(annees), AVRIL, 1)
    return _any(
        *((pl.col(f"{nom}_unite") == unite) & (pl.col(f"{nom}_valeur") >= seuil)
          for unite, seuil in _in_units(annees)),
        pl.col(f"{nom}_entree") <= entree_limite,
    )  # fmt: skip


def _more_than(nom: str, annees: str) -> pl.Expr:
    """Whether there is more than so many years on the evening of 31 March."""
    entree_limite = pl.date(pl.col("exercice") - pl.col(annees), AVRIL, 1)
    return _any(
        *((pl.col(f"{nom}_unite") == unite) & (pl.col(f"{nom}_valeur") > seuil)
          for unite, seuil in _in_units(annees)),
        pl.col(f"{nom}_entree") < entree_limite,
    )  # fmt: skip


def _any(*conditions: pl.Expr) -> pl.Expr:
    """Whether one of them holds; what is not known does not."""
    return pl.any_horizontal(condition.fill_null(value=False) for condition in conditions)


def _steps(paliers: list[tuple[pl.Expr, str]]) -> pl.Expr:
    """The days of the first step that is reached."""
    jours: pl.Expr = pl.lit(0, pl.Int64)
    for atteint, nom in reversed(paliers):
        jours = pl.when(atteint).then(nom).otherwise(jours)
    return jours
