"""What a file of the bank tells, one row a movement.

`montant_centimes` is signed, credits positive; 0 for a debit refused before it was settled (REJET).
`iban_tiers` is the account of the payer: the caller replaces it by a pseudonym. `nom_masque` is
what may be kept of its name. `reference` is the text of the operation, whatever looks like an
account removed, cut at 140 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl
from stdnum import iban

VIREMENT, PRELEVEMENT, RETOUR, REJET, AUTRE = "VIREMENT", "PRELEVEMENT", "RETOUR", "REJET", "AUTRE"
LONGUEUR_REFERENCE = 140
LETTRES_VISIBLES, MOTS_VISIBLES = 3, 6
SANS_REFERENCE = frozenset({"NOTPROVIDED", "NONREF"})
COMPTE_RETIRE = "(compte)"
_COMPTE = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.ASCII)

SCHEMA_MOUVEMENTS = pl.Schema(
    {
        "fichier": pl.UInt32,
        "rang": pl.Int64,
        "message": pl.String,
        "date_operation": pl.Date,
        "date_valeur": pl.Date,
        "montant_centimes": pl.Int64,
        "nature": pl.String,
        "bout_en_bout": pl.String,
        "rum": pl.String,
        "remise": pl.String,
        "reference_banque": pl.String,
        "iban_tiers": pl.String,
        "nom_masque": pl.String,
        "reference": pl.String,
        "code_motif": pl.String,
    }
)


def known(reference: str | None) -> str | None:
    """The reference, None when the bank says that there is none."""
    return None if reference in SANS_REFERENCE else reference


def compose_reference(textes: Iterable[str]) -> str | None:
    """One text of those of an operation, without any account number; None when there is none.

    >>> compose_reference(["appel C900101-202603-01", "de FR76 3000 6000 0112 3456 7890 189"])
    'appel C900101-202603-01 de (compte)'
    """
    texte = _COMPTE.sub(_hidden, " ".join(textes))
    return texte[:LONGUEUR_REFERENCE].strip() or None


def mask_nom(nom: str | None) -> str | None:
    """First letters of each word of a name: enough to know a company, not to name a person.

    >>> mask_nom("TRAVAUX PUBLICS DU VAL")
    'TRA… PUB… D… VA…'
    """
    mots = (nom or "").split()[:MOTS_VISIBLES]
    return " ".join(f"{mot[: min(LETTRES_VISIBLES, (len(mot) + 1) // 2)]}…" for mot in mots) or None


def _hidden(trouve: re.Match[str]) -> str:
    return COMPTE_RETIRE if iban.is_valid(trouve[0]) else trouve[0]
