"""The doors that people come in by: what proves who they are is of one door, and opens no other.

    Porte.POSTE.name_compte("anne")  # 'poste:anne', which no user of the registry can be named

The name of an account says its door: identifiers of the registry have no colon.
"""

from __future__ import annotations

from enum import StrEnum

SEPARATEUR = ":"


class Porte(StrEnum):
    """The space of the companies; the desk of the operators."""

    ESPACE = "espace"
    POSTE = "poste"

    @property
    def debut(self) -> str:
        """What the names of its accounts begin with."""
        return "" if self is Porte.ESPACE else f"{self}{SEPARATEUR}"

    def name_compte(self, nom: str) -> str:
        """The account of a person who came by this door."""
        return f"{self.debut}{nom}"

    def name_personne(self, compte: str) -> str | None:
        """Whose account it is; None when it is of another door."""
        nom = compte.removeprefix(self.debut)
        return None if SEPARATEUR in nom or not compte.startswith(self.debut) else nom
