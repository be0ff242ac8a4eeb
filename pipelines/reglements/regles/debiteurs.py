"""Accounts that no bank would take as the registry tells them: name of the holder, address.

Imports refuse them; what was written before is found here, so that one of them is set aside and
the others are debited, or paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from specs.banque import asks_address
from specs.banque.texte import sepa_text, unwritable

LONGUEUR = 70
OBSTACLES = pl.Schema({"rum": pl.String, "cause": pl.String})
TITULAIRE = ("titulaire", "pays_compte", "adresse", "ville", "pays")


def find_obstacles(debiteurs: pl.DataFrame) -> pl.DataFrame:
    """Mandates that can't be debited: rum (key), cause, in French and without any name.

    `debiteurs`: rum, compte and TITULAIRE.
    """
    avec = with_obstacles(debiteurs).filter(pl.col("cause").is_not_null())
    return avec.select("rum", "cause").match_to_schema(OBSTACLES)


def with_obstacles(comptes: pl.DataFrame) -> pl.DataFrame:
    """`comptes` (compte, TITULAIRE) with `cause`: why a bank would refuse the account, or null."""
    lues = comptes.select("compte", *TITULAIRE).iter_rows(named=True)
    causes = [" ; ".join(_causes(compte)) or None for compte in lues]
    return comptes.with_columns(pl.Series("cause", causes, pl.String))


def _causes(debiteur: Mapping[str, str | None]) -> Iterator[str]:
    compte, pays = debiteur["compte"], debiteur["pays_compte"] or ""
    if not _is_writable(debiteur["titulaire"]):
        yield f"le titulaire du compte {compte} est à écrire en lettres latines"
    absents = [nom for nom in ("adresse", "ville", "pays") if not _is_writable(debiteur[nom])]
    if asks_address(pays) and absents:
        yield (
            f"le compte {compte} est hors de l'Espace économique européen ({pays}) :"
            f" {', '.join(absents)} de l'adhérent à inscrire au registre"
        )


def _is_writable(texte: str | None) -> bool:
    return bool(texte and sepa_text(texte, LONGUEUR) and not unwritable(texte))
