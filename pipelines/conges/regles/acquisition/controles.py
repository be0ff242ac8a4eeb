"""What only the fund can tell of the certificates that it receives.

Source: exchange files, 6.2: CG-002, CG-003, CG-007 (the others are told of the file alone).
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.certs import (
    LIGNE,
    judge_certs,
    list_cert_months,
    number_certs,
)
from pipelines.conges.regles.acquisition.connu import Connu
from pipelines.conges.regles.acquisition.contrats import compute_lignes
from pipelines.echanges.regles.lignes import BLOQUANTE, RESERVEE, compose_constats
from specs.typographie import format_date

RECOUVRE, COUVERT, PAYE = "CG-002", "CG-003", "CG-007"


def check_certs(connu: Connu, payes: pl.DataFrame) -> pl.DataFrame:
    """SCHEMA_CONSTATS of the certificates of files. `payes`: salarie, exercice, paye_le (Date).

    CG-002 refuses a certificate; one of months that DSN tell, or that replaces one already paid, is
    accepted with a reserve.
    """
    juges = judge_certs(number_certs(connu.certs)).with_columns(prioritaire=pl.lit(value=False))
    acceptes = juges.filter(~pl.col("refuse"))
    declares = compute_lignes(connu.contrats, connu.bases).select("salarie", "siren", "mois")
    couverts = list_cert_months(acceptes.with_columns(pl.col("cdg").fill_null(""))).join(
        declares.unique(), on=["salarie", "siren", "mois"], how="semi"
    )
    apres = pl.col("recu_le").str.head(10) > pl.col("paye_le").dt.to_string("%Y-%m-%d")
    changes = (
        acceptes.filter(pl.col("replaces_cert").is_not_null())
        .join(payes, on=["salarie", "exercice"])
        .filter(apres)
    )
    trouves = [
        _found(juges.filter("refuse"), RECOUVRE, BLOQUANTE, "recouvrement"),
        _found(acceptes.join(couverts, on=LIGNE, how="semi"), COUVERT, RESERVEE),
        _found(changes, PAYE, RESERVEE),
    ]
    return compose_constats(pl.concat(trouves).sort(*LIGNE, "code"))


def _found(
    certs: pl.DataFrame, code: str, severite: str, variante: str | None = None
) -> pl.DataFrame:
    jours = [format_date(jour) for jour in certs["from"].to_list()]
    return certs.select(
        "siren",
        *LIGNE,
        code=pl.lit(code),
        severite=pl.lit(severite),
        variante=pl.lit(variante, pl.String),
        valeur=pl.Series(jours, dtype=pl.String) if variante else pl.lit(None, pl.String),
    )
