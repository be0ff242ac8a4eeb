"""What both PDF documents print alike: the lines of a call and the foot of the page."""

from __future__ import annotations

from datetime import date

from pipelines.publication.documents.formats import (
    format_compte,
    format_date,
    format_euros,
    format_mois,
    format_taux,
    printable,
)
from pipelines.publication.documents.valeurs import LigneAppel


def describe_ligne(ligne: LigneAppel) -> dict[str, str]:
    """Fields of one row of the table of lines."""
    return {
        "mois": format_mois(ligne.mois_rattachement),
        "libelle": printable(ligne.libelle),
        "provenance": _describe_provenance(ligne),
        "base": format_euros(ligne.base_centimes),
        "taux": format_taux(ligne.taux_ppm),
        "montant": format_euros(ligne.montant_centimes),
    }


def describe_pied(reference: str, date_arrete: date, publication: int | None) -> str:
    """Foot of every page: what the document is, when it was decided, in which publication."""
    mentions = [printable(reference), f"arrêté au {format_date(date_arrete)}"]
    if publication is not None:
        mentions.append(f"publication n°\u00a0{publication}")
    return " · ".join(mentions)


def _describe_provenance(ligne: LigneAppel) -> str:
    comptes = ((ligne.salaries, "salarié"), (ligne.lignes_dsn, "ligne"))
    connus = [format_compte(nombre, nom) for nombre, nom in comptes if nombre is not None]
    return f"{', '.join(connus)} de DSN" if ligne.lignes_dsn is not None else ", ".join(connus)
