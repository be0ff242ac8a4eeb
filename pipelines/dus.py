"""What the fund owes, whoever says it: the tables of one family, read by accounts and payments.

A business publishes a table of the family `dus`, with the columns of SCHEMA, one row an amount; a
row never changes once published. Amounts of one nature, beneficiary and account are paid together,
or those of one `reunion`; a negative one is taken back on the next. What is due to the heirs of an
employee (`du` ends with HERITIER and their rank) is paid to whom its `reunion` names.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from specs.contrats import codes_of, tables_of

FAMILLE = "dus"
VIREMENT, COMPENSATION = codes_of(tables_of(FAMILLE)[0], "mode", "VIREMENT", "COMPENSATION")
HERITIER = "-H"
SCHEMA = pl.Schema(
    {
        "du": pl.String,
        "nature": pl.String,
        "siren": pl.String,
        "salarie": pl.String,
        "cdg": pl.String,
        "origine": pl.String,
        "libelle": pl.String,
        "reunion": pl.String,
        "mode": pl.String,
        "si_a_jour": pl.Boolean,
        "montant_centimes": pl.Int64,
        "date_arrete": pl.Date,
        "execution": pl.Date,
    }
)


def name_heritier() -> pl.Expr:
    """Whom a share is paid to, of columns siren, demande and rang."""
    return pl.concat_str("siren", "demande", "rang", separator=" ")


def is_heritier(du: pl.Expr) -> pl.Expr:
    """Whether an amount is due to an heir."""
    return du.str.contains(rf"{HERITIER}\d+$")


def without_heritier(du: pl.Expr) -> pl.Expr:
    """The amount that the share of an heir was cut from; any other is itself."""
    return du.str.replace(rf"{HERITIER}\d+$", "")


def read_dus(read: Callable[[str], pl.LazyFrame], siens: pl.Expr) -> pl.DataFrame:
    """The amounts due of these companies (SCHEMA), by `du`; `read` gives a table of the lake.

    Asked for by company: a table may be cut by employee.
    """
    lus = [read(table).filter(siens).select(SCHEMA.names()) for table in tables_of(FAMILLE)]
    return pl.concat([SCHEMA.to_frame(), *pl.collect_all(lus)]).sort("du")
