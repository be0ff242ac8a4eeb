"""What the calls read of the registry, as frames."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

ADHERENTS = pl.Schema({"siren": pl.String, "debut_activite": pl.Date, "fin_activite": pl.Date})
PARAMETRES = pl.Schema(
    {
        "cdg": pl.String,
        "parametre": pl.String,
        "debut": pl.Date,
        "fin": pl.Date,
        "valeur": pl.Int64,
    }
)
ADHESIONS = pl.Schema(
    {"siren": pl.String, "cotisation": pl.String, "debut": pl.Date, "fin": pl.Date}
)
GROUPES = pl.Schema({"groupe": pl.String, "cdg": pl.String, "debut": pl.Date, "fin": pl.Date})


@dataclass(frozen=True, slots=True)
class Registre:
    """`etablissements`: those of the registry (numero_adherent, siren, cdg, siret, debut, fin).

    `adherents`: activity of a company (null dates: no limit); `parametres`: dated values of a
    management centre; `adhesions`: to a professional organisation; `groupes`: of payment.
    """

    etablissements: pl.DataFrame
    adherents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ADHERENTS))
    parametres: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARAMETRES))
    adhesions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ADHESIONS))
    groupes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GROUPES))


def valid_on(mois: pl.Expr) -> pl.Expr:
    """Whether a row with `debut` and `fin` (dates, fin null when open) holds in the month."""
    debut, fin = (pl.col(nom).dt.strftime("%Y-%m") for nom in ("debut", "fin"))
    return (debut <= mois) & (fin.is_null() | (mois <= fin))
