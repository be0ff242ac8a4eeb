"""A value of a published table as a reader sees it, by the type of its column."""

from __future__ import annotations

from datetime import date

from specs.typographie import format_entier, format_jour, format_montant, format_taux


def format_valeur(valeur: object, nature: str) -> str:
    """Write a value of a table; ``nature`` is its column's type in the contract.

    An absent value is an empty text.
    """
    match valeur:
        case None:
            return ""
        case bool():
            return "oui" if valeur else "non"
        case int():
            return _ENTIERS.get(nature, format_entier)(valeur)
        case date():
            return format_jour(valeur)
        case _:
            return str(valeur)


# Hundredths (of an hour) are written like cents.
_ENTIERS = {"centimes": format_montant, "ppm": format_taux, "centiemes": format_montant}
