"""Everything that the fund holds of one person, for who asks for it: the right of access."""

from __future__ import annotations

from enum import StrEnum


class Demande(StrEnum):
    """What somebody is asked for by."""

    PSEUDONYME = "pseudonyme"
    NUMERO = "nir"  # or the temporary number of who has none
    MATRICULE = "matricule"  # in a company: SIREN, then matricule, a space between
