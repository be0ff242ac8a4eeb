"""Debtors whom no bank would let debit as the registry tells them: name, address of an account.

Imports refuse them; what was written before is found here, so that one of them is set aside and
the others are debited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from specs.banque import asks_address
from specs.banque.texte import sepa_text, unwritable

LONGUEUR = 70
OBSTACLES = pl.Schema({"rum": pl.String, "cause": pl.String})


def find_obstacles(debiteurs: pl.DataFrame) -> pl.DataFrame:
    """Mandates that can't be debited: rum (key), cause, in French and without any name.

    `debiteurs`: rum, compte, pays_compte, titulaire, adresse, ville, pays.
    """
    trouves = (
        {"rum": debiteur["rum"], "cause": " ; ".join(causes)}
        for debiteur in debiteurs.iter_rows(named=True)
        if (causes := list(_causes(debiteur)))
    )
    return pl.DataFrame(list(trouves), OBSTACLES)


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
