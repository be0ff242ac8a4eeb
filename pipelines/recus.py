"""A file that comes in, and the kind that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.metier import Metier, NatureFichier, find
from specs.octets import Octets


@dataclass(frozen=True, slots=True)
class Recu:
    """A file to read, under the number that the caller gives it.

    `adherent`: the box that it came from, None when nothing is known of it. `recu_le`: when (UTC,
    ISO), None outside of a deposit.
    """

    numero: int
    octets: Octets
    nom: str = ""
    adherent: str | None = None
    recu_le: str | None = None


def list_natures_fichier(metiers: Sequence[Metier]) -> tuple[NatureFichier, ...]:
    """The kinds of file, those that are recognised first."""
    toutes = [nature for metier in metiers for nature in metier.natures]
    return tuple(sorted(toutes, key=lambda nature: not nature.reconnait))


def find_nature(natures: Sequence[NatureFichier], recu: Recu) -> NatureFichier | None:
    """The kind of a file: the first that recognises it, or takes what no other does."""
    return next((n for n in natures if not n.reconnait or find(n.reconnait)(recu)), None)
