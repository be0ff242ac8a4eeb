"""What the fund owes, whoever says it: the tables of one family, read by accounts and payments.

A business publishes a table of the family `dus`, with the columns of SCHEMA, one row an amount; a
row never changes once published. Amounts of one nature, beneficiary and account are paid together,
or those of one `reunion`; a negative one is taken back on the next.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from specs.contrats import codes_of, tables_of

FAMILLE = "dus"
VIREMENT, COMPENSATION = codes_of(tables_of(FAMILLE)[0], "mode", "VIREMENT", "COMPENSATION")
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


def read_dus(read: Callable[[str], pl.LazyFrame], siens: pl.Expr) -> pl.DataFrame:
    """The amounts due of these companies (SCHEMA), by `du`; `read` gives a table of the lake.

    Asked for by company: a table may be cut by employee.
    """
    lus = [read(table).filter(siens).select(SCHEMA.names()) for table in tables_of(FAMILLE)]
    return pl.concat([SCHEMA.to_frame(), *pl.collect_all(lus)]).sort("du")
