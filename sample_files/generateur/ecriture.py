"""Lines of a DSN: one rubric each, the totals of the footer, the bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from specs.periodes import Mois

VERSIONS = {2024: "P24V01", 2025: "P25V01", 2026: "P26V01"}
PIED = "S90.G00.90"
LIGNES_DU_PIED = 2

Lignes = list[str]


def bloc(identifiant: str, valeurs: Mapping[str, str | None]) -> Lignes:
    """Lines of one block, in the order of `valeurs` (last three digits of the rubric: value).

    A value of None is absent, as is its line.
    """
    return [f"{identifiant}.{n},'{valeur}'" for n, valeur in valeurs.items() if valeur is not None]


def montant(centiemes: int) -> str:
    """Cents, or hundredths of an hour, as the norm writes them: `-120.00`."""
    entier, decimales = divmod(abs(centiemes), 100)
    return f"{'-' if centiemes < 0 else ''}{entier}.{decimales:02}"


def jour(valeur: date) -> str:
    """A day, JJMMAAAA."""
    return f"{valeur.day:02}{valeur.month:02}{valeur.year:04}"


def version_of(mois: Mois) -> str:
    """The version in force for a month; ValueError for a year without its version here."""
    try:
        return VERSIONS[mois.annee]
    except KeyError:
        annees = f"{min(VERSIONS)} à {max(VERSIONS)}"
        raise ValueError(f"mois hors des années couvertes ({annees}) : {mois}") from None


def close(entete: Iterable[str], declarations: Sequence[Iterable[str]]) -> Lignes:
    """A whole message: header, declarations, then the footer with their totals."""
    lignes = [*entete, *(ligne for declaration in declarations for ligne in declaration)]
    totaux = {"001": str(len(lignes) + LIGNES_DU_PIED), "002": str(len(declarations))}
    return lignes + bloc(PIED, totaux)


def encode(lignes: Sequence[str], fin_de_ligne: str) -> bytes:
    """ISO-8859-1, a line end after each line, the last one included."""
    return (fin_de_ligne.join(lignes) + fin_de_ligne).encode("latin-1")
