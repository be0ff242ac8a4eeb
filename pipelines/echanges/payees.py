"""Lines of exchange files that the fund has paid: what forbids to replace or cancel their file.

Of leave alone: a refund of bad weather is corrected by its difference. Source: exchange.md 6.1
(replacement) of the proposed specification; X-04.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from specs.contrats import codes_of
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

PAYEES = codes_of("demandes_conges", "etat", "PAYEE", "SOLDEE")


def read_payees(maison: Maison, depots: Collection[str]) -> dict[str, list[str]]:
    """Keys of the lines of these deposits that were paid, as last published, by deposit; sorted."""
    if not depots:
        return {}
    payees = read_table_publiee(maison, "demandes_conges").filter(
        pl.col("depot").is_in(sorted(depots)), pl.col("etat").is_in(PAYEES)
    )
    lignes = payees.select("depot", "demande").collect().sort("depot", "demande")
    par_depot = lignes.group_by("depot", maintain_order=True).agg("demande")
    return dict(par_depot.iter_rows())
