"""The accounts of the members that the fund may pay on. Never to be written anywhere."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, select

from warehouse.pseudonymes import compute_pseudonyme
from warehouse.registre.lecture import ADRESSE
from warehouse.registre.memoire import read_once
from warehouse.registre.versions import at
from warehouse.tables_registre import ADHERENTS, COMPTES_BANCAIRES, IBANS

SCHEMA = pl.Schema(
    {
        "compte": pl.String,
        "siren": pl.String,
        "remboursements": pl.Boolean,
        "debut": pl.Date,
        "fin": pl.Date,
        "titulaire": pl.String,
        "compte_credite": pl.String,
        "pays_compte": pl.String,
        **dict.fromkeys(ADRESSE, pl.String),
    }
)


@read_once
def read_crediteurs(c: Connection, cle: bytes, version: int | None = None) -> pl.DataFrame:
    """Every account of a member (SCHEMA), the pseudonym of its IBAN beside; key and order: compte.

    `pays_compte`: country of its IBAN; then the address of the company.
    """
    comptes, ibans = at(COMPTES_BANCAIRES, version), at(IBANS, version)
    membres = at(ADHERENTS, version)
    lues = c.execute(
        select(
            *(comptes.c[n] for n in ("compte", "siren", "remboursements", "debut", "fin")),
            comptes.c.titulaire,
            ibans.c.iban,
            *(membres.c[nom] for nom in ADRESSE),
        ).select_from(
            comptes.join(ibans, ibans.c.compte == comptes.c.compte).join(
                membres, membres.c.siren == comptes.c.siren
            )
        )
    )
    lignes = [
        (compte, siren, bool(marque), debut, fin, nom, compute_pseudonyme(cle, iban), iban[:2], *a)
        for compte, siren, marque, debut, fin, nom, iban, *a in lues
    ]
    return pl.DataFrame(lignes, schema=SCHEMA, orient="row").sort("compte")
