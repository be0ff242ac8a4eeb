"""What a file of the bank tells, one row a movement.

Three amounts, signed, credits positive: `montant_centimes` is what reached or left the account of
the fund, `montant_brut_centimes` what was paid, returned or debited, and `frais_centimes` what a
bank kept between them (positive: a cost), so that montant = brut - frais; all three are 0 for a
debit refused before it was settled (REJET). Dates are those of Paris, whatever the time zone of an
instant. `extourne`: the bank undoes an operation; `nature` is then that of the operation undone.
`portee` is what the row speaks of: one OPERATION, a LOT (batch: `remise`) or a whole MESSAGE of
ours (`message_origine`).

`iban_tiers` is the account of the other party: the caller replaces it by a pseudonym. Names are
masked. `reference` is the text of the payer, `complement` the other texts of the bank, whatever
looks like an account removed. `montant_origine_centimes` and `date_origine` are those of the
instruction, `frais_annonces_centimes` the charges that the bank tells, included or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

import polars as pl
from stdnum import iban

from specs.banque import read_sans_reference
from specs.contrats import codes_of

VIREMENT, PRELEVEMENT, RETOUR, REJET, AUTRE = codes_of(
    "mouvements_banque", "nature", "VIREMENT", "PRELEVEMENT", "RETOUR", "REJET", "AUTRE"
)
LONGUEUR_TEXTE = 1_000
TEXTES_MAX = 100
LETTRES_VISIBLES, MOTS_VISIBLES = 3, 6
COMPTE_RETIRE = "(compte)"
_COMPTE = re.compile(
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.ASCII | re.IGNORECASE
)
_SIGNES = re.compile(r"[^0-9A-Za-zÀ-ÿ]")

OPERATION, LOT, MESSAGE = codes_of("mouvements_banque", "portee", "OPERATION", "LOT", "MESSAGE")
SCHEMA_MOUVEMENTS = pl.Schema(
    {
        "fichier": pl.UInt32,
        "rang": pl.Int64,
        "message": pl.String,
        "version": pl.String,
        "releve": pl.String,
        "ecriture": pl.Int64,
        "portee": pl.String,
        "date_operation": pl.Date,
        "date_valeur": pl.Date,
        "montant_centimes": pl.Int64,
        "montant_brut_centimes": pl.Int64,
        "frais_centimes": pl.Int64,
        "frais_annonces_centimes": pl.Int64,
        "montant_origine_centimes": pl.Int64,
        "date_origine": pl.Date,
        "nature": pl.String,
        "extourne": pl.Boolean,
        "statut": pl.String,
        "code_operation": pl.String,
        "message_origine": pl.String,
        "remise": pl.String,
        "bout_en_bout": pl.String,
        "instruction": pl.String,
        "transaction": pl.String,
        "uetr": pl.String,
        "rum": pl.String,
        "reference_banque": pl.String,
        "reference_ecriture": pl.String,
        "reference_detail": pl.String,
        "reference_structuree": pl.String,
        "reference": pl.String,
        "complement": pl.String,
        "iban_tiers": pl.String,
        "nom_masque": pl.String,
        "nom_beneficiaire_masque": pl.String,
        "code_motif": pl.String,
        "motif_proprietaire": pl.String,
    }
)


def known(reference: str | None) -> str | None:
    """The reference, None when there is none or when the bank says so.

    >>> known("Not provided.") is None
    True
    """
    if reference is None:
        return None
    return None if _SIGNES.sub("", reference).upper() in read_sans_reference() else reference


def compose_texte(textes: Iterable[str]) -> str | None:
    """One text of those of an operation, without any account number; None when there is none.

    >>> compose_texte(["appel C900101-202603-01", "de FR76 3000 6000 0112 3456 7890 189"])
    'appel C900101-202603-01 de (compte)'
    """
    texte = " ".join(dict.fromkeys(islice(textes, TEXTES_MAX)))[: 4 * LONGUEUR_TEXTE]
    return _COMPTE.sub(_hidden, texte)[:LONGUEUR_TEXTE].strip() or None


def mask_nom(nom: str | None) -> str | None:
    """First letters of each word of a name: enough to know a company, not to name a person.

    >>> mask_nom("TRAVAUX PUBLICS DU VAL")
    'TRA… PUB… D… VA…'
    """
    mots = (nom or "").split()[:MOTS_VISIBLES]
    return " ".join(f"{mot[: min(LETTRES_VISIBLES, (len(mot) + 1) // 2)]}…" for mot in mots) or None


def _hidden(trouve: re.Match[str]) -> str:
    return COMPTE_RETIRE if iban.is_valid(trouve[0]) else trouve[0]
