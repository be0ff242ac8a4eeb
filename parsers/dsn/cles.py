"""Keys of identifiers, verified on the distinct values of a column (python-stdnum)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
from stdnum.fr import siren, siret

INCONNU = ("00", "99")


def is_calendar_date(valeur: str) -> bool:
    """Whether JJMMAAAA exists in the calendar; an unknown day or month (00, 99) is accepted."""
    jour, mois, annee = valeur[:2], valeur[2:4], valeur[4:]
    if jour in INCONNU:
        jour = "01"
    if mois in INCONNU:
        mois = "01"
    try:
        date(int(annee), int(mois), int(jour))
    except ValueError:
        return False
    return True


def has_siren(valeur: str) -> bool:
    """Whether a SIRET begins with a right SIREN."""
    return bool(siren.is_valid(valeur[:9]))


def has_nic(valeur: str) -> bool:
    """Whether the key of a SIRET is right; a wrong SIREN has its own anomaly."""
    return not has_siren(valeur) or bool(siret.is_valid(valeur))


VERIFICATIONS: dict[str, Callable[[str], bool]] = {
    "siren": siren.is_valid,
    "siret": siret.is_valid,
    "nic": has_nic,  # of SIREN and NIC put together by the caller
    "siren_du_siret": has_siren,
    "nic_du_siret": has_nic,
    "calendrier": is_calendar_date,
}


def is_wrong(valeurs: pl.Series, cle: str) -> pl.Series:
    """True where the key is wrong; null stays null."""
    verifie = VERIFICATIONS[cle]
    distinctes = valeurs.drop_nulls().unique().to_list()
    fausses = [valeur for valeur in distinctes if not verifie(valeur)]
    return valeurs.is_in(fausses) if fausses else pl.repeat(False, len(valeurs), eager=True)
